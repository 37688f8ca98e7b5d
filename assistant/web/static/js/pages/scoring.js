// People's scores: one blind answer at a time by key, agreement afterwards, a ruling where scorers differ.
import * as api from "../api.js";
import { byId, el, fill } from "../dom.js";
import { bar, written } from "../figures.js";
import { attempt, banner, button, explain, link, moment, onSubmit, say, state, table } from "../frame.js";

const KEYS = { 1: "对", 2: "部分对", 3: "错" };
let sheet = null; // the sheet being scored
let at = 0;
let saving = false;

const path = (id, rest = "") => `/api/v1/sheets/${encodeURIComponent(id)}${rest}`;

async function load() {
  const found = await attempt(() => api.call("GET", "/api/v1/sheets"));
  if (!found) return;
  const rows = found.sheets.map((one) => [
    link(one.sheet_id, () => open(one.sheet_id)),
    one.set,
    moment(one.created_at),
    `${one.mine} / ${one.n}`,
    el("span", {}, ...Object.entries(one.scorers).map(([name, n]) => state(n === one.n ? "ok" : "draft", `${name} ${n}`))),
    el("div", { class: "row" }, link("看结果", () => results(one.sheet_id)), el("a", { href: path(one.sheet_id, "/workbook"), download: "", text: "下载表格" }), upload(one.sheet_id)),
  ]);
  byId("list").replaceChildren(table(["卷子", "题集", "抽于", "我打了", "打分人", ""], rows, { empty: "还没有卷子。先从一次评测里抽一份。" }));
}

/** A filled workbook comes back under its file's name, which is the scorer's. */
function upload(id) {
  const picker = el("input", { type: "file", accept: ".xlsx,.csv", hidden: true });
  picker.addEventListener("change", async () => {
    const [file] = picker.files;
    const taken = file && (await attempt(() => api.upload(path(id, "/workbook"), file)));
    picker.value = "";
    if (!taken) return;
    await load();
    say(`已收下 ${taken.scorer} 的 ${taken.n} 条`);
  });
  return el("span", {}, link("交回表格", () => picker.click()), picker);
}

async function loadRuns() {
  const runs = ((await attempt(() => api.call("GET", "/api/v1/runs")))?.runs ?? []).filter((run) => !run.broken);
  byId("run").replaceChildren(...runs.map((run) => el("option", { value: run.run_id, text: run.run_id })));
  const wanted = decodeURIComponent(window.location.hash.slice(1));
  if (runs.some((run) => run.run_id === wanted)) byId("run").value = wanted;
}

const offered = loadRuns();

onSubmit(byId("draw"), async () => {
  const made = await api.call("POST", "/api/v1/sheets", { run_id: byId("run").value, size: Number(byId("size").value) });
  await load();
  await open(made.sheet_id);
}, offered);

// Scoring

async function open(id) {
  const found = await attempt(() => api.call("GET", path(id)));
  if (!found) return;
  sheet = found;
  const first = sheet.items.findIndex((item) => !item.verdict);
  at = Math.max(0, first);
  byId("result").hidden = true;
  draw();
}

function draw() {
  const item = sheet.items[at];
  const done = sheet.items.filter((one) => one.verdict).length;
  const reason = el("input", { id: "reason", maxlength: 500, autocomplete: "off", placeholder: "可以不写；Enter 回到打分" });
  reason.value = item.reason;
  reason.addEventListener("input", () => (item.reason = reason.value));
  reason.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    byId("sheet").focus();
  });
  const choices = Object.entries(KEYS).map(([key, verdict]) =>
    button("", () => score(verdict), { "aria-pressed": String(item.verdict === verdict), "aria-keyshortcuts": key, disabled: sheet.closed }),
  );
  choices.forEach((choice, index) => choice.append(el("kbd", { text: index + 1 }), KEYS[index + 1]));
  fill(byId("sheet"), [
    el("div", { class: "row" }, el("strong", { class: "num", text: `第 ${at + 1} 条，共 ${sheet.items.length} 条` }), el("span", { class: "quiet", text: sheet.closed ? "已经看过结果，只能看，不能改" : sheet.how })),
    el("progress", { max: sheet.items.length, value: done, "aria-label": `打了 ${done} 条` }),
    el("p", { class: "question", text: item.text }),
    el("div", { class: "answer" }, el("strong", { text: item.title }), el("p", { text: item.answer })),
    el("div", { class: "verdicts", role: "group", "aria-label": "评分" }, ...choices),
    el("label", { class: "reason" }, el("span", {}, "理由 ", el("kbd", { text: "r" })), reason),
    el("div", { class: "row" }, button("上一条 ←", () => step(-1)), button("下一条 →", () => step(1)), el("span", { class: "quiet", text: "1 对，2 部分对，3 错；先写理由再打分" })),
  ]);
  byId("sheet").focus({ preventScroll: true });
}

function step(by) {
  at = Math.min(sheet.items.length - 1, Math.max(0, at + by));
  draw();
}

/** Keep a score and go on; the version tells when the same item was scored in another tab. */
async function score(verdict) {
  if (saving || sheet.closed) return;
  saving = true;
  const item = sheet.items[at];
  try {
    const body = { verdict, reason: item.reason, version: item.version };
    const made = await api.call("PUT", path(sheet.sheet_id, `/scores/${item.number}`), body);
    Object.assign(item, { verdict, version: made.version });
    banner("");
    say("");
    next();
  } catch (error) {
    explain(error);
    if (error instanceof api.Stale) await open(sheet.sheet_id);
  } finally {
    saving = false;
  }
}

function next() {
  const left = sheet.items.findIndex((item, index) => index > at && !item.verdict);
  const any = sheet.items.findIndex((item) => !item.verdict);
  if (left < 0 && any < 0) {
    draw();
    return load().then(() => say("都打完了，谢谢。按“看结果”。"));
  }
  at = left >= 0 ? left : any;
  return draw();
}

document.addEventListener("keydown", (event) => {
  if (!sheet || byId("sheet").hidden || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.target.matches("input, select, textarea")) return;
  const acts = { ArrowLeft: () => step(-1), ArrowRight: () => step(1), r: () => byId("reason").focus() };
  const act = KEYS[event.key] ? () => score(KEYS[event.key]) : acts[event.key];
  if (act) (event.preventDefault(), act());
});

// Results

async function results(id) {
  const found = await attempt(() => api.call("POST", path(id, "/result")));
  if (!found) return;
  byId("sheet").hidden = true;
  const { scorers, n, same, kappa, alpha } = found.agreement;
  const agree = scorers.length < 2 ? `只有一人打分（${scorers[0]}），一致性无从计算` : `${scorers.join("、")} 共同打了 ${n} 条：相同 ${written(same)}，κ ${written(kappa, "score")}，α ${written(alpha, "score")}`;
  fill(byId("result"), [
    el("h2", { text: "结果" }),
    el("p", { text: agree }),
    found.unscored ? el("p", { class: "quiet", text: `还有 ${found.unscored} 条没人打分，不计入` }) : null,
    el("h3", { text: found.differing.length ? `意见不一 ${found.differing.length} 条，请裁定` : "没有意见不一的" }),
    ...found.differing.map((item) => differing(id, item)),
    el("h3", { text: "答案准确率（按抽样权重，95% 区间）" }),
    el("div", { class: "figures" }, ...Object.entries(found.accuracy).map(([name, figure]) => bar(name, figure))),
    el("div", { class: "row" }, el("a", { class: "button", href: path(id, "/gold"), download: "", text: "把打分结果存成题集" })),
  ].filter(Boolean));
  byId("result").focus({ preventScroll: true });
  byId("result").scrollIntoView({ block: "start" });
}

function differing(id, item) {
  const ruled = item.by === "裁定";
  return el(
    "article",
    { class: "differing" },
    el("strong", { text: `${item.number}. ${item.text}` }),
    el("p", { class: "text", text: `${item.title}\n${item.answer}` }),
    el("div", { class: "said" }, ...item.scores.map((one) => el("span", { text: `${one.scorer}：${one.verdict}${one.reason ? `（${one.reason}）` : ""}` }))),
    el("div", { class: "row" }, el("span", { class: "quiet", text: ruled ? `裁定为 ${item.verdict}` : `暂按${item.by}：${item.verdict}` }), ...Object.values(KEYS).map((verdict) => button(verdict, () => rule(id, item, verdict), { class: "small", "aria-pressed": String(ruled && item.verdict === verdict) }))),
  );
}

async function rule(id, item, verdict) {
  const done = await attempt(() => api.call("PUT", path(id, `/rulings/${item.number}`), { verdict, version: item.version }));
  if (done) await results(id);
}

load();
