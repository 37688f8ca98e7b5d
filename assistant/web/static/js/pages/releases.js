// Releases: what is ready, publishing through the gate, comparing two, going back, asking an earlier one.
import * as api from "../api.js";
import { askFor } from "../curation/asking.js";
import { changesTable } from "../curation/changes.js";
import { gateReport } from "../curation/gate.js";
import { previewOf } from "../curation/preview.js";
import { follow, progressIn } from "../curation/work.js";
import { byId, el } from "../dom.js";
import { attempt, banner, button, link, moment, reveal, say, state, table } from "../frame.js";

const place = byId("releases");
const DECIDES = place.dataset.decides === "true";
const EVERYTHING = place.dataset.everything === "true";
const ACTIONS = { publish: "发布", withdraw: "下线", rollback: "回滚" };
const CHANGES = { added: ["published", "新增"], removed: ["bad", "撤下"], changed: ["draft", "修改"] };
let current = 0;
let releases = [];
let busy = false;

async function load(before = 0) {
  const found = await attempt(() => api.call("GET", `/api/v1/releases?before=${before}`));
  if (!found) {
    if (!releases.length) byId("list").replaceChildren(el("p", { class: "nothing" }, "没有读出来。", button("再读一次", () => load())));
    return;
  }
  current = found.current;
  releases = before ? [...releases, ...found.releases] : found.releases;
  byId("current").textContent = current ? `现在是第 ${current} 版` : "还没有发布过";
  drawReady(found.ready);
  const list = table(["版", "时间", "动作", "谁", "条目", "说明", ""], releases.map(cells), { empty: "还没有发布过。批准几条，再按“发布”。" });
  byId("list").replaceChildren(el("h2", { text: "各版" }), list, found.more ? button("更早的", () => load(releases.at(-1).number)) : "");
  if (current > 1 && !before) await compare(current - 1, current, { quiet: true });
}

function drawReady(ready) {
  const rows = ready.map((one) => [
    one.kind === "entry" ? el("a", { href: `/entry/${encodeURIComponent(one.item_id)}`, text: one.title || one.item_id }) : one.title,
    one.removal ? state("bad", "下线") : state("future", "改动"),
    one.author,
    one.decided_by,
  ]);
  byId("ready").replaceChildren(table(["内容", "", "谁写的", "谁批准"], rows, { empty: "没有批准了还没发布的。" }));
}

function cells(release) {
  const earlier = release.number - 1;
  const acts = [
    release.number > 1 || release.number === current ? link("改动", () => compare(earlier, release.number)) : null,
    EVERYTHING ? link("重放", () => replay(release.number)) : null,
    DECIDES && EVERYTHING && release.number !== current ? link("回滚到这一版", () => rollBack(release.number)) : null,
  ].filter(Boolean);
  const overridden = release.gate?.override ? state("bad", "变差仍发布") : null;
  const number = el("span", { class: "row" }, el("strong", { class: "num", text: release.number }), release.number === current ? state("published", "现行") : null, overridden);
  const note = release.gate?.override ? `${release.note}（理由：${release.gate.override}）` : release.note;
  return [number, moment(release.at), ACTIONS[release.action] ?? "", release.account ?? "", release.entries, note, el("span", { class: "row links" }, ...acts)];
}

/** Start something that makes a release, and follow it to its end; a second press meanwhile does nothing. */
async function make(path, body, words) {
  if (busy) return null;
  busy = true;
  byId("publish")?.querySelector("button").setAttribute("disabled", "");
  byId("report").replaceChildren();
  try {
    const started = await api.call("POST", path, body, { headers: { "If-Match": `"${current}"` } });
    banner("");
    const done = await follow(started, progressIn(byId("progress"), words));
    await load();
    byId("report").replaceChildren(...outcome(done));
    return done;
  } catch (error) {
    byId("progress").replaceChildren();
    await failed(error, body);
    return null;
  } finally {
    busy = false;
    byId("publish")?.querySelector("button").removeAttribute("disabled");
  }
}

async function failed(error, body) {
  if (!(error instanceof api.Refused)) return void (await attempt(() => Promise.reject(error)));
  if (error.problem.current !== undefined) await load();
  if (error.problem.gate) {
    const again = (override) => make("/api/v1/releases", { ...body, override }, "正在发布");
    return byId("report").replaceChildren(gateReport(error, DECIDES ? again : null));
  }
  return say(error.message, "error");
}

function outcome(done) {
  const tried = done.gate.questions ? `，试了 ${done.gate.questions} 道黄金题、案例 ${done.gate.expectations} 处` : "";
  const words = done.changed ? `已发布第 ${done.release} 版${tried}` : `没有要发布的，仍是第 ${done.release} 版`;
  const dropped = done.dropped.map((one) => el("li", { text: `${one.item_id} 第 ${one.version} 版草稿依据的是被回滚的内容，已作废；可在它的历史里恢复` }));
  return [el("div", { class: "notice", role: "status" }, el("strong", { text: words }), dropped.length ? el("ul", {}, ...dropped) : null)];
}

async function rollBack(number) {
  const given = await askFor({ title: `回滚到第 ${number} 版`, label: "为什么", hint: `第 ${number} 版的内容作为新的一版发布，不删历史。`, go: "回滚", danger: true });
  if (given) await make(`/api/v1/releases/${number}/rollback`, { reason: given.text }, "正在回滚");
}

async function compare(before, after, { quiet = false } = {}) {
  const found = before ? await attempt(() => api.call("GET", `/api/v1/releases/${before}/against/${after}`)) : null;
  if (before && !found) return;
  const items = found ? [...found.entries, ...found.documents] : [];
  const blocks = items.map((one) => {
    const summary = el("summary", {}, state(...CHANGES[one.change]), " ", el("span", { text: one.title || one.id }), el("span", { class: "quiet", text: ` ${one.id}` }));
    const passages = one.passages ? `新增 ${one.passages.added.length} 段，去掉 ${one.passages.removed.length} 段，修改 ${one.passages.changed.length} 段` : "";
    return el("details", { open: items.length <= 3 }, summary, passages ? el("p", { class: "quiet", text: passages }) : null, one.fields.length ? changesTable(one.fields) : null);
  });
  const empty = before ? "两版内容一样，或改动的不归您看。" : "这是第一版，没有更早的可比。";
  byId("detail").replaceChildren(el("h2", { text: `第 ${before} 版 → 第 ${after} 版` }), chooser(before, after), ...(blocks.length ? blocks : [el("p", { class: "nothing", text: empty })]));
  if (!quiet) reveal(byId("detail"));
}

function chooser(before, after) {
  const numbers = releases.map((one) => one.number);
  const select = (label, chosen) => el("select", { "aria-label": label }, ...numbers.map((number) => el("option", { value: number, selected: number === chosen, text: `第 ${number} 版` })));
  const [from, to] = [select("从第几版", before), select("到第几版", after)];
  return el("div", { class: "row" }, el("label", { class: "inline" }, "从 ", from), el("label", { class: "inline" }, "到 ", to), button("比较", () => compare(Number(from.value), Number(to.value))));
}

function replay(number) {
  const text = el("input", { name: "text", autocomplete: "off" });
  const day = el("input", { name: "as_of", type: "date" });
  const result = el("div", { id: "replay", "aria-live": "polite" });
  const form = el("form", { class: "form plain" }, el("label", {}, "客户的话", text), el("div", { class: "row" }, el("label", { class: "inline" }, "按哪一天 ", day), el("button", { type: "submit", class: "primary" }, "问")), result);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!text.value.trim()) return;
    const body = { text: text.value, ...(day.value ? { as_of: day.value } : {}) };
    const found = await attempt(async () => follow(await api.call("POST", `/api/v1/releases/${number}/ask`, body), progressIn(result, "正在打开这一版")));
    if (found) result.replaceChildren(previewOf({ now: found.then, then: found.now }, { now: `第 ${number} 版（钉住）`, then: "现行", id: "" }));
  });
  byId("detail").replaceChildren(el("h2", { text: `用第 ${number} 版重放` }), el("p", { class: "quiet", text: "这一版钉在手边，接着问不用再等；答案旁边是现行的一版。" }), form);
  reveal(byId("detail"));
  text.focus();
}

byId("publish")?.addEventListener("submit", (event) => {
  event.preventDefault();
  make("/api/v1/releases", { note: byId("publish").elements.note.value.trim() }, "正在过门禁和建索引");
});
load();
