// A drafted reply, checked while it is written: what is wrong with it, and what to say instead.
import * as api from "./api.js";
import { byId, el } from "./dom.js";
import { TypeAhead } from "./typeahead.js";

const CALLER_MOST = 2000; // characters of the caller's words that the check reads

export class ScriptBox {
  constructor(desk) {
    this.desk = desk;
    this.dialog = byId("script");
    this.box = byId("script-text");
    this.checks = new TypeAhead((request, signal) => api.call("POST", "/api/v1/check-script", request, { signal }), {
      onAnswer: (found) => this.show(found),
      onError: (error) => this.fail(error),
      onWait: () => {},
    });
    this.box.addEventListener("input", (event) => !event.isComposing && this.check());
    this.box.addEventListener("compositionend", () => this.check());
    byId("script-close").addEventListener("click", () => this.dialog.close());
  }

  open() {
    this.dialog.showModal();
    this.box.focus();
    this.check();
  }

  /** The next call begins. */
  forget() {
    this.box.value = "";
  }

  check() {
    if (this.box.value.trim()) return this.checks.ask({ text: this.box.value, caller: this.desk.words.slice(-CALLER_MOST) });
    this.checks.cancel();
    return this.say([el("p", { class: "quiet", text: "写下准备说的话，边写边查：反问、警告、推诿、缺请、缺致歉、缺结束语。" })]);
  }

  show({ ok, remarks }) {
    if (ok) return this.say([el("p", { class: "good", text: "✓ 没有发现问题" })]);
    return this.say(
      remarks.map((remark) =>
        el(
          "div",
          { class: "avoid-item" },
          el("p", {}, el("span", { class: "label label-main", text: remark.mark }), " ", el("span", { class: "wrong", text: remark.quote })),
          el("p", { class: "instead", text: `改说：${remark.instead}` }),
          el("p", { class: "quiet", text: remark.why }),
        ),
      ),
    );
  }

  fail(error) {
    const why = error instanceof api.Refused ? error.message : error instanceof api.SignedOut ? "登录已过期。写的还在；请在另一个页签重新登录，再改一个字。" : "连不上服务。写的还在，请稍后再改一个字。";
    return this.say([el("p", { class: "worse", text: why })]);
  }

  say(children) {
    byId("script-remarks").replaceChildren(...children);
  }
}
