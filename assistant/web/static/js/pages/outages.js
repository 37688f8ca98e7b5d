// The outage board: notices narrowed by what is typed; those who keep it add, change and end them here.
import { call } from "../api.js";
import { byId, el } from "../dom.js";
import { attempt, button, link, mark, moment, onSubmit, reveal, say, searchBox, state, table } from "../frame.js";
import { keepForm } from "../kept.js";

const KEEPS = byId("split").dataset.keeps === "true";
const STATES = { off: ["bad", "停着"], late: ["bad", "过了承诺时间"], ahead: ["draft", "将停"], ended: ["ok", "已送电"] };
const FIELDS = ["kind", "place", "line", "scope", "cause", "starts", "planned", "promised"];
const LONGEST = 30_000; // milliseconds: a change is a release
const form = byId("notice-form");
let notices = [];
let found = [];
let chosen = null;

function draw() {
  const words = byId("search").value.trim().toLowerCase().split(/\s+/).filter(Boolean);
  found = notices.filter((item) => words.every((word) => Object.values(item).join(" ").toLowerCase().includes(word)));
  const rows = found.map((item, index) => [
    state(...STATES[item.state]),
    el("span", { class: "stacked" }, link(item.area || item.line || item.notice_id, () => show(index)), item.area && item.line ? el("span", { class: "quiet", text: item.line }) : null),
    moment(item.starts),
    moment(item.ends) || "待定",
    item.kind || "停电",
    item.reason,
  ]);
  byId("list").replaceChildren(
    table(["状态", "区域和线路", "停电时间", "送电时间", "类型", "原因"], rows, {
      pick: show,
      empty: notices.length ? "没有符合的公告" : "现在没有有效的停电公告",
    }),
  );
  if (chosen) mark(byId("list"), found.findIndex((item) => item.notice_id === chosen.notice_id));
}

async function load() {
  notices = (await attempt(() => call("GET", "/api/v1/outages")))?.outages ?? notices;
  draw();
}

const path = (item, rest = "") => `/api/v1/outages/${encodeURIComponent(item.notice_id)}${rest}`;

async function show(index) {
  mark(byId("list"), index);
  byId("told").replaceChildren();
  await open(found[index]);
  reveal(byId("detail"));
}

async function open(item) {
  const shown = await attempt(() => call("GET", path(item)));
  if (!shown) return;
  chosen = shown;
  const rows = shown.history.map((row) => [
    moment(row.at) || "导入", row.author, moment(row.promised) || "待定", row.state === "已送电" ? state("ok", row.state) : row.state, row.reason,
  ]);
  const facts = [
    ["类型", shown.kind], ["区域", shown.area], ["线路", shown.line], ["影响范围", shown.scope], ["原因", shown.reason],
    ["停电时间", moment(shown.starts)], ["送电时间", moment(shown.ends) || "待定"], ["地区", shown.region],
  ];
  byId("shown").replaceChildren(
    el("div", { class: "row" }, el("h2", { text: shown.notice_id }), state(...STATES[shown.state])),
    el("dl", { class: "facts" }, ...facts.filter(([, text]) => text).flatMap(([name, text]) => [el("dt", { text: name }), el("dd", { class: "num text", text })])),
    el("h3", { text: "每次承诺的送电时间" }),
    table(["时间", "谁", "承诺送电", "状态", "原因"], rows, { empty: "没有记录" }),
    KEEPS ? el("div", { class: "row" }, button("谁听过旧时间", () => attempt(tell))) : "",
  );
  if (KEEPS) fillForm();
}

function fillForm() {
  const newest = chosen.history.at(-1) ?? {};
  const values = { kind: chosen.kind, place: chosen.area, line: chosen.line, scope: chosen.scope, cause: chosen.reason, ...newest };
  const { kind } = form.elements; // a file's notice may be of a kind of its own
  if (![...kind.options].some((option) => option.value === values.kind)) kind.append(el("option", { text: values.kind }));
  for (const name of FIELDS) form.elements[name].value = values[name] ?? "";
  form.elements.reason.value = "";
  form.elements.reason.required = true;
  form.hidden = chosen.state === "ended";
  byId("form-title").textContent = `修改 ${chosen.notice_id}`;
  byId("save").textContent = "保存并立即生效";
  byId("end").hidden = false;
}

function fresh() {
  chosen = null;
  form.reset();
  form.hidden = false;
  form.elements.reason.required = false;
  byId("form-title").textContent = "登记公告";
  byId("save").textContent = "登记并立即生效";
  byId("end").hidden = true;
  byId("shown").replaceChildren();
  byId("told").replaceChildren();
  mark(byId("list"), -1);
  form.elements.place.focus();
}

async function settle(done, text) {
  await load();
  await open(done.notice);
  drawTold(done.told, "这次改动以前");
  setTimeout(() => say(text));
}

async function tell() {
  const { told } = await call("GET", path(chosen, "/told"));
  drawTold(told, "");
  if (!told.length) setTimeout(() => say("没有通话听过别的送电时间"));
}

function drawTold(told, when) {
  if (!told.length) return byId("told").replaceChildren();
  const rows = told.map((item) => [
    moment(item.at),
    item.account,
    item.call ? el("a", { href: `/?call=${encodeURIComponent(item.call)}`, text: item.call }) : "",
    moment(item.told) || "待定",
    item.text,
  ]);
  return byId("told").replaceChildren(
    el("h3", { text: `${when}听过旧送电时间的通话（${told.length}）` }),
    table(["时间", "坐席", "通话", "听到的送电时间", "客户的话（已脱敏）"], rows),
  );
}

if (KEEPS) {
  const ifMatch = () => ({ headers: { "If-Match": `"${chosen.version}"` }, longest: LONGEST });
  onSubmit(form, async () => {
    const { reason, ...fields } = Object.fromEntries(new FormData(form));
    if (!chosen) {
      const made = await call("POST", "/api/v1/outages", { ...fields, reason }, { longest: LONGEST });
      form.reset();
      return settle(made, `已登记 ${made.notice.notice_id}，客户问起就按它答`);
    }
    const done = await call("PUT", path(chosen), { ...fields, reason }, ifMatch());
    return settle(done, `已保存 ${done.notice.notice_id}，现在就按它答`);
  });
  byId("end").addEventListener("click", () =>
    attempt(async () => {
      const done = await call("POST", path(chosen, "/end"), { reason: form.elements.reason.value }, ifMatch());
      return settle(done, `${done.notice.notice_id} 已结束，不再对客户说`);
    }),
  );
  byId("new").addEventListener("click", fresh);
  if (keepForm(form, { fresh: () => chosen === null, open: fresh })) say("上次没登记的内容还在");
  document.addEventListener("keydown", (event) => {
    if (event.key !== "n" || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.matches("input, select, textarea")) return;
    event.preventDefault();
    fresh();
  });
}
searchBox(byId("search"), draw);
byId("filters").addEventListener("submit", (event) => event.preventDefault());
load();
