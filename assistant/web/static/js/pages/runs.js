// Evaluation runs: start one and watch it, figures with intervals and plots, where it hurts most.
import * as api from "../api.js";
import { byId, el } from "../dom.js";
import { bar, interval, written } from "../figures.js";
import { attempt, button, explain, link, mark, moment, onSubmit, reveal, say, table } from "../frame.js";

const EVERY = 400; // milliseconds between two looks at a run under way
const PLOTS = [["hit", "各类别的首位命中率"], ["reliability", "可靠性：置信度与实际正确率"], ["risk", "风险—作答比例"], ["calltype", "业务类型混淆"], ["confusion", "类别混淆"], ["latency", "耗时分布"]];
const ENDS = { done: "跑完了", cancelled: "已取消，没有留下结果", failed: "没有跑成" };
let runs = [];
let watching = 0;
let looks = 0; // only the newest look at a run counts: an older answer may come late and tell of the run before

const path = (run, rest = "") => `/api/v1/runs/${encodeURIComponent(run.run_id)}${rest}`;

async function load() {
  runs = (await attempt(() => api.call("GET", "/api/v1/runs")))?.runs ?? runs;
  const rows = runs.map((run, index) =>
    run.broken
      ? [run.run_id, "", "", "", run.broken]
      : [link(run.run_id, () => show(index)), run.set, run.n, moment(run.started_at), run.releases.length ? `第 ${run.releases.join("、")} 版` : ""],
  );
  byId("list").replaceChildren(
    table(["评测", "题集", "题数", "时间", "知识"], rows, { pick: show, empty: "还没有评测记录。选一个题集，按“开始评测”。" }),
  );
}

async function loadSets(chosen = "") {
  const found = await attempt(() => api.call("GET", "/api/v1/sets"));
  if (!found) return;
  byId("set").replaceChildren(...found.sets.map((one) => el("option", { value: one.name, text: `${one.name}（${one.source}）`, selected: one.name === chosen })));
}

async function show(index) {
  const run = runs[index];
  if (!run || run.broken) return;
  mark(byId("list"), index);
  const found = await attempt(() => Promise.all([api.call("GET", path(run)), api.call("GET", path(run, "/slices"))]));
  if (!found) return;
  const [made, { slices }] = found;
  const figures = Object.values(made.figures);
  const shares = figures.filter((figure) => figure.unit === "share");
  const rows = figures.map((figure) => [figure.label, written(figure.value, figure.unit), interval(figure), figure.n]);
  byId("detail").replaceChildren(
    el("h2", { text: made.run_id }),
    el("p", { class: "quiet", text: `${made.n} 题，${made.seconds.toFixed(1)} 秒，${made.machine}` }),
    ...made.notes.map((note) => el("p", { class: "quiet", text: note })),
    el("div", { class: "row" }, compareLink(run, index), el("a", { class: "button", href: path(run, "/report"), download: "", text: "下载整份报告" }), el("a", { class: "button", href: `/scoring#${encodeURIComponent(run.run_id)}`, text: "请人打分" })),
    el("div", { class: "figures" }, ...shares.map((figure) => bar(figure.label, figure))),
    el("details", {}, el("summary", { text: "全部指标和区间" }), table(["指标", "值", "95% 区间", "题数"], rows)),
    el("h3", { text: "哪里最差（按首位命中率，最差的在前）" }),
    table(["分组", "取值", "题数", "首位命中", "类别", "业务类型", "工单"], slices.map(sliceRow)),
    plots(run),
  );
  reveal(byId("detail"));
}

const sliceRow = (part) => [part.dimension, part.key, part.n, ...["hit@1", "category", "call_type", "work_order"].map((name) => written(part[name].value))];

/** The one before of the same set is what people compare with. */
function compareLink(run, index) {
  const before = runs.find((other, at) => at > index && !other.broken && other.set === run.set) ?? runs.find((other) => other !== run && !other.broken);
  if (!before) return null;
  return el("a", { class: "button", href: `/comparison#${new URLSearchParams({ before: before.run_id, after: run.run_id })}`, text: "与前一次比较" });
}

/** Drawn on the server; loaded when asked for, because that takes a second or two. */
function plots(run) {
  const place = el("div", { class: "plots" });
  const open = button("画图", () => {
    open.remove();
    place.replaceChildren(...PLOTS.map(([name, title]) => el("figure", {}, el("figcaption", { text: title }), el("img", { src: path(run, `/plots/${name}`), alt: title, loading: "lazy" }))));
  });
  return el("div", {}, open, place);
}

// A run under way

async function watch() {
  clearTimeout(watching);
  const mine = ++looks;
  try {
    const { job } = await api.call("GET", "/api/v1/run-job");
    if (mine !== looks) return;
    drawJob(job);
    if (job?.state !== "running") return;
  } catch (error) {
    explain(error);
  }
  watching = setTimeout(watch, EVERY);
}

let running = false;
function drawJob(job) {
  const box = byId("job");
  box.hidden = !job;
  byId("run").disabled = job?.state === "running";
  if (!job) return;
  if (job.state === "running") {
    const progress = el("progress", { max: job.total, value: job.done, "aria-label": "进度" });
    box.replaceChildren(el("span", { text: `${job.account} 正在跑 ${job.set_name}` }), progress, el("span", { class: "num", text: `${job.done} / ${job.total}` }), button("取消", cancel, { id: "cancel" }));
  } else {
    box.replaceChildren(el("span", { text: `${job.set_name}：${ENDS[job.state]}${job.message ? `（${job.message}）` : ""}` }));
    if (running && job.state === "done") finish(job);
  }
  running = job.state === "running";
}

async function finish(job) {
  await load();
  await show(runs.findIndex((run) => run.run_id === job.run_id));
}

async function cancel() {
  byId("cancel").disabled = true;
  looks += 1;
  const found = await attempt(() => api.call("DELETE", "/api/v1/run-job"));
  if (found) drawJob(found.job);
}

const offered = loadSets();

onSubmit(byId("start"), async () => {
  looks += 1;
  const { job } = await api.call("POST", "/api/v1/runs", { set: byId("set").value });
  running = true;
  drawJob(job);
  watch();
}, offered);

byId("file").addEventListener("change", async () => {
  const [file] = byId("file").files;
  if (!file) return;
  const made = await attempt(() => api.upload("/api/v1/sets", file));
  byId("file").value = "";
  if (!made) return;
  await loadSets(made.name);
  say(`已导入 ${made.name}，${made.n} 题`);
});

load();
watch();
