// What every page beside the desk shares: failures said aloud, signing out, waiting and empty states, tables.
import * as api from "./api.js";
import { byId, cutBy, el } from "./dom.js";

const SLOW = 300;
const WAITING = "正在读取……";

/** Say something in the page's status line. */
export function say(text, tone = "") {
  const status = byId("status");
  status.textContent = text;
  status.dataset.tone = tone;
}

/** Show or hide the banner. */
export function banner(text) {
  byId("banner").textContent = text;
  byId("banner").hidden = text === "";
}

/** Put a failure into words; what was typed stays where it is. */
export function explain(error) {
  if (error instanceof api.SignedOut) return signInAgain();
  if (error instanceof api.Away) return banner("连不上服务。您填的还在，请稍后再按一次。");
  if (error instanceof api.NotReady) return banner("知识库正在打开，请稍后再试。");
  if (error instanceof api.Refused) return say(error.message, "error");
  throw error;
}

/** Say that the session is over, with a way back in that leaves the page as it is. */
function signInAgain() {
  banner("登录已过期。您填的还在；请在这里或另一个页签重新登录，再回来按一次。");
  byId("banner").append(" ", button("在这里登录", openSignIn, { id: "sign-in-here" }));
}

function openSignIn() {
  const name = byId("account").dataset.name;
  const password = el("input", { type: "password", name: "password", autocomplete: "current-password", maxlength: "200", required: true });
  const said = el("p", { role: "alert", class: "problem", hidden: true });
  const form = el(
    "form",
    { class: "form plain" },
    el("input", { type: "text", name: "username", value: name, autocomplete: "username", hidden: true }),
    el("label", {}, `${name} 的密码`, password),
    said,
    el("div", { class: "row" }, el("button", { class: "primary", type: "submit" }, "登录"), button("取消", () => dialog.close())),
  );
  const dialog = el("dialog", { "aria-label": "重新登录" }, el("h2", { text: "重新登录" }), form);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const me = await api.signIn(name, password.value);
      if (me.name !== name) return window.location.reload();
      dialog.close();
      banner("");
      return say("已重新登录，请接着做");
    } catch (error) {
      said.textContent = error.message || "连不上服务，请稍后再试";
      said.hidden = false;
      return password.focus();
    }
  });
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  password.focus();
}

/** Run something that talks to the server; returns `undefined` when it failed and was explained. */
export async function attempt(work) {
  const before = byId("status").textContent;
  const slow = setTimeout(() => say(WAITING), SLOW);
  try {
    const result = await work();
    banner("");
    if ([before, WAITING].includes(byId("status").textContent)) say(""); // what was said meanwhile is news
    return result;
  } catch (error) {
    explain(error);
    return undefined;
  } finally {
    clearTimeout(slow);
  }
}

/**
 * Handle a form without a reload; its button is off while it is under way, so that nothing happens twice.
 * A form with lists to choose from waits until they are `filled`, however soon Enter is pressed.
 */
export function onSubmit(form, work, filled = undefined) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("[type='submit']");
    if (button.disabled) return;
    button.disabled = true;
    await filled;
    if (complete(form)) await attempt(work);
    button.disabled = false;
  });
}

/** Whether every field that must be filled is; the first that is not gets the focus. */
function complete(form) {
  form.querySelectorAll("[aria-invalid]").forEach((field) => field.removeAttribute("aria-invalid"));
  const empty = [...form.querySelectorAll("[required]")].find((field) => !field.value.trim());
  if (!empty) return true;
  empty.setAttribute("aria-invalid", "true");
  empty.focus();
  say("请把这一项填上", "error");
  return false;
}

/** A table; `rows` are arrays of texts or nodes, `pick` makes rows choosable by mouse (a button in them by key). */
export function table(columns, rows, { pick, empty = "没有内容" } = {}) {
  if (!rows.length) return el("p", { class: "nothing", text: empty });
  const head = el("thead", {}, el("tr", {}, ...columns.map((name) => el("th", { scope: "col", text: name }))));
  const body = el(
    "tbody",
    {},
    ...rows.map((cells, index) =>
      el(
        "tr",
        { class: pick ? "can" : false, on: pick ? { click: () => pick(index) } : {} },
        ...cells.map((cell, at) => el("td", { "data-label": columns[at], class: shape(cell) }, ...content(cell))),
      ),
    ),
  );
  return el("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": "表格" }, el("table", { class: "table" }, head, body));
}

const content = (cell) => (cell instanceof Node ? [cell] : cell === "" || cell === null || cell === undefined ? [] : [String(cell)]);

/** Short texts stay on one line; long ones get room. */
function shape(cell) {
  const length = (cell instanceof Node ? cell.textContent : String(cell ?? "")).length;
  return length <= 16 ? "tight" : length > 40 ? "words" : false;
}

/** Mark one row of a table as the chosen one. */
export function mark(section, index) {
  section.querySelectorAll("tbody tr").forEach((row, at) => row.setAttribute("aria-selected", String(at === index)));
}

export const state = (kind, text) => el("span", { class: "state", "data-state": kind, text });
export const link = (text, act) =>
  el("button", { type: "button", class: "link", on: { click: (event) => (event.stopPropagation(), act()) } }, text);
/** Show what was chosen without moving a wide page; below a list, go to it. */
export function reveal(section) {
  section.focus({ preventScroll: true });
  if (window.matchMedia("(max-width: 62rem)").matches) section.scrollIntoView({ block: "start" });
}

export const moment = (iso) => (iso ?? "").slice(0, 16).replace("T", " ");
export const button = (text, act, attributes = {}) => el("button", { type: "button", ...attributes, on: { click: act } }, text);

/** `/` goes to the search box; a wait after the last key before `work` runs, and only the newest result counts. */
export function searchBox(box, work) {
  let timer = 0;
  box.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(work, 150);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.isComposing || event.target.matches("input, select, textarea")) return;
    event.preventDefault();
    box.focus();
  });
}

document.addEventListener("paste", (event) => {
  const cut = cutBy(event);
  if (cut) say(cut, "error");
});

document.querySelector(".nav [aria-current]")?.scrollIntoView({ inline: "center", block: "nearest" });

byId("sign-out").addEventListener("click", async () => {
  try {
    await api.signOut();
  } catch (error) {
    if (!(error instanceof api.SignedOut)) return banner("没能退出：连不上服务，请稍后再按一次。");
  }
  return window.location.assign("/");
});
