// Evaluation runs: figures with intervals, and what changed since an earlier one.
import { call } from "../api.js";
import { byId, el } from "../dom.js";
import { attempt, link, mark, moment, reveal, table } from "../frame.js";

let runs = [];

async function load() {
  runs = (await attempt(() => call("GET", "/api/v1/runs")))?.runs ?? [];
  const rows = runs.map((run, index) =>
    run.broken
      ? [run.run_id, "", "", "", run.broken]
      : [link(run.run_id, () => show(index)), run.set, run.n, moment(run.started_at), `第 ${run.releases.join("、")} 版`],
  );
  byId("list").replaceChildren(
    table(["评测", "题集", "题数", "时间", "知识"], rows, { pick: show, empty: "还没有评测记录。在服务器上运行 zhida eval run dev。" }),
  );
}

async function show(index) {
  const run = runs[index];
  if (run.broken) return;
  mark(byId("list"), index);
  const found = await attempt(() => call("GET", `/api/v1/runs/${encodeURIComponent(run.run_id)}`));
  if (!found) return;
  const rows = Object.values(found.figures).map((figure) => [figure.label, written(figure.value, figure.unit), interval(figure), figure.n]);
  const earlier = runs.map((other, at) => [other, at]).filter(([other, at]) => at !== index && !other.broken);
  byId("detail").replaceChildren(
    el("h2", { text: found.run_id }),
    ...found.notes.map((note) => el("p", { class: "quiet", text: note })),
    table(["指标", "值", "95% 区间", "题数"], rows),
    ...(earlier.length ? [el("h3", { text: "与另一次比较" }), chooser(run, earlier)] : []),
    el("div", { id: "comparison" }),
  );
  reveal(byId("detail"));
}

function chooser(run, earlier) {
  return el("div", { class: "row" }, ...earlier.slice(0, 6).map(([other]) => el("button", { type: "button", on: { click: () => compare(run, other) } }, other.run_id)));
}

async function compare(run, other) {
  const [after, before] = [run, other].map((item) => encodeURIComponent(item.run_id));
  const found = await attempt(() => call("GET", `/api/v1/runs/${after}/against/${before}`));
  if (!found) return;
  const shifts = found.shifts.map((shift) => [
    el("span", { class: shift.gained ? "better" : "worse", text: shift.gained ? "变对" : "变错" }), shift.verdict, shift.text, shift.before, shift.after,
  ]);
  byId("comparison").replaceChildren(
    el("p", { class: "quiet", text: `${found.before} → ${found.after}，共有 ${found.n} 题` }),
    ...found.notes.map((note) => el("p", { class: "quiet", text: note })),
    table(["指标", "之前", "之后", "变好", "变差", "p", "题数"], found.rows),
    el("h3", { text: "变了的题" }),
    table(["", "指标", "客户的话", "之前", "之后"], shifts, { empty: "没有题变对或变错" }),
  );
}

function written(value, unit) {
  if (value === null) return "—";
  if (unit === "share") return `${(value * 100).toFixed(1)}%`;
  if (unit === "ms") return `${value.toFixed(2)} ms`;
  return unit === "count" ? String(Math.round(value)) : value.toFixed(3);
}

const interval = (figure) => (figure.low === null ? "—" : `${written(figure.low, figure.unit)} – ${written(figure.high, figure.unit)}`);

load();
