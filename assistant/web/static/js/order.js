// The drafted order: what is known, what is missing first, until when. What was typed stays until the next call.
import * as api from "./api.js";
import { copyText } from "./clipboard.js";
import { Decision } from "./decision.js";
import { byId, el } from "./dom.js";
import { token } from "./feedback.js";
import { dueText } from "./sides.js";

// Texts that need more than a line; every other field is one.
const LONG = /内容|现象|事实|诉求|线索/;
const ACCEPTED = "受理时间"; // the server's to write; shown with the due times
const CONTEXT = { phone: "联系电话", customer: "户号", region: "所属供电企业" };

export class OrderBox {
  constructor(desk) {
    this.desk = desk;
    this.dialog = byId("order-form");
    this.form = byId("order-fields");
    this.decision = new Decision(desk, {
      onChange: () => this.draw(),
      onError: (error) => (byId("order-result").textContent = why(error)),
    });
    this.forget();
    this.form.addEventListener("input", (event) => this.typed(event.target));
    this.form.addEventListener("submit", (event) => event.preventDefault());
    this.dialog.addEventListener("keydown", (event) => this.press(event));
    byId("order-close").addEventListener("click", () => this.dialog.close());
    byId("order-print").addEventListener("click", () => window.print());
    byId("order-copy").addEventListener("click", () => this.copy());
    byId("order-file")?.addEventListener("click", () => this.file());
  }

  /** The next call begins: nothing of this one stays. */
  forget() {
    this.typedIn = {};
    this.token = token();
    this.filed = "";
    this.busy = false;
    this.decision.forget();
  }

  /** The order as advised, or as the agent decided. */
  get order() {
    return this.decision.order;
  }

  open() {
    return this.desk.whenSettled(() => this.show());
  }

  async show() {
    const { advised, group, differs } = this.decision;
    if (!group && !advised.needed) return this.desk.say(`不用派单：${advised.reason}`);
    // The words may have changed since another form was chosen: it is drafted anew, or the advice holds again.
    if (differs && !(await this.decision.take(this.decision.form))) this.decision.choice = null;
    this.draw();
    if (!this.dialog.open) this.dialog.showModal();
    if (!this.order.needed) return this.decision.show();
    return (this.empty()[0] ?? this.form.querySelector("input, textarea"))?.focus();
  }

  /** Fields with their values: what is still to ask comes first, in the order to ask it. */
  fields() {
    const { draft, missing } = this.order;
    const context = Object.fromEntries(Object.entries(CONTEXT).map(([name, field]) => [field, this.desk.context?.[name] ?? ""]));
    const names = [...new Set([...missing, ...Object.keys(draft)])].filter((name) => name !== ACCEPTED);
    return names.map((name) => [name, this.typedIn[name] ?? this.corrected(name) ?? (draft[name] || context[name] || ""), missing.includes(name)]);
  }

  /** The category an agent corrected stands in the order too. */
  corrected(name) {
    return ["业务类别", "申请事项"].includes(name) ? this.desk.correction.category : undefined;
  }

  draw() {
    const { needed, form, department, due } = this.order;
    byId("order-title").textContent = needed ? form : "不派单";
    const times = [["目标", dueText(due, "target")], ["最迟", dueText(due, "limit")], ["受理", dueText(this.order.draft, ACCEPTED)]];
    const parts = [department, ...times.filter(([, text]) => text).map(([name, text]) => `${name} ${text}`)].filter(Boolean);
    byId("order-due").replaceChildren(...parts.map((text) => el("span", { text })));
    byId("order-result").textContent = this.filed;
    this.form.replaceChildren(...this.fields().map(([name, value, asked]) => field(name, value, asked)));
    this.decision.draw();
    this.mark();
  }

  empty() {
    return [...this.form.querySelectorAll("[data-asked]")].filter((input) => !input.value.trim());
  }

  mark() {
    const empty = this.empty();
    this.form.querySelectorAll("[data-asked]").forEach((input) => input.toggleAttribute("data-empty", empty.includes(input)));
    const lacking = empty.length ? `还缺 ${empty.length} 项：${empty.map((input) => input.name).join("、")}` : "要素已齐";
    byId("order-missing").textContent = this.order.needed ? lacking : "";
    byId("order-missing").dataset.tone = empty.length ? "missing" : "";
  }

  typed(input) {
    this.typedIn[input.name] = input.value;
    this.mark();
  }

  press(event) {
    if (event.isComposing) return;
    if (this.decision.press(event)) return void event.preventDefault();
    if (event.key !== "Enter") return;
    if (event.ctrlKey && byId("order-file")) return void (event.preventDefault(), this.file());
    if (!event.target.matches("input")) return;
    event.preventDefault();
    const after = this.empty().find((input) => input !== event.target) ?? byId("order-file") ?? byId("order-copy");
    after.focus();
  }

  values() {
    return Object.fromEntries([...this.form.querySelectorAll("input, textarea")].map((input) => [input.name, input.value.trim()]));
  }

  async copy() {
    const due = [...byId("order-due").children].map((part) => part.textContent);
    const text = [byId("order-title").textContent, ...due, ...Object.entries(this.values()).map(([name, value]) => `${name}：${value}`)];
    byId("order-result").textContent = (await copyText(text.join("\n"))) ? "已复制全部" : "浏览器不让复制，请选中文字再复制";
  }

  /** File the order; sending it twice files one, because both carry the same token. */
  async file() {
    if (this.busy || this.filed) return;
    if (this.decision.lacksReason()) return void (byId("order-result").textContent = "与建议不同，请写为什么，再提交。");
    this.busy = true;
    const filled = Object.fromEntries(Object.entries(this.values()).filter(([, value]) => value));
    const order = { text: this.desk.suggestion.text, facts: this.desk.facts, ...this.desk.call, ...this.desk.place, fields: filled, ...this.decision.told };
    try {
      const made = await api.call("POST", "/api/v1/work-orders", order, { headers: { "Idempotency-Key": this.token } });
      this.filed = made.order ? `已提交：${made.order.number}` : "已记下：这次不派单";
      this.dialog.close();
      this.desk.say(this.filed);
    } catch (error) {
      byId("order-result").textContent = why(error);
    } finally {
      this.busy = false;
    }
  }
}

function why(error) {
  if (error instanceof api.SignedOut) return "登录已过期。填的还在；请在另一个页签重新登录，再回来提交。";
  if (error instanceof api.Refused) return error.message;
  return "连不上服务。填的还在，请稍后再提交；提交两次也只会有一张单。";
}

function field(name, value, asked) {
  const attributes = { name, "data-asked": asked, maxlength: LONG.test(name) ? 500 : 200 };
  const input = LONG.test(name) ? el("textarea", { ...attributes, rows: 3 }) : el("input", attributes);
  input.value = value;
  return el("label", { class: LONG.test(name) ? "wide" : "" }, el("span", {}, name, asked ? el("em", { text: "　要问" }) : null), input);
}
