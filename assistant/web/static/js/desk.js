// The state of one call and how it is drawn. The typed words live here alone and are never lost to a failure.
import { answerCard, markAnswers } from "./answers.js";
import * as api from "./api.js";
import { copyText } from "./clipboard.js";
import { byId, cutBy, el, fill } from "./dom.js";
import { noteChoice } from "./feedback.js";
import * as sides from "./sides.js";
import { TypeAhead } from "./typeahead.js";

const RETRY_FIRST = 1000;
const RETRY_MOST = 8000;
const SLOW = 300;

export class Desk {
  constructor() {
    this.box = byId("text");
    this.facts = {};
    this.suggestion = null;
    this.chosen = 0;
    this.kept = -1;
    this.undo = null;
    this.context = null;
    this.correction = {};
    this.heard = "";
    this.acts = {};
    this.cut = "";
    this.onCleared = () => {};
    this.afterShown = null;
    this.slow = 0;
    this.retry = { timer: 0, delay: RETRY_FIRST };
    this.typeAhead = new TypeAhead(api.suggest, {
      onAnswer: (suggestion) => this.show(suggestion),
      onError: (error) => this.fail(error),
      onWait: () => this.wait(),
    });
    this.box.addEventListener("paste", (event) => (this.cut = cutBy(event)));
    this.box.addEventListener("input", (event) => {
      if (event.inputType !== "insertFromPaste") this.cut = "";
      if (!event.isComposing) this.ask();
    });
    this.box.addEventListener("compositionend", () => this.ask());
    this.draw();
    if (this.box.value) this.ask({ now: true }); // the browser restored what was typed
  }

  // Asking

  ask(options) {
    this.afterShown = null;
    clearTimeout(this.retry.timer);
    this.chosen = 0;
    this.kept = -1;
    if (!this.words) {
      this.typeAhead.cancel();
      clearTimeout(this.slow);
      this.suggestion = null;
      this.say("");
      this.draw();
      return;
    }
    this.undo = null;
    this.typeAhead.ask({ text: this.words, facts: this.facts, ...this.call, ...this.place, ...this.caller }, options);
  }

  /** What is asked about: what the agent wrote, else what the caller was heard to say. */
  get words() {
    return this.box.value.trim() ? this.box.value : this.heard;
  }

  /** The call that is on, as a request names it. */
  get call() {
    return this.context?.call_id ? { call_id: this.context.call_id } : {};
  }

  /** The region of the call, as a request names it. */
  get place() {
    return this.context?.region ? { region: this.context.region } : {};
  }

  /** Who calls, by the numbers of the call: it brings up their earlier orders. */
  get caller() {
    const known = Object.entries({ 联系电话: this.context?.phone, 户号: this.context?.customer }).filter(([, value]) => value);
    return known.length ? { caller: Object.fromEntries(known) } : {};
  }

  /** Whether the suggestion on the page answers the words on the page. */
  get settled() {
    return this.suggestion !== null && this.suggestion.text === this.words;
  }

  /** Do something with the suggestion of the words on the page: now, or as soon as it has come. */
  whenSettled(act) {
    if (this.settled) return act();
    if (!this.words) return this.say("先写下客户说了什么。");
    this.afterShown = act;
    return this.say("正在按刚写的话更新，马上打开……");
  }

  /** A suggestion from the live call; the agent's own words go before it. */
  showLive(suggestion) {
    this.heard = suggestion.text;
    if (this.box.value.trim()) return;
    this.chosen = 0;
    this.kept = -1;
    if (Object.keys(this.facts).length) this.ask({ now: true });
    else this.show(suggestion);
  }

  answerFact(fact, option) {
    this.facts = { ...this.facts, [fact]: option };
    this.drawChips();
    this.ask({ now: true });
    this.announce(`已记下：${fact} ${option}`);
  }

  dropFact(fact) {
    const { [fact]: _dropped, ...rest } = this.facts;
    this.facts = rest;
    this.drawChips();
    this.ask({ now: true });
    this.focusBox();
  }

  search(question) {
    this.box.value = question;
    this.ask({ now: true });
    this.focusBox();
  }

  // What comes back

  wait() {
    clearTimeout(this.slow);
    this.slow = setTimeout(() => this.say("正在找……"), SLOW);
  }

  show(suggestion) {
    const before = this.answers[0]?.entry_id;
    clearTimeout(this.slow);
    this.suggestion = suggestion;
    this.retry.delay = RETRY_FIRST;
    this.banner("");
    this.say(this.cut, this.cut ? "error" : "");
    byId("release").textContent = `第 ${suggestion.release} 版知识`;
    this.draw();
    const next = this.afterShown;
    this.afterShown = null;
    if (next && this.settled) next();
    const first = suggestion.answers[0];
    if (first?.entry_id !== before || !first) this.announce(first ? `第一条答案：${first.question}` : "没有把握的答案");
  }

  fail(error) {
    clearTimeout(this.slow);
    if (error instanceof api.Refused) {
      this.suggestion = null;
      this.draw();
      return this.say(error.message, "error");
    }
    this.setState(this.suggestion ? "stale" : "idle");
    this.say(this.suggestion ? "下面仍是先前那句话的建议。" : "");
    if (error instanceof api.SignedOut) {
      return this.banner("登录已过期。您写的字还在；请在另一个页签打开新的登录链接，再回来继续写。");
    }
    const away = error instanceof api.NotReady ? "知识库正在打开" : "连不上服务";
    this.banner(`${away}。您写的字还在，正在自动重试……`);
    this.retry.timer = setTimeout(() => this.ask({ now: true }), this.retry.delay);
    this.retry.delay = Math.min(RETRY_MOST, this.retry.delay * 2);
    return undefined;
  }

  // Keys

  focusBox() {
    this.box.focus();
    this.box.scrollIntoView({ block: "nearest" });
  }

  clear() {
    if (!this.box.value && this.undo) return this.restore();
    if (this.box.value || Object.keys(this.facts).length) {
      this.undo = { text: this.box.value, facts: this.facts, correction: this.correction };
    }
    const undo = this.undo;
    this.box.value = "";
    this.facts = {};
    this.correction = {};
    this.heard = "";
    this.onCleared();
    this.ask();
    this.undo = undo;
    if (undo) this.say("已清空。再按 Esc 恢复。");
    return this.focusBox();
  }

  restore() {
    this.box.value = this.undo.text;
    this.facts = this.undo.facts;
    this.correction = this.undo.correction;
    this.drawChips();
    this.ask({ now: true });
    this.focusBox();
  }

  chooseFirst() {
    if (this.answers.length) this.choose(0);
  }

  choose(index) {
    if (!this.answers[index]) return false;
    this.chosen = index;
    markAnswers(byId("answers"), this.chosen, this.kept);
    byId("answers").focus({ preventScroll: true });
    byId("answers").children[index].scrollIntoView({ block: "nearest" });
    this.announce(`已选第 ${index + 1} 条：${this.answers[index].question}`);
    return true;
  }

  confirm() {
    const answer = this.answers[this.chosen];
    if (!answer) return false;
    this.kept = this.chosen;
    markAnswers(byId("answers"), this.chosen, this.kept);
    noteChoice(this, answer);
    this.say(`已采用第 ${this.chosen + 1} 条。按 c 复制，按 Esc 接下一通。`);
    return true;
  }

  async copy(index = this.chosen) {
    const answer = this.answers[index];
    if (!answer) return;
    const done = await copyText(answer.answer);
    this.say(done ? `已复制第 ${index + 1} 条答案。` : "浏览器不让复制，请选中文字再复制。", done ? "" : "error");
  }

  option(number) {
    const button = document.querySelector(`[data-option="${number}"]`);
    button?.click();
    return Boolean(button);
  }

  async leave() {
    try {
      await api.signOut();
    } catch (error) {
      if (!(error instanceof api.SignedOut)) return this.banner("没能退出：连不上服务，请稍后再按一次。");
    }
    this.box.value = "";
    return window.location.assign("/");
  }

  // Drawing

  get answers() {
    return this.suggestion?.answers ?? [];
  }

  /** The kind of call as it stands: judged, or corrected by the agent. */
  get labels() {
    const { call_type: type, categories = [] } = this.suggestion ?? { call_type: { label: "" } };
    const judged = { type: type.label, category: categories[0]?.label ?? "", more: categories.slice(1).map((item) => item.label) };
    return Object.keys(this.correction).length ? { ...judged, more: [], ...this.correction } : judged;
  }

  correct(part, value) {
    this.correction = { ...this.correction, [part]: value };
    this.draw();
  }

  draw() {
    const suggestion = this.suggestion;
    const focused = document.activeElement;
    this.setState(suggestion ? "shown" : "idle");
    this.drawChips();
    this.drawAnswers();
    const parts = {
      say: sides.sayFirst,
      "must-ask": (shown) => sides.mustAsk(shown, (fact, option) => this.answerFact(fact, option)),
      nearby: (shown) => sides.neighbours(shown, (question) => this.search(question)),
      kind: () => sides.kindOfCall(this.labels, Object.keys(this.correction).length > 0, () => this.acts.relabel(), this.suggestion?.business),
      identity: sides.identityGate,
      order: (shown) => sides.workOrder(shown, () => this.acts.order()),
      earlier: (shown) => sides.earlierOrders(shown.earlier ?? this.context?.earlier),
      outages: sides.outageNotices,
      avoid: sides.avoidSaying,
    };
    for (const [id, part] of Object.entries(parts)) fill(byId(id), suggestion ? part(suggestion) : []);
    byId("say").dataset.danger = String(suggestion !== null && sides.isDanger(suggestion));
    byId("order").dataset.needed = String(suggestion?.work_order.needed ?? false);
    // The pressed button was redrawn away: stay among the answers instead of falling back to the top of the page.
    if (!focused?.isConnected) byId("answers").focus({ preventScroll: true });
  }

  drawAnswers() {
    const section = byId("answers");
    if (!this.suggestion) return section.replaceChildren(sides.atStart());
    if (!this.answers.length) return section.replaceChildren(sides.noAnswer(this.suggestion));
    const acts = { band: this.suggestion.band, choose: (index) => this.choose(index), copy: (index) => this.copy(index) };
    section.replaceChildren(...this.answers.map((answer, index) => answerCard(answer, index, acts)));
    return markAnswers(section, this.chosen, this.kept);
  }

  drawChips() {
    byId("chips").replaceChildren(
      ...Object.entries(this.facts).map(([fact, option]) =>
        el(
          "button",
          { type: "button", class: "chip", "aria-label": `去掉 ${fact}：${option}`, on: { click: () => this.dropFact(fact) } },
          `${fact}：${option}`,
          el("span", { class: "cross", "aria-hidden": "true", text: "✕" }),
        ),
      ),
    );
  }

  setState(state) {
    byId("desk").dataset.state = state;
  }

  say(text, tone = "") {
    const status = byId("status");
    status.textContent = text;
    status.dataset.tone = tone;
  }

  announce(text) {
    byId("spoken").textContent = text;
  }

  banner(text) {
    const banner = byId("banner");
    banner.textContent = text;
    banner.hidden = text === "";
  }
}
