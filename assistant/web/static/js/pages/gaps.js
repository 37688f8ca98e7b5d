// What calls asked and the knowledge could not answer, and the phrasings that agents' choices suggest.
import { call } from "../api.js";
import { byId, el } from "../dom.js";
import { attempt, button, link, mark, moment, onSubmit, reveal, say, state, table } from "../frame.js";

const TRIAL = 90_000; // milliseconds: every golden question is asked, twice after a new release
const LONGEST = 60_000; // milliseconds: a month of calls is read
const filters = byId("filters");
let gaps = [];

const counts = (kinds) => Object.entries(kinds).map(([kind, count]) => `${kind} ${count}`).join("、");

async function load() {
  const query = new URLSearchParams([...new FormData(filters)]);
  const found = await attempt(() => call("GET", `/api/v1/gaps?${query}`, undefined, { longest: LONGEST }));
  if (!found) return;
  gaps = found.gaps;
  const rows = gaps.map((gap, index) => [
    String(gap.calls),
    link(gap.text, () => show(index)),
    counts(gap.kinds),
    gap.aside ? state("future", "放到一边") : gap.answered ? state("ok", "现在已能答") : gap.nearest[0]?.question ?? "没有相近的",
    moment(gap.last),
  ]);
  byId("list").replaceChildren(
    el("p", { class: "quiet num", text: `${found.since} 以来 ${found.calls} 通电话，归成 ${found.groups} 组，其中 ${found.answered} 组现在已能答${found.aside ? `，${found.aside} 组已放到一边` : ""}` }),
    table(["电话", "客户的话（已脱敏）", "怎么看出来的", "最近的条目", "最近一次"], rows, { pick: show, empty: "没有缺口：这段时间的问题都答上了。" }),
  );
}

function show(index) {
  const gap = gaps[index];
  mark(byId("list"), index);
  const near = gap.nearest.map((item) => [item.entry_id, item.question, `${Math.round(item.confidence * 100)}%`]);
  byId("detail").replaceChildren(
    el("h2", { text: gap.text }),
    el("p", { class: "quiet num", text: `${gap.calls} 通电话，${moment(gap.first)} 到 ${moment(gap.last)}；${counts(gap.kinds)}` }),
    el("h3", { text: "客户都怎么说" }),
    el("ul", {}, ...gap.texts.map((text) => el("li", { text }))),
    el("h3", { text: "最近的现有条目" }),
    table(["编号", "标准问题", "是答案的可能"], near, { empty: "没有相近的条目" }),
    gap.aside ? asideNote(gap) : el("div", { class: "row" }, button("转为反馈，进采编流程", () => attempt(() => hand(gap)), { class: "primary" }), el("a", { class: "button", href: "/entry", text: "新建条目" })),
    ...(gap.aside ? [] : [asideForm(gap)]),
  );
  reveal(byId("detail"));
}

/** Not every gap is one: a reason puts it away for everybody, until enough further calls ask the same. */
function asideForm(gap) {
  const form = el(
    "form",
    { class: "form gap-aside", id: "aside-form", novalidate: true },
    el("label", {}, "不用补？写为什么，放到一边", el("input", { name: "reason", maxlength: "200", required: true, autocomplete: "off", placeholder: "例如：不归供电公司管；骚扰电话" })),
    el("div", { class: "row" }, el("button", { type: "submit" }, "放到一边")),
  );
  onSubmit(form, async () => {
    await call("POST", "/api/v1/gaps/aside", { text: gap.text, reason: form.elements.reason.value });
    await load();
    byId("detail").replaceChildren();
    byId("list").focus();
    setTimeout(() => say(`已把“${gap.text}”放到一边`));
  });
  return form;
}

function asideNote(gap) {
  const { account, at, reason, since, gap_id } = gap.aside;
  const back = async () => {
    if (!(await attempt(() => call("POST", "/api/v1/gaps/back", { gap_id })))) return;
    byId("detail").replaceChildren();
    await load();
    say(`“${gap.text}”重新列出`);
  };
  return el("div", { class: "row" }, el("p", { text: `${account} ${moment(at)} 放到一边：${reason}${since ? `。此后又有 ${since} 通问到` : ""}` }), button("重新列出", back));
}

async function loadPromotable() {
  const found = await attempt(() => call("GET", "/api/v1/promotable-orders"));
  if (!found) return;
  const rows = found.orders.map((order) => [order.number, order.category, order.question, order.answer, promote(order)]);
  byId("promotable").replaceChildren(table(["工单", "类别", "客户问的", "答复", ""], rows, { empty: "没有可以转的工单。归档时选“客户满意”，写了答复的会列在这里。" }));
}

function promote(order) {
  const act = button("转成草稿", async () => {
    act.disabled = true;
    const made = await attempt(() => call("POST", `/api/v1/work-orders/${encodeURIComponent(order.number)}/entry`));
    act.disabled = false;
    await loadPromotable();
    if (made) byId("promoted").replaceChildren(`已存为内部草稿：`, el("a", { href: `/entry/${encodeURIComponent(made.entry_id)}`, text: `${made.entry_id} ${made.question}` }));
  });
  return act;
}

async function hand(gap) {
  const note = `${gap.calls} 通电话；也有人说：${gap.texts.slice(1).join("；")}`.slice(0, 500);
  const kind = gap.kinds["答案错"] ? "答案错" : "没有答案";
  const made = await call("POST", "/api/v1/requests", { kind, text: gap.text, note, entry_id: gap.entries[0] ?? "" });
  setTimeout(() => say(`已转为反馈 ${made.number}`));
}

async function loadPhrasings() {
  const found = await attempt(() => call("GET", "/api/v1/phrasings"));
  if (!found) return;
  const rows = found.phrasings.map((item) => [
    item.text,
    `${item.entry_id} ${item.question}`,
    String(item.calls),
    item.problem ? state("bad", item.problem) : acts(item),
  ]);
  byId("phrasings").replaceChildren(
    table(["建议的相似问", "条目", "采用次数", ""], rows, { empty: "没有建议。坐席在坐席页按 Enter 采用答案，话就会记到这里。" }),
  );
  const settled = found.settled.map((item) => [
    item.text, item.entry_id, state(item.state === "已采用" ? "ok" : item.state === "未采用" ? "bad" : "draft", item.state), item.detail, item.account, moment(item.at),
  ]);
  byId("settled").replaceChildren(table(["相似问", "条目", "结果", "为什么", "谁", "时间"], settled, { empty: "还没有处理过" }));
}

function acts(item) {
  const reason = el("input", { maxlength: "200", placeholder: "为什么不要", "aria-label": `为什么不要“${item.text}”` });
  const away = async () => {
    if (!reason.value.trim()) return void (reason.focus(), say("请写为什么不要", "error"));
    await attempt(() => call("POST", "/api/v1/phrasings/dismiss", { entry_id: item.entry_id, text: item.text, reason: reason.value }));
    return loadPhrasings();
  };
  return el("div", { class: "row" }, button("试一试并采用", () => accept(item)), reason, button("不要", away));
}

async function accept(item) {
  byId("trial").textContent = "正在黄金题上试，请稍候……";
  const wanted = { entry_id: item.entry_id, text: item.text };
  const done = await attempt(() => call("POST", "/api/v1/phrasings/accept", wanted, { longest: TRIAL }));
  byId("trial").textContent = "";
  if (!done) return;
  await loadPhrasings();
  const worse = done.gate.worse.map((one) => `“${one.text}”${one.reason}`).join("；");
  byId("trial").textContent = worse ? `没有采用“${item.text}”，会变差的题：${worse}` : `“${item.text}”已存成草稿并送审，${done.gate.questions} 道黄金题无一变差。`;
}

filters.addEventListener("change", load);
filters.addEventListener("submit", (event) => event.preventDefault());
load().then(loadPromotable).then(loadPhrasings);
