// The call the desk is opened for: who calls, and the talk as it comes in.
//
// `/?call=ID` names a call announced to the API. `/#phone=…&customer=…&region=…` is for a telephony system that can only
// open an address: what stands behind `#` never leaves the browser, and is taken out of the address at once.
import * as api from "./api.js";
import { byId, el, fill } from "./dom.js";

const RETRY_FIRST = 1000;
const RETRY_MOST = 15_000;
const KEPT_LINES = 6;

export async function openCall(desk) {
  readHash(desk);
  window.addEventListener("hashchange", () => readHash(desk));
  const id = new URLSearchParams(window.location.search).get("call");
  if (!id) return;
  try {
    show(desk, await api.call("GET", `/api/v1/calls/${encodeURIComponent(id)}`));
    new Live(desk, id).connect();
  } catch (error) {
    desk.say(error instanceof api.Refused ? "没有这通电话，或不是您的。" : "来电信息读不出来，可以直接写客户的话。", "error");
  }
}

function readHash(desk) {
  if (!window.location.hash) return;
  const behind = new URLSearchParams(window.location.hash.slice(1));
  window.history.replaceState(null, "", window.location.pathname + window.location.search);
  show(desk, Object.fromEntries(["phone", "customer", "region"].map((name) => [name, behind.get(name) ?? ""])));
}

function show(desk, context) {
  desk.context = context;
  const parts = [["来电", context.phone], ["户号", context.customer], ["地区", context.region]].filter(([, value]) => value);
  const before = context.earlier?.orders.length;
  const known = before ? [el("strong", { class: "missing", text: `48 小时内来过电，有 ${before} 张工单` })] : [];
  fill(byId("call"), [...parts.map(([name, value]) => el("span", {}, el("span", { class: "quiet", text: `${name} ` }), el("strong", { class: "num", text: value }))), ...known]);
  if (desk.words) desk.ask({ now: true });
}

class Live {
  constructor(desk, id) {
    this.desk = desk;
    this.address = `${window.location.origin.replace("http", "ws")}/api/v1/calls/${encodeURIComponent(id)}/live`;
    this.delay = RETRY_FIRST;
    this.lines = [];
  }

  connect() {
    const socket = new WebSocket(this.address);
    socket.addEventListener("open", () => ((this.delay = RETRY_FIRST), this.draw("已接上通话")));
    socket.addEventListener("message", (event) => this.take(JSON.parse(event.data)));
    socket.addEventListener("close", () => {
      this.draw("通话文字断了，正在重接……");
      setTimeout(() => this.connect(), this.delay);
      this.delay = Math.min(RETRY_MOST, this.delay * 2);
    });
  }

  take(message) {
    if (message.type === "suggestion") return this.desk.showLive(message.suggestion);
    if (message.type !== "segment") return undefined;
    const last = this.lines.at(-1);
    if (last && !last.final && last.speaker === message.speaker) this.lines.pop();
    this.lines = [...this.lines, message].slice(-KEPT_LINES);
    return this.draw("");
  }

  draw(note) {
    const lines = this.lines.map((line) =>
      el(
        "p",
        { class: line.final ? "line" : "line pending" },
        el("span", { class: "tag", text: line.speaker === "caller" ? "客户" : "坐席" }),
        el("span", { text: line.text }),
      ),
    );
    fill(byId("live"), [...lines, el("p", { class: "quiet", text: note || "跟着通话给建议；自己写字时以您写的为准" })]);
    byId("live").scrollTop = byId("live").scrollHeight;
  }
}
