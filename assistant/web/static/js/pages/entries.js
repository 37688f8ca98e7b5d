// Knowledge to look at: search and filters on the left, the chosen entry with its history on the right.
import { call } from "../api.js";
import { byId, el } from "../dom.js";
import { attempt, button, link, mark, moment, reveal, searchBox, state, table } from "../frame.js";

const PAGE = 50;
const EDITS = byId("split").dataset.edits === "true";
const FIELDS = {
  question: "标准问题", kind: "类型", phrasings: "相似问", branches: "答案", categories: "类别", sources: "出处", flags: "标记",
  hints: "后续提示", topics: "主题", owner: "维护部门", region: "地区", visibility: "可见范围", valid_from: "生效", valid_to: "失效", guard: "护栏",
};
const STATES = { published: "现行", expired: "已失效", future: "未生效", draft: "草稿", withdrawn: "已撤下", old: "旧版" };
let newest = 0;
let offset = 0;

async function load() {
  newest += 1;
  const turn = newest;
  const form = Object.fromEntries(new FormData(byId("filters")));
  const found = await attempt(() => call("POST", "/api/v1/entries/search", { ...form, offset, limit: PAGE }));
  if (!found || turn !== newest) return;
  const rows = found.entries.map((entry, index) => [
    entry.entry_id,
    link(entry.question, () => show(found.entries, index)),
    entry.categories.join("、"),
    ...(EDITS ? [state(entry.state, entry.state_name)] : []),
    entry.visibility,
  ]);
  const columns = ["编号", "标准问题", "类别", ...(EDITS ? ["状态"] : []), "可见"];
  const list = table(columns, rows, { pick: (index) => show(found.entries, index), empty: "没有符合条件的条目。换个词，或去掉一些条件。" });
  byId("list").replaceChildren(el("p", { class: "quiet num", text: `共 ${found.total} 条` }), list, pager(found.total));
}

function pager(total) {
  if (total <= PAGE) return "";
  const turn = (by) => () => ((offset += by), load());
  return el(
    "div",
    { class: "row" },
    button("上一页", turn(-PAGE), { disabled: offset === 0 }),
    el("span", { class: "quiet num", text: `${offset + 1}–${Math.min(offset + PAGE, total)}` }),
    button("下一页", turn(PAGE), { disabled: offset + PAGE >= total }),
  );
}

async function show(entries, index) {
  mark(byId("list"), index);
  const id = encodeURIComponent(entries[index].entry_id);
  const [entry, past] = await Promise.all([
    attempt(() => call("GET", `/api/v1/entries/${id}`)),
    EDITS ? attempt(() => call("GET", `/api/v1/entries/${id}/versions`)) : null,
  ]);
  if (!entry) return;
  byId("detail").replaceChildren(...entry.stands.map(stand), ...(past ? history(past.versions) : []));
  reveal(byId("detail"));
}

function stand(entry) {
  const answers = entry.branches.map((branch) =>
    el(
      "div",
      { class: "branch" },
      ...Object.entries(branch.when).map(([fact, value]) => el("span", { class: "quiet", text: `${fact}：${value}` })),
      el("p", { class: "text", text: branch.answer }),
    ),
  );
  const rows = [
    ["类别", entry.categories.join("、")],
    ["相似问", entry.phrasings.join(" / ")],
    ["出处", (entry.sources ?? []).map(sourceText).join("；")],
    ["有效期", [entry.valid_from ?? "", entry.valid_to ?? ""].some(Boolean) ? `${entry.valid_from ?? "…"} 至 ${entry.valid_to ?? "…"}` : "长期"],
    ["可见范围", entry.visibility],
    ["维护部门", entry.owner],
  ].filter(([, value]) => value);
  const guard = entry.guard ? [`不要说：${entry.guard.utterance}`, `原因：${entry.guard.why}`, `改说：${entry.guard.instead}`] : [];
  return el(
    "article",
    { class: "panel" },
    el("p", { class: "row" }, state(entry.state, STATES[entry.state]), el("span", { class: "quiet", text: entry.entry_id })),
    el("h2", { text: entry.question }),
    ...answers,
    ...guard.map((text) => el("p", { text })),
    el("dl", { class: "facts" }, ...rows.flatMap(([name, value]) => [el("dt", { text: name }), el("dd", { text: value })])),
  );
}

const sourceText = (source) => (typeof source === "string" ? source : [source.document, source.locator].filter(Boolean).join(" "));

function history(versions) {
  const rows = versions.map((version, index) => [
    `第 ${version.version} 版`,
    state(version.state, STATES[version.state]),
    version.author,
    moment(version.at),
    version.reason,
    version.release_from ? `第 ${version.release_from} 版发布起` : "未发布",
    index + 1 < versions.length ? link("看改动", () => compare(versions[index + 1], version)) : "初稿",
  ]);
  return [
    el("section", { id: "history" }, el("h3", { text: "历史" }), table(["版本", "状态", "谁", "何时", "原因", "发布", "改动"], rows), el("div", { id: "diff" })),
  ];
}

function compare(before, after) {
  const names = Object.keys(FIELDS).filter((name) => written(before.entry[name]) !== written(after.entry[name]));
  const rows = names.map((name) => [FIELDS[name], el("del", { text: written(before.entry[name]) }), el("ins", { text: written(after.entry[name]) })]);
  const title = el("h3", { text: `第 ${before.version} 版 → 第 ${after.version} 版` });
  byId("diff").replaceChildren(title, el("div", { class: "diff" }, table(["字段", "之前", "之后"], rows, { empty: "内容没有变" })));
}

function written(value) {
  if (value === null || value === undefined) return "";
  if (Array.isArray(value)) return value.map(written).join("\n");
  if (typeof value === "object") return Object.values(value).map(written).filter(Boolean).join("：");
  return String(value);
}

async function labels() {
  const found = await attempt(() => call("GET", "/api/v1/labels"));
  const select = byId("filters").elements.category;
  for (const label of [...(found?.consult ?? []), ...(found?.query ?? [])]) select.append(el("option", { text: label }));
}

const again = () => ((offset = 0), load());
byId("search").value = new URLSearchParams(window.location.search).get("q") ?? "";
searchBox(byId("search"), again);
byId("filters").addEventListener("change", again);
byId("filters").addEventListener("submit", (event) => (event.preventDefault(), again()));
labels();
load();
