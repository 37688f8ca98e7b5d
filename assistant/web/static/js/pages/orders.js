// Orders: what is due first, one order with its history, and the next stage.
//
// The chosen order stands behind `#` in the address, so that the back button goes to the one before.
import * as api from "../api.js";
import { byId, el } from "../dom.js";
import { attempt, banner, button, explain, link, mark, moment, reveal, say, state, table } from "../frame.js";
import { Kept } from "../kept.js";

const filters = byId("filters");
const moves = byId("split").dataset.moves === "true";
const edits = byId("split").dataset.edits === "true";
const ADVICE = { 处理: "开始处理", 答复: "已答复客户" };
// What the caller said when an order is closed; only one who was satisfied makes its reply fit for the knowledge.
const CLOSINGS = [["归档，客户满意", true], ["归档，客户不满意", false], ["归档，没问到", null]];
const LIMIT = 200;
let orders = [];
let shown = null;
const notes = new Kept("order"); // order -> words not sent yet

const path = (number, rest = "") => `/api/v1/work-orders/${encodeURIComponent(number)}${rest}`;

async function load() {
  const { due, stage, form } = Object.fromEntries(new FormData(filters));
  const query = new URLSearchParams({ sort: "due", limit: LIMIT });
  if (stage) query.set("stage", stage);
  if (form) query.set("form", form);
  if (due === "overdue") query.set("overdue", "true");
  else if (due) query.set("due_hours", due);
  const found = await attempt(() => api.call("GET", `/api/v1/work-orders?${query}`));
  if (!found) return;
  orders = found.orders;
  const rows = orders.map((order) => [
    link(order.number, () => choose(order.number)), order.form, stageMark(order), left(order), order.department, order.content,
  ]);
  byId("list").replaceChildren(
    table(["工单", "种类", "环节", "时限", "处理部门", "内容"], rows, {
      pick: (index) => choose(orders[index].number), empty: "没有符合条件的工单",
    }),
  );
  marked();
}

const marked = () => mark(byId("list"), orders.findIndex((order) => order.number === shown?.number));
const stageMark = (order) => el("span", {}, state(order.overdue ? "bad" : order.stage === "归档" ? "ok" : "draft", order.stage), order.urgent ? el("strong", { class: "worse", text: " 急" }) : null);

/** How much time is left, in the words of a clock. */
function left({ minutes_left: minutes, overdue }) {
  if (minutes === null) return "";
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  const days = Math.floor(hours / 24);
  const words = days ? `${days} 天 ${hours % 24} 时` : hours ? `${hours} 时 ${rest} 分` : `${rest} 分`;
  return overdue ? el("strong", { class: "worse", text: `超时 ${words}` }) : `剩 ${words}`;
}

function choose(number) {
  if (window.location.hash === `#${number}`) return show(number);
  window.location.hash = number;
  return undefined;
}

async function show(number) {
  if (!number) return void ((shown = null), byId("detail").replaceChildren(), marked());
  const order = await attempt(() => api.call("GET", path(number)));
  if (!order) return undefined;
  shown = order;
  draw();
  marked();
  return reveal(byId("detail"));
}

function draw() {
  const order = shown;
  const times = [
    ["受理", moment(order.accepted_at)], ["目标", moment(order.target_at)],
    ["最迟", moment(order.limit_at) + (order.provisional ? "（暂定，节假日安排未公布）" : "")], ["归档", moment(order.closed_at)],
  ];
  const place = [["处理部门", order.department], ["地区", order.region], ["受理人", [order.team, order.created_by].filter(Boolean).join(" · ")], ["派单理由", order.reason], ["关联工单", order.related], ["知识", `第 ${order.release} 版`]];
  const said = [...Object.entries(order.fields), ...Object.entries(order.details)].filter(([name]) => name !== "受理时间");
  byId("detail").replaceChildren(
    el("div", { class: "order-top" }, el("h2", { text: `${order.form} ${order.number}` }), stageMark(order), el("span", { class: "num" }, left(order)), button("打印", () => window.print(), { class: "small" })),
    steps(order),
    el("p", { class: "text order-content", text: order.content }),
    facts(said.length ? said : [["要素", order.anonymous ? "匿名，没有登记" : "没有登记"]]),
    facts([...times, ...place]),
    el("h3", { text: "经过" }),
    el("ol", { class: "events" }, ...order.events.map(event)),
    ...(moves && order.next.length ? [stepForm(order)] : []),
    ...(edits && promotable(order) ? [promotion(order)] : []),
  );
}

const facts = (rows) => el("dl", { class: "facts" }, ...rows.filter(([, value]) => value).flatMap(([name, value]) => [el("dt", { text: name }), el("dd", { class: "num", text: value })]));
const event = (item) => el("li", {}, el("span", { class: "num quiet", text: moment(item.at) }), el("span", { text: `${item.stage_from ? `${item.stage_from} → ` : ""}${item.stage_to ?? item.kind}` }), el("span", { class: "quiet", text: item.account }), says(item.satisfied), item.note ? el("span", { class: "text", text: item.note }) : null);
const says = (satisfied) => (typeof satisfied === "boolean" ? state(satisfied ? "ok" : "bad", satisfied ? "客户满意" : "客户不满意") : null);
const promotable = (order) => order.stage === "归档" && !order.anonymous && order.events.some((item) => item.stage_to === "归档" && item.satisfied);

/** One press drafts an entry from what was asked and answered; its link stays until another order is shown. */
function promotion(order) {
  const place = el("div", { class: "row order-promote" });
  const act = button("转成知识草稿", async () => {
    act.disabled = true;
    const made = await attempt(() => api.call("POST", path(order.number, "/entry")));
    act.disabled = false;
    if (!made) return;
    const masked = made.masked.length ? `里面的 ${made.masked.join("、")} 要改写。` : "";
    place.replaceChildren(el("span", { text: `已存为内部草稿。${masked}` }), el("a", { class: "button", href: `/entry/${encodeURIComponent(made.entry_id)}`, text: `打开 ${made.entry_id}` }));
    place.querySelector("a").focus();
  }, { id: "promote" });
  place.append(act, el("span", { class: "quiet", text: "客户的话作标准问题，答复作答案；姓名、地址、号码先去掉。" }));
  return place;
}

function steps(order) {
  const all = ["受理", "处理", "答复", "归档"];
  return el("ol", { class: "steps", "aria-label": "环节" }, ...all.map((name) => el("li", { "aria-current": name === order.stage ? "step" : false, class: all.indexOf(name) < all.indexOf(order.stage) ? "done" : "", text: name })));
}

function stepForm(order) {
  const field = el("textarea", { id: "note", rows: 2, maxlength: 500, placeholder: "做了什么、怎样答复客户的；号码会自动去掉" });
  field.value = notes.get(order.number) ?? "";
  field.addEventListener("input", () => notes.set(order.number, field.value));
  const backwards = (to) => order.stage === "答复" && to === "处理";
  const act = (text, to, satisfied, first) => button(text, () => move(to, satisfied), { class: first ? "primary" : "", "data-step": true });
  const closing = (first) => CLOSINGS.map(([text, satisfied], index) => act(text, "归档", satisfied, first && !index));
  const buttons = order.next.flatMap((to, index) => (to === "归档" ? closing(!index) : [act(backwards(to) ? "退回处理" : ADVICE[to], to, null, !index)]));
  return el("div", { class: "form order-step" }, el("label", {}, el("span", { text: "说明" }), field), el("div", { class: "row" }, ...buttons));
}

/** Put the order to a stage. It says which version was read, so that two people never move it twice. */
async function move(to, satisfied) {
  const buttons = [...document.querySelectorAll("[data-step]")];
  if (buttons.some((item) => item.disabled)) return;
  buttons.forEach((item) => (item.disabled = true));
  const { number, version } = shown;
  try {
    await api.call("POST", path(number, "/stage"), { to, note: notes.get(number) ?? "", satisfied }, { headers: { "If-Match": `"${version}"` } });
    notes.delete(number);
    banner("");
    await Promise.all([load(), show(number)]);
    say(`${number} 已到“${to}”`);
  } catch (error) {
    if (error instanceof api.Stale) await Promise.all([load(), show(number)]);
    explain(error);
    buttons.forEach((item) => (item.disabled = false));
  }
}

filters.addEventListener("change", (event) => event.target.name !== "number" && load());
filters.addEventListener("submit", (event) => {
  event.preventDefault();
  const number = byId("number").value.trim();
  if (number) choose(number);
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.isComposing || event.target.matches("input, select, textarea")) return;
  event.preventDefault();
  byId("number").focus();
});
window.addEventListener("hashchange", () => show(decodeURIComponent(window.location.hash.slice(1))));
load();
show(decodeURIComponent(window.location.hash.slice(1)));
