// Two runs side by side: what changed beyond chance, which questions, and which groups fell most.
//
// Which two stands behind `#`, so that the address can be sent to a colleague and the back button works.
import { call } from "../api.js";
import { byId, el } from "../dom.js";
import { written } from "../figures.js";
import { attempt, onSubmit, table } from "../frame.js";

const FIRST = 60; // questions shown before more are asked for
const chosen = () => Object.fromEntries(new URLSearchParams(window.location.hash.slice(1)));

async function loadRuns() {
  const runs = ((await attempt(() => call("GET", "/api/v1/runs")))?.runs ?? []).filter((run) => !run.broken);
  const options = () => runs.map((run) => el("option", { value: run.run_id, text: `${run.run_id}（${run.set}，${run.n} 题）` }));
  byId("before").replaceChildren(...options());
  byId("after").replaceChildren(...options());
  const { before, after } = chosen();
  byId("after").value = after ?? runs[0]?.run_id ?? "";
  byId("before").value = before ?? runs[1]?.run_id ?? runs[0]?.run_id ?? "";
  if (!runs.length) byId("list").replaceChildren(el("p", { class: "nothing", text: "还没有评测记录。先在“评测”页跑两次。" }));
}

async function show() {
  const { before, after } = chosen();
  if (!before || !after) return;
  const found = await attempt(() => call("GET", `/api/v1/runs/${encodeURIComponent(after)}/against/${encodeURIComponent(before)}`));
  if (!found) return;
  byId("list").replaceChildren(
    el(
      "div",
      { class: "comparison" },
      el("p", { class: found.regressed ? "worse" : "", text: verdict(found) }),
      ...found.notes.map((note) => el("p", { class: "quiet", text: note })),
      table(found.columns, found.rows),
      el("h2", { text: `变了的题（${found.shifts.length} 处，变错的在前）` }),
      shifts(found),
      el("h2", { text: "变了的组（跌得最多的在前）" }),
      table(["分组", "取值", "指标", "之前", "之后", "变化", "题数"], found.slices.map((part) => slice(found, part)), { empty: "没有哪一组变了" }),
    ),
  );
}

function verdict(found) {
  const worse = found.changes.filter((change) => change.worse).map((change) => change.label);
  return worse.length ? `显著变差：${worse.join("、")}（校正后 p < 0.05）` : `共有 ${found.n} 题，没有哪一项显著变差。`;
}

function shifts(found) {
  if (!found.shifts.length) return el("p", { class: "nothing", text: "没有题变对或变错" });
  const ordered = [...found.shifts].sort((one, other) => Number(one.gained) - Number(other.gained));
  const list = el("ol", { class: "shifts" }, ...ordered.slice(0, FIRST).map((shift) => item(found, shift)));
  if (ordered.length <= FIRST) return list;
  const more = el("button", { type: "button", text: `再看 ${ordered.length - FIRST} 处` });
  more.addEventListener("click", () => (list.append(...ordered.slice(FIRST).map((shift) => item(found, shift))), more.remove()));
  return el("div", {}, list, more);
}

const item = (found, shift) =>
  el(
    "li",
    { "data-gained": String(shift.gained) },
    el("span", {}, el("strong", { class: shift.gained ? "better" : "worse", text: shift.gained ? "变对" : "变错" }), el("br"), el("span", { class: "quiet", text: found.verdicts[shift.verdict] })),
    el("span", { class: "said", "data-label": shift.question_id, text: shift.text }),
    el("span", { class: "said", "data-label": "之前", text: shift.before || "—" }),
    el("span", { class: "said", "data-label": "之后", text: shift.after || "—" }),
  );

const slice = (found, part) => [
  found.dimensions[part.dimension], part.key, found.verdicts[part.verdict], written(part.before), written(part.after),
  el("span", { class: part.difference < 0 ? "worse" : "better", text: `${part.difference > 0 ? "+" : ""}${(part.difference * 100).toFixed(1)}` }), part.n,
];

const offered = loadRuns();

onSubmit(byId("pick"), async () => {
  const wanted = new URLSearchParams({ before: byId("before").value, after: byId("after").value }).toString();
  if (window.location.hash.slice(1) === wanted) await show();
  else window.location.hash = wanted;
}, offered);
window.addEventListener("hashchange", async () => (await loadRuns(), await show()));
offered.then(show);
