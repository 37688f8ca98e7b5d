// Requests from agents: the queue by clock on the left, one request with its steps on the right.
import { call } from "../api.js";
import { byId, el } from "../dom.js";
import { attempt, link, mark, moment, onSubmit, reveal, say, state, table } from "../frame.js";
import { Kept, keepForm } from "../kept.js";

const filters = byId("filters");
const stepForm = byId("step-form");
const newForm = byId("new-form");
let requests = [];
const notes = new Kept("request"); // request -> words not sent yet
let chosen = null;

async function load() {
  const query = new URLSearchParams([...new FormData(filters)].filter(([, value]) => value));
  const found = await attempt(() => call("GET", `/api/v1/requests?${query}`));
  if (!found) return;
  choices(filters.elements.stage, found.stages.map((stage) => stage.name));
  choices(filters.elements.kind, found.kinds);
  choices(newForm.elements.kind, found.kinds);
  requests = found.requests;
  const rows = requests.map((item, index) => [
    link(item.number, () => show(index)),
    item.kind,
    item.stage,
    clock(item),
    item.text,
    item.account,
  ]);
  const columns = ["编号", "类型", "环节", "时限", "客户的话（已脱敏）", "提交人"];
  byId("list").replaceChildren(table(columns, rows, { pick: show, empty: "没有符合条件的反馈。坐席页按 g 可以提交。" }));
  if (chosen) mark(byId("list"), requests.findIndex((item) => item.number === chosen.number));
}

/** Add the choices a list lacks; what is selected stays. */
function choices(select, values) {
  const known = new Set([...select.options].map((option) => option.value));
  select.append(...values.filter((value) => !known.has(value)).map((value) => el("option", { text: value })));
}

function clock(item) {
  if (!item.limit_at) return item.stage === "办结" ? "" : "不计时";
  const until = `${moment(item.limit_at)}${item.provisional ? "（暂定）" : ""}`;
  if (item.overdue) return state("bad", `超时 ${until}`);
  return item.behind ? state("draft", `将超 ${until}`) : until;
}

async function show(index) {
  mark(byId("list"), index);
  await open(requests[index].number);
  reveal(byId("detail"));
}

async function open(number) {
  const found = await attempt(() => call("GET", `/api/v1/requests/${encodeURIComponent(number)}`));
  if (!found) return;
  if (chosen?.number !== number) {
    stepForm.reset();
    stepForm.elements.note.value = notes.get(number) ?? "";
  }
  chosen = found;
  newForm.hidden = true;
  draw();
}

function draw() {
  const facts = [
    ["环节", chosen.stage], ["时限", chosen.limit_text], ["目标", chosen.target_text], ["客户的话", chosen.text],
    ["条目", chosen.entry_id], ["说明", chosen.note], ["提交人", chosen.account], ["部门", chosen.department],
  ].filter(([, value]) => value);
  const events = chosen.events.map((event) => [
    moment(event.at), event.account, event.late ? state("bad", `${event.step}（超时）`) : event.step, event.stage_to, event.note,
  ]);
  byId("shown").replaceChildren(
    el("h2", { text: `${chosen.number} ${chosen.kind}` }),
    el("dl", { class: "facts" }, ...facts.flatMap(([name, value]) => [el("dt", { text: name }), el("dd", { class: "text", text: value })])),
    chosen.reply ? el("p", { class: "branch text", text: `答复：${chosen.reply}` }) : "",
    el("h3", { text: "经过" }),
    table(["时间", "谁", "做了", "到", "说明"], events, { empty: "以前提交的，没有经过" }),
  );
  stepForm.hidden = chosen.steps.length === 0;
  const before = stepForm.elements.step.value;
  stepForm.elements.step.replaceChildren(...chosen.steps.map((step) => el("option", { text: step.name })));
  if (chosen.steps.some((step) => step.name === before)) stepForm.elements.step.value = before;
  due();
}

/** Say whether the chosen step needs words. */
function due() {
  const step = chosen.steps.find((each) => each.name === stepForm.elements.step.value);
  stepForm.elements.note.required = Boolean(step?.say);
  byId("say-due").textContent = step?.say ? "（必填）" : "（可不填）";
}

const loaded = load();

onSubmit(stepForm, async () => {
  const { step, note, entry_id } = Object.fromEntries(new FormData(stepForm));
  const { number, version } = chosen;
  const headers = { "If-Match": `"${version}"` };
  await call("POST", `/api/v1/requests/${encodeURIComponent(number)}/steps`, { step, note, entry_id }, { headers });
  stepForm.reset();
  notes.delete(number);
  await open(number);
  await load();
  setTimeout(() => say(`${number}：${step}，现在到“${chosen.stage}”`));
});

onSubmit(newForm, async () => {
  const made = await call("POST", "/api/v1/requests", Object.fromEntries(new FormData(newForm)));
  newForm.reset();
  await load();
  await open(made.number);
  setTimeout(() => say(`已提交 ${made.number}，等班组长审核`));
}, loaded);

function fresh() {
  chosen = null;
  mark(byId("list"), -1);
  byId("shown").replaceChildren();
  stepForm.hidden = true;
  newForm.hidden = false;
  newForm.elements.text.focus();
}

byId("new").addEventListener("click", fresh);
document.addEventListener("keydown", (event) => {
  if (event.key !== "n" || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.matches("input, select, textarea")) return;
  event.preventDefault();
  fresh();
});
stepForm.elements.step.addEventListener("change", due);
stepForm.elements.note.addEventListener("input", () => notes.set(chosen.number, stepForm.elements.note.value));
filters.addEventListener("change", load);
filters.addEventListener("submit", (event) => event.preventDefault());
loaded.then(() => {
  const before = keepForm(newForm, { fresh: () => true, open: fresh });
  if (before) say("上次没提交的内容还在");
});
