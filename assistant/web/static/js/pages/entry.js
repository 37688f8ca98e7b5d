// One entry: read it, change it, try it out, put it forward. What was typed is never lost.
import * as api from "../api.js";
import { showConflict } from "../curation/conflict.js";
import { EntryForm } from "../curation/form.js";
import { History } from "../curation/history.js";
import { previewOf } from "../curation/preview.js";
import { reading } from "../curation/reading.js";
import { drawSteps } from "../curation/steps.js";
import { byId, el } from "../dom.js";
import { attempt, banner, button, explain, say } from "../frame.js";
import { Kept } from "../kept.js";

const place = byId("entry");
const EDITS = place.dataset.edits === "true";
const DECIDES = place.dataset.decides === "true";
const EMPTY = {
  kind: "标问", question: "", phrasings: [], branches: [], categories: [], sources: [], flags: [], hints: [], topics: [], owner: "", region: null,
  visibility: "对外", valid_from: null, valid_to: null,
};
const KEEP_AFTER = 300;
const NEW = "（新）";
const drafts = new Kept("entry");

let id = place.dataset.id;
let version = 0;
let saved = "";
let page = null;
let form = null;
let saving = false;
let timer = 0;

const kept = () => drafts.get(id || NEW);
const forget = () => drafts.delete(id || NEW);
const path = (rest = "") => `/api/v1/entries/${encodeURIComponent(id)}${rest}`;
const match = () => ({ headers: { "If-Match": `"${version}"` } });
const dirty = () => form !== null && JSON.stringify(form.read()) !== saved;

async function open() {
  const choices = EDITS ? await attempt(() => api.call("GET", "/api/v1/entry-choices")) : {};
  page = id ? await attempt(() => api.call("GET", path())) : null;
  if (!choices || (id && !page)) return unread();
  if (!EDITS) return drawReading();
  form = new EntryForm(byId("form"), choices, { fresh: !id, onChange: changed });
  show(page?.draft?.content ?? { ...EMPTY, owner: choices.owner, region: choices.region || null });
  version = page?.version ?? 0;
  takeUp();
  return drawSide();
}

function unread() {
  const words = el("p", { class: "nothing" }, "没有读出来。", button("再读一次", open));
  (EDITS ? byId("form") : byId("reading")).replaceChildren(words);
  byId("reading").hidden = EDITS;
}

function drawReading() {
  byId("reading").hidden = false;
  byId("reading").replaceChildren(reading(page.live.content));
}

function show(content) {
  form.write(content);
  saved = JSON.stringify(form.read());
  byId("form").dataset.state = "clean";
}

/** Take up what was typed before and never saved: after a reload, the back button, or a sign-in in between. */
function takeUp() {
  const found = kept();
  if (!found || JSON.stringify(found.entry) === saved) return forget();
  form.write(found.entry);
  form.why = found.reason;
  const older = found.version !== version;
  version = found.version;
  const words = older ? "这里是您上次没有存的内容；期间别人存过新的一版，存的时候会让您对照。" : "这里是您上次没有存的内容。";
  byId("kept").hidden = false;
  byId("kept").replaceChildren(
    el("span", { text: words }),
    button("不要了，用存着的", () => (forget(), window.location.reload()), { class: "small" }),
  );
  byId("form").dataset.state = "dirty";
  return undefined;
}

function changed() {
  byId("form").dataset.state = dirty() ? "dirty" : "clean";
  clearTimeout(timer);
  timer = setTimeout(keepNow, KEEP_AFTER);
}

function keepNow() {
  if (!form || saving) return;
  if (dirty() || form.why) drafts.set(id || NEW, { entry: form.read(), reason: form.why, version });
  else forget();
}

async function save() {
  if (saving) return false;
  if (!form.why.trim()) return missing("reason", "请写一句这次为什么改");
  if (!form.read().question) return missing("question", "请写标准问题");
  saving = true;
  byId("save").disabled = true;
  try {
    return await send();
  } catch (error) {
    if (error instanceof api.Refused && error.problem.sides) return conflict(error.problem);
    explain(error);
    return false;
  } finally {
    saving = false;
    byId("save").disabled = false;
    keepNow();
  }
}

async function send() {
  const body = { entry: form.read(), reason: form.why.trim() };
  const done = id ? await api.call("PUT", path(), body, match()) : await api.call("POST", "/api/v1/entries", body);
  banner("");
  forget();
  const fresh = !id;
  id = done.entry_id;
  version = done.version;
  form.why = "";
  byId("kept").hidden = true;
  byId("conflict").hidden = true;
  if (fresh) return moved();
  saved = JSON.stringify(body.entry);
  await refresh();
  say(`已存为草稿：第 ${version} 版`);
  return true;
}

/** A new entry has an address of its own now; the form's own page gives way to it. */
function moved() {
  saved = JSON.stringify(form.read());
  window.location.replace(`/entry/${encodeURIComponent(id)}`);
  return true;
}

function missing(name, words) {
  const field = byId("form").elements[name];
  field.setAttribute("aria-invalid", "true");
  field.addEventListener("input", () => field.removeAttribute("aria-invalid"), { once: true });
  field.focus();
  say(words, "error");
  return false;
}

function conflict(problem) {
  say("别人先存了一版，您的还没有存", "error");
  const mine = form.read();
  showConflict(byId("conflict"), problem, {
    onMerged: (choices, current) => {
      const why = form.why;
      form.write({ ...mine, ...choices });
      form.why = why;
      forget();
      id ||= mine.entry_id;
      version = current;
      saved = "";
      byId("form").dataset.state = "dirty";
      byId("conflict").hidden = true;
      keepNow();
      say("已合并到表单里，请检查后再存一次");
      byId("save").focus();
    },
    onDismiss: () => (byId("conflict").hidden = true),
  });
  return false;
}

async function refresh() {
  page = (await attempt(() => api.call("GET", path()))) ?? page;
  if (!dirty()) version = page.version;
  byId("form").dataset.state = dirty() ? "dirty" : "clean";
  drawSide();
}

function drawSide() {
  byId("ask-text").value ||= page?.question ?? "";
  drawSteps({ page, decides: DECIDES, submit, act });
  if (id) new History(byId("history"), { path, restore: (old, text) => act("restore", { version: old, reason: text }, `已恢复第 ${old} 版为草稿`) }).load();
}

/** A step on what is stored: its version goes with it, so that nobody acts on what they have not seen. */
async function act(name, body, done) {
  if (dirty()) return say("先存草稿，再做这一步", "error");
  const result = await attempt(() => api.call("POST", path(`/${name}`), body, match()));
  if (!result) return undefined;
  forget();
  await reopen();
  return say(done);
}

async function reopen() {
  page = await attempt(() => api.call("GET", path()));
  version = page.version;
  show(page.draft.content);
  drawSide();
}

/** Save what is unsaved, then put it forward (or decide on it). */
async function submit(step = "submit", more = {}) {
  if (dirty() && !(await save())) return;
  const refs = [{ kind: "entry", item_id: id, version }];
  const done = await attempt(() => api.call("POST", `/api/v1/reviews/${step}`, { refs, ...more }));
  if (!done) return;
  await refresh();
  const [refused] = done.refused;
  const words = { submit: "已送审", approve: "已批准，随下一次发布生效", reject: "已退回" };
  say(refused ? `${refused.problem.message}。${refused.problem.hint}` : words[step], refused ? "error" : "");
}

async function preview(event) {
  event.preventDefault();
  const { text, as_of: day } = Object.fromEntries(new FormData(byId("ask")));
  if (!text.trim()) return byId("ask-text").focus();
  byId("preview").replaceChildren(el("p", { class: "nothing waiting", text: "正在试问……" }));
  const target = id ? path("/preview") : "/api/v1/entry-preview";
  const body = { entry: form.read(), text, ...(day ? { as_of: day } : {}) };
  const found = await attempt(() => api.call("POST", target, body, { longest: 60_000 }));
  byId("preview").replaceChildren(...(found ? [previewOf(found)] : [el("p", { class: "nothing", text: "没有试成，原因见上面。改好后再试。" })]));
  return undefined;
}

if (EDITS) {
  byId("form").addEventListener("submit", (event) => (event.preventDefault(), save()));
  byId("ask").addEventListener("submit", preview);
  document.addEventListener("keydown", (event) => {
    if (document.querySelector("dialog[open]")) return;
    const acts = event.altKey ? { KeyP: () => (byId("ask-text").focus(), byId("ask-text").select()), KeyS: () => submit() } : event.ctrlKey || event.metaKey ? { KeyS: save } : {};
    if (!acts[event.code] || event.shiftKey) return;
    event.preventDefault();
    acts[event.code]();
  });
  window.addEventListener("pagehide", keepNow);
  window.addEventListener("beforeunload", (event) => {
    if (!dirty()) return;
    keepNow();
    if (!kept()) event.preventDefault();
  });
}
open();
