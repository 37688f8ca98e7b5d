// What waits for review: looked at and decided by key, one after the other.
import { call } from "../api.js";
import { askFor } from "../curation/asking.js";
import { changesTable } from "../curation/changes.js";
import { tellOutcome } from "../curation/outcome.js";
import { reading } from "../curation/reading.js";
import { byId, el } from "../dom.js";
import { attempt, button, link, mark, moment, reveal, state, table } from "../frame.js";

const DECIDES = byId("split").dataset.decides === "true";
let rows = [];
let at = -1;
let busy = false;

async function load({ keep = 0 } = {}) {
  const found = await attempt(() => call("GET", "/api/v1/reviews"));
  if (!found) {
    if (!rows.length) byId("list").replaceChildren(el("p", { class: "nothing" }, "没有读出来。", button("再读一次", () => load())));
    return;
  }
  rows = found.reviews.sort((a, b) => Number(a.state !== "pending") - Number(b.state !== "pending"));
  const waiting = rows.filter((row) => row.state === "pending").length;
  byId("list").replaceChildren(
    el("p", { class: "quiet num", text: `待审 ${waiting} 条，已批准等发布 ${rows.length - waiting} 条` }),
    table(["内容", "阶段", "谁写的", "送审", "为什么"], rows.map(cells), { pick: (index) => show(index), empty: "现在没有等着审核或发布的。" }),
  );
  byId("detail").replaceChildren();
  if (rows.length) await show(Math.min(keep, rows.length - 1), { quiet: true });
}

function cells(row, index) {
  const kind = row.state === "pending" ? state("draft", "待审") : state("future", row.publish_at ? `定于 ${moment(row.publish_at)}` : "待发布");
  const removal = row.removal ? state("bad", "下线") : null;
  const name = el("span", { class: "stack-s" }, link(row.title || row.item_id, () => show(index)), el("span", { class: "quiet", text: `${row.kind === "document" ? "文件 " : ""}${row.item_id} 第 ${row.version} 版` }));
  return [name, el("span", { class: "row" }, kind, removal), row.author, moment(row.submitted_at), row.reason];
}

async function show(index, { quiet = false } = {}) {
  at = index;
  mark(byId("list"), index);
  const row = rows[index];
  const found = await attempt(() => call("GET", `/api/v1/reviews/${row.kind}/${encodeURIComponent(row.item_id)}`));
  if (!found || at !== index) return;
  byId("detail").replaceChildren(...detail(row, found));
  if (!quiet) reveal(byId("detail"));
}

function detail(row, found) {
  const title = row.kind === "entry" ? el("a", { href: `/entry/${encodeURIComponent(row.item_id)}`, text: row.title }) : el("span", { text: row.title });
  const stale = found.version === row.version ? null : el("p", { class: "problem", text: `已有第 ${found.version} 版，这一版不能再处理了。` });
  const passages = found.passages ? [`新增 ${found.passages.added.length} 段，去掉 ${found.passages.removed.length} 段，修改 ${found.passages.changed.length} 段`] : [];
  return [
    el("h2", {}, title),
    el("p", { class: "quiet", text: `${found.author}，${moment(found.at)}：${found.reason}` }),
    stale,
    DECIDES && row.state === "pending" ? acts() : null,
    ...passages.map((text) => el("p", { text })),
    found.removal ? el("p", { class: "problem", text: "批准并发布以后，下面的内容不再答出。" }) : changesTable(found.changes, { before: found.base ? `正在作答的第 ${found.base} 版` : "还没有", after: `第 ${found.version} 版` }),
    found.removal && row.kind === "entry" ? reading(found.content) : null,
  ].filter(Boolean);
}

function acts() {
  const made = (text, key, act, attributes = {}) => {
    const node = button(`${text} `, act, attributes);
    node.append(el("kbd", { text: key }));
    return node;
  };
  return el("div", { class: "row" }, made("批准", "a", approve, { class: "primary", id: "approve" }), made("退回", "r", reject, { id: "reject" }), made("定时批准", "t", schedule));
}

async function decide(step, verb, more = {}) {
  const row = rows[at];
  if (busy || !row || row.state !== "pending") return;
  busy = true;
  const refs = [{ kind: row.kind, item_id: row.item_id, version: row.version }];
  const done = await attempt(() => call("POST", `/api/v1/reviews/${step}`, { refs, ...more }));
  busy = false;
  if (!done) return;
  tellOutcome(done, verb);
  await load({ keep: at });
}

const approve = () => decide("approve", "已批准");

async function reject() {
  const given = await askFor({ title: "退回", label: "哪里要改", go: "退回" });
  if (given) await decide("reject", "已退回", { note: given.text });
}

async function schedule() {
  const given = await askFor({ title: "定时批准", label: "批注", required: false, moment: true, go: "批准" });
  if (given) await decide("approve", "已批准，到时发布", { note: given.text, publish_at: given.moment });
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.ctrlKey || event.altKey || event.metaKey || event.target.matches("input, select, textarea") || document.querySelector("dialog[open]")) return;
  const pending = DECIDES && rows[at]?.state === "pending";
  const keys = { j: () => rows[at + 1] && show(at + 1, { quiet: true }), k: () => rows[at - 1] && show(at - 1, { quiet: true }), ...(pending ? { a: approve, r: reject, t: schedule } : {}) };
  if (!keys[event.key]) return;
  event.preventDefault();
  keys[event.key]();
});

load();
