// Words and rules: the files on the left; the chosen one to edit, preview, apply and undo on the right.
import { call } from "../api.js";
import { follow, progressIn } from "../curation/work.js";
import { byId, el } from "../dom.js";
import { attempt, button, link, mark, moment, onSubmit, reveal, say, state, table } from "../frame.js";
import { Kept } from "../kept.js";

const APPLIES = byId("split").dataset.applies === "true";
const ASPECTS = Object.fromEntries([...byId("aspects").querySelectorAll("dt")].map((dt) => [dt.textContent, dt.nextElementSibling.textContent]));
const STATES = { draft: "草稿", superseded: "已被取代", applied: "生效中", replaced: "曾生效" };
const LINES = { "dictionary.txt": "词和频次，如：峰谷分时 4000", "synonyms.tsv": "说法、术语、方向，用制表符隔开，如：铁疙瘩→电能表" };
const typed = new Kept("rule"); // file -> text not saved yet
let rows = [];

async function load() {
  rows = (await attempt(() => call("GET", "/api/v1/rules")))?.rules ?? [];
  const lines = rows.map((row, index) => [
    link(row.title, () => show(index)),
    row.name,
    row.by_hand ? "文件被直接改过" : row.own ? `自己的，第 ${row.applied} 版` : "自带的",
    row.draft ? state("draft", `草稿第 ${row.draft.version} 版`) : "",
  ]);
  byId("list").replaceChildren(table(["内容", "文件", "现在用的", "草稿"], lines, { pick: show, empty: "没有规则文件" }));
}

const path = (row, rest = "") => `/api/v1/rules/${encodeURIComponent(row.name)}${rest}`;

async function show(index) {
  mark(byId("list"), index);
  const row = rows[index];
  const found = await attempt(() => call("GET", path(row)));
  if (!found) return;
  byId("detail").replaceChildren(
    el("h2", { text: found.title }),
    el("p", { class: "quiet", text: [found.name, found.source && `来源：${found.source}`, found.valid_from && `生效：${found.valid_from}`].filter(Boolean).join("；") }),
    ...(found.problem ? [el("p", { class: "worse", text: found.problem })] : []),
    editor(found, index),
    el("div", { id: "outcome", "aria-live": "polite" }),
    ...past(found, index),
  );
  reveal(byId("detail"));
}

function editor(found, index) {
  const text = el("textarea", { id: "text", name: "text", class: "code", rows: "20", spellcheck: "false", required: true });
  text.value = typed.get(found.name) ?? found.draft_text ?? started(found);
  text.addEventListener("input", () => typed.set(found.name, text.value));
  const reason = el("input", { name: "reason", maxlength: "400", required: true, autocomplete: "off" });
  const form = el(
    "form",
    { id: "edit", class: "form" },
    typed.get(found.name) === undefined ? null : unsaved(found, index),
    el("label", { class: "wide" }, el("span", { text: found.draft ? `草稿第 ${found.draft.version} 版（${found.draft.author}：${found.draft.reason}）` : "内容" }), text),
    el("label", { class: "wide" }, el("span", { text: "为什么改" }), reason),
    el(
      "div",
      { class: "row" },
      button("预览", () => work(found, "/preview", { text: text.value }, previewed)),
      el("button", { type: "submit", class: "primary", text: "存成草稿" }),
      ...(APPLIES && found.draft ? [button(`应用第 ${found.draft.version} 版`, () => apply(found, index))] : []),
      ...(APPLIES && (found.own || found.applied || found.by_hand) ? [button("撤销最近一次应用", () => undo(found, index, reason))] : []),
    ),
  );
  onSubmit(form, async () => {
    const saved = await call("POST", path(found, "/drafts"), { text: text.value, expected: found.version, reason: reason.value });
    typed.delete(found.name);
    await load();
    await show(index);
    say(`已存为草稿：第 ${saved.version} 版，还没有生效；请另一位审核人应用`);
  });
  return el("div", {}, ...(LINES[found.name] ? [el("p", { class: "quiet", text: `一行一条：${LINES[found.name]}` })] : []), form);
}

function unsaved(found, index) {
  const drop = () => (typed.delete(found.name), show(index));
  return el("p", { class: "row quiet" }, "这是您还没存的内容。", button("放弃，换回现在的", drop, { class: "small" }));
}

/** Lists of words carry their source and first day in two lines at the top. */
function started(found) {
  const bare = LINES[found.name] && !found.source;
  return bare ? `# 来源：\n# 生效：${new Date().toISOString().slice(0, 10)}\n${found.text}` : found.text;
}

async function apply(found, index) {
  const override = byId("override")?.value ?? "";
  const applied = async () => {
    await load();
    await show(index);
    say("已生效，下一句话就按它答");
  };
  await work(found, "/apply", { version: String(found.draft.version), override }, applied, (problem) => {
    byId("outcome").replaceChildren(el("p", { class: "worse", text: problem.message }), ...worse(problem.gate.worse), overriding(found, index));
  });
}

function overriding(found, index) {
  const field = el("input", { id: "override", maxlength: "400", autocomplete: "off" });
  return el("div", { class: "row" }, el("label", { class: "wide" }, el("span", { text: "确认可以变差的理由" }), field), button("仍然应用", () => apply(found, index)));
}

async function undo(found, index, reason) {
  if (!reason.value.trim()) {
    reason.focus();
    return say("请写明为什么撤销", "error");
  }
  await work(found, "/undo", { reason: reason.value }, async (done) => {
    await load();
    await show(index);
    say(`已撤销，现在是第 ${done.version} 版`);
  });
}

/** Begin long work, show how far it is, and hand its result over; `blocked` gets what golden questions say against it. */
async function work(found, rest, body, then, blocked) {
  const result = await attempt(async () => {
    try {
      return await follow(await call("POST", path(found, rest), body), progressIn(byId("outcome"), "正在做"));
    } catch (error) {
      if (!blocked || !error.problem?.gate) throw error;
      say(error.message, "error");
      return blocked(error.problem);
    }
  });
  if (result) await then(result);
}

function previewed(report) {
  if (!report.questions) return byId("outcome").replaceChildren(el("p", { text: "没有适用的黄金题：请把自己的题放进 数据目录/gold/" }));
  const counts = Object.entries(report.counts).map(([name, count]) => `${name} ${count}`).join("，");
  const lines = report.changed.flatMap((one) => one.aspects.map((aspect, at) => [at ? "" : one.text, ASPECTS[aspect], el("del", { text: written(one.before[aspect]) }), el("ins", { text: written(one.after[aspect]) })]));
  byId("outcome").replaceChildren(
    el("h3", { text: "预览" }),
    el("p", { text: `${report.questions} 道黄金题、${report.expectations} 处案例期望：${report.changed.length} 道有变化${counts ? `（${counts}）` : ""}，${report.worse.length} 处变差` }),
    ...worse(report.worse),
    el("div", { class: "diff" }, table(["客户的话", "什么变了", "之前", "之后"], lines, { empty: "没有一道题有变化" })),
  );
}

const worse = (found) => (found.length ? [table(["变差的题", "为什么"], found.map((one) => [one.text, one.reason]))] : []);

function written(value) {
  if (value === null || value === undefined) return "—";
  if (Array.isArray(value)) return value.map(written).join(" ");
  if (typeof value === "object") return Object.values(value).map(written).join(" ");
  return value === true ? "是" : value === false ? "否" : String(value);
}

function past(found, index) {
  const lines = found.history.map((one) => [
    `第 ${one.version} 版`,
    state(one.status, STATES[one.status]),
    one.author,
    moment(one.at),
    one.note ? `${one.reason}（仍然应用：${one.note}）` : one.reason,
    one.decided_by,
    one.bundled ? "自带的" : link("放进编辑框", () => put(one.text)),
  ]);
  return [
    el("section", {}, el("h3", { text: "历史" }), table(["版本", "状态", "谁", "何时", "原因", "谁应用", "内容"], lines, { empty: "还没有改过" }), button("放进自带的内容", () => put(found.bundled))),
  ];
}

function put(text) {
  byId("text").value = text;
  byId("text").dispatchEvent(new Event("input"));
  byId("text").focus();
}

load();
