// The list of entries: search and filters, moved through by key, steps for several at once.
import { call } from "../api.js";
import { tellOutcome } from "../curation/outcome.js";
import { span, tone } from "../curation/words.js";
import { byId, el } from "../dom.js";
import { attempt, button, moment, searchBox, state, table } from "../frame.js";

const PAGE = 50;
const KEY = "zhida:entries";
const EDITS = byId("list").dataset.edits === "true";
const form = byId("filters");
const chosen = new Map();
let newest = 0;
let offset = 0;
let shown = [];
let at = -1;

async function load() {
  newest += 1;
  const turn = newest;
  const filters = Object.fromEntries(new FormData(form));
  remember(filters);
  const found = await attempt(() => call("POST", "/api/v1/entries/search", { ...filters, offset, limit: PAGE }));
  if (turn !== newest) return;
  if (!found) return unread();
  shown = found.entries;
  at = -1;
  const columns = EDITS ? ["", "编号", "标准问题", "类别", "阶段", "有效期", "部门", "最近修改"] : ["编号", "标准问题", "类别", "有效期"];
  const list = table(columns, shown.map(cells), { empty: emptyWords(filters) });
  byId("list").replaceChildren(el("p", { class: "quiet num", text: `共 ${found.total} 条` }), list, ...pager(found.total));
  marked();
}

function cells(entry) {
  const name = el("a", { class: "link", href: `/entry/${encodeURIComponent(entry.entry_id)}`, text: entry.question });
  const common = [entry.entry_id, name, entry.categories.join("、")];
  const until = span(entry.valid_from, entry.valid_to);
  if (!EDITS) return [...common, until];
  const stage = el("span", { class: "row" }, state(tone(entry.stage), entry.stage), entry.visibility === "内部" ? state("old", "内部") : null);
  return [entry.edits ? box(entry) : "", ...common, stage, until, entry.owner, entry.edits ? `${moment(entry.at)} ${entry.author}` : ""];
}

function box(entry) {
  const mark = el("input", { type: "checkbox", "aria-label": `选中 ${entry.entry_id}`, checked: chosen.has(entry.entry_id) });
  mark.addEventListener("change", () => {
    if (mark.checked) chosen.set(entry.entry_id, { kind: "entry", item_id: entry.entry_id, version: entry.version });
    else chosen.delete(entry.entry_id);
    marked();
  });
  return el("label", { class: "pick" }, mark);
}

function emptyWords(filters) {
  const narrowed = Object.values(filters).some(Boolean);
  if (narrowed) return "没有符合条件的条目。换个词，或去掉一些条件。";
  return EDITS ? "知识库还是空的。新建一条，或用表格导入。" : "还没有可看的知识。";
}

function unread() {
  if (!shown.length) byId("list").replaceChildren(el("p", { class: "nothing" }, "没有读出来。", button("再读一次", load)));
}

function pager(total) {
  if (total <= PAGE) return [];
  const turn = (by) => () => ((offset += by), load());
  return [
    el(
      "div",
      { class: "row pager" },
      button("上一页", turn(-PAGE), { disabled: offset === 0 }),
      el("span", { class: "quiet num", text: `${offset + 1}–${Math.min(offset + PAGE, total)}` }),
      button("下一页", turn(PAGE), { disabled: offset + PAGE >= total }),
    ),
  ];
}

function marked() {
  if (!EDITS) return;
  byId("bulk").hidden = chosen.size === 0;
  byId("chosen").textContent = `选中 ${chosen.size} 条`;
}

async function step(name, verb) {
  const done = await attempt(() => call("POST", `/api/v1/reviews/${name}`, { refs: [...chosen.values()] }));
  if (!done) return;
  chosen.clear();
  tellOutcome(done, verb);
  await load();
}

/** Search words may hold a number: they stay in this tab, not in the address, and go when the account signs out. */
function remember(filters) {
  const account = byId("account").dataset.name;
  sessionStorage.setItem(KEY, JSON.stringify({ account, filters, offset }));
}

function recall() {
  const found = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
  if (found?.account !== byId("account").dataset.name) return;
  offset = found.offset;
  for (const [name, value] of Object.entries(found.filters)) {
    const field = form.elements[name];
    if (!field) continue;
    if (field.type === "checkbox") field.checked = Boolean(value);
    else field.value = value;
  }
}

function move(by) {
  const rows = byId("list").querySelectorAll("tbody tr");
  if (!rows.length) return;
  at = Math.min(rows.length - 1, Math.max(0, at + by));
  rows.forEach((row, index) => row.setAttribute("aria-selected", String(index === at)));
  rows[at].querySelector("a").focus();
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.ctrlKey || event.altKey || event.metaKey || event.target.matches("input:not([type='checkbox']), select, textarea")) return;
  const acts = { j: () => move(1), k: () => move(-1), n: () => byId("new")?.click(), x: () => byId("list").querySelectorAll("tbody tr")[at]?.querySelector("input")?.click() };
  if (!acts[event.key]) return;
  event.preventDefault();
  acts[event.key]();
});

async function options() {
  const labels = await attempt(() => call("GET", EDITS ? "/api/v1/entry-choices" : "/api/v1/labels"));
  const every = EDITS ? (labels?.categories ?? []) : [...(labels?.consult ?? []), ...(labels?.query ?? [])];
  form.elements.category.append(...every.map((text) => el("option", { text })));
  form.elements.owner?.append(...(labels?.owners ?? []).map((text) => el("option", { text })));
}

const again = () => ((offset = 0), load());
byId("search").value = new URLSearchParams(window.location.search).get("q") ?? "";
searchBox(byId("search"), again);
form.addEventListener("change", again);
form.addEventListener("submit", (event) => (event.preventDefault(), again()));
byId("submit-chosen")?.addEventListener("click", () => step("submit", "已送审"));
byId("approve-chosen")?.addEventListener("click", () => step("approve", "已批准"));
await options();
recall();
load();
