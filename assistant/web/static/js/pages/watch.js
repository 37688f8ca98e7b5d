// What the watchers found: one report at a time, both sides of each finding, and what to do about it.
import { call } from "../api.js";
import { byId, el } from "../dom.js";
import { attempt, button, say } from "../frame.js";

const AGAIN = 1500; // milliseconds until a report that is being made is asked for again
const PAGE_OF = { entry: "条目", clause: "条款", guard: "不要这样说" };
let kind = byId("kinds").querySelector("button").dataset.kind;
let turn = 0;

async function load() {
  const mine = ++turn;
  const report = await attempt(() => call("GET", `/api/v1/watch?kind=${encodeURIComponent(kind)}`));
  if (!report || mine !== turn) return;
  if (!report.ready) {
    byId("list").replaceChildren(el("p", { class: "nothing", text: "正在比对全部知识……" }));
    setTimeout(() => mine === turn && load(), AGAIN);
    return;
  }
  draw(report);
}

function draw(report) {
  const aside = report.dismissed ? `，另有 ${report.dismissed} 项已放到一边` : "";
  const cut = report.total > report.findings.length ? `，先列 ${report.findings.length} 项` : "";
  const head = el("p", { class: "quiet num", text: `第 ${report.release} 版知识：${report.total} 项${cut}${aside}` });
  const none = el("p", { class: "nothing", text: `没有要看的：${report.kind_name}` });
  byId("list").replaceChildren(head, ...(report.findings.length ? report.findings.map((found) => finding(report, found)) : [none]));
}

function finding(report, found) {
  const acts = found.remedies.map((remedy) => (remedy.action === "edit" ? open(remedy) : button(remedy.label, () => ask(report, found, remedy))));
  return el(
    "article",
    { class: "finding", tabindex: "-1", "data-finding": found.finding_id },
    el("h2", { text: found.why }),
    el("div", { class: "sides" }, ...found.sides.map(side)),
    el("div", { class: "row" }, ...acts),
  );
}

const open = (remedy) => el("a", { class: "button", href: `/entries?q=${encodeURIComponent(remedy.item_id)}`, text: `打开 ${remedy.item_id}` });

function side(one) {
  return el(
    "section",
    { class: "side", "aria-label": `${PAGE_OF[one.kind]} ${one.item_id}` },
    el("p", { class: "quiet", text: [PAGE_OF[one.kind], one.item_id, one.place].filter(Boolean).join(" · ") }),
    el("h3", { text: one.title }),
    el("p", { class: "text" }, ...marked(one)),
  );
}

/** The text with its differing spans marked. Places are counted in characters, as the server counts them. */
function marked({ said, spans }) {
  const characters = [...said];
  const parts = [];
  let at = 0;
  for (const [start, end] of spans) {
    parts.push(characters.slice(at, start).join(""), el("mark", { text: characters.slice(start, end).join("") }));
    at = end;
  }
  return [...parts, characters.slice(at).join("")];
}

function ask(report, found, remedy) {
  const dialog = byId("reason");
  byId("reason-title").textContent = remedy.label;
  byId("reason-form").reset();
  dialog.onclose = () => dialog.returnValue === "yes" && act(report, found, remedy, byId("reason-form").elements.reason.value);
  dialog.returnValue = "";
  dialog.showModal();
}

async function act(report, found, remedy, reason) {
  const done =
    remedy.action === "dismiss"
      ? await attempt(() => call("POST", "/api/v1/watch/dismiss", { kind: report.kind, finding_id: found.finding_id, digest: found.digest, reason }))
      : await attempt(() => call("POST", "/api/v1/watch/remedy", { action: remedy.action, item_id: remedy.item_id, into: remedy.into, reason }));
  if (!done) return;
  await load();
  say(remedy.action === "dismiss" ? "已放到一边；哪一边改了会再出现。" : "已存为草稿，请送审。");
}

function step(by) {
  const all = [...document.querySelectorAll(".finding")];
  const here = all.indexOf(document.activeElement.closest(".finding"));
  all[Math.min(all.length - 1, Math.max(0, here + by))]?.focus();
}

byId("kinds").addEventListener("click", (event) => {
  const pressed = event.target.closest("button");
  if (!pressed) return;
  kind = pressed.dataset.kind;
  byId("kinds").querySelectorAll("button").forEach((one) => one.setAttribute("aria-pressed", String(one === pressed)));
  load();
});
byId("reason-close").addEventListener("click", () => byId("reason").close(""));
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.target.matches("input, select, textarea")) return;
  if (event.key === "j") step(1);
  if (event.key === "k") step(-1);
});
load();
