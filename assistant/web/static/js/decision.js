// What the agent decides about the order: as advised, another form, or none; a decision of their own needs a reason.
import * as api from "./api.js";
import { byId } from "./dom.js";

const NONE = ""; // no order
const EMPTY = { needed: false, form: null, department: null, due: null, draft: {}, missing: [] };

export class Decision {
  /** `onChange` runs when another choice holds, `onError` when its form could not be had. */
  constructor(desk, { onChange, onError }) {
    this.desk = desk;
    this.onChange = onChange;
    this.onError = onError;
    this.wanted = 0;
    this.group = byId("order-choice"); // missing for who files no orders
    this.field = byId("order-reason");
    this.forget();
    if (!this.group) return;
    this.group.addEventListener("click", (event) => {
      const choice = event.target.closest("[data-form]");
      if (choice) this.choose(choice.dataset.form);
    });
    byId("order-change").addEventListener("click", () => this.show());
    this.field.addEventListener("input", () => this.field.removeAttribute("aria-invalid"));
  }

  /** The next call begins: back to the advice. */
  forget() {
    this.choice = null;
    this.drafted = EMPTY;
    this.wanted += 1; // what is still being fetched belongs to the call before
    if (!this.group) return;
    this.group.hidden = true;
    this.field.value = "";
  }

  get advised() {
    return this.desk.suggestion?.work_order;
  }

  get advisedForm() {
    return this.advised.needed ? this.advised.form : NONE;
  }

  get form() {
    return this.choice ?? this.advisedForm;
  }

  get differs() {
    return this.form !== this.advisedForm;
  }

  /** The order as decided: the advised one, a chosen form half filled, or none. */
  get order() {
    if (!this.differs) return this.advised;
    return this.form === NONE ? EMPTY : this.drafted;
  }

  /** What a request says of the decision. */
  get told() {
    const form = this.form === NONE ? {} : { form: this.form };
    return { needed: this.form !== NONE, ...form, reason: this.differs ? this.field.value.trim() : "" };
  }

  /** Whether a reason is due and not yet written; then the cursor stands where it belongs. */
  lacksReason() {
    if (!this.differs || this.field.value.trim()) return false;
    this.field.setAttribute("aria-invalid", "true");
    this.field.focus();
    return true;
  }

  /** Show the choices; a digit chooses. */
  show() {
    this.group.hidden = false;
    byId("order-change").setAttribute("aria-expanded", "true");
    this.pressed?.focus();
  }

  get pressed() {
    return this.group.querySelector('[aria-pressed="true"]');
  }

  async choose(form) {
    if (!(await this.take(form))) return;
    this.onChange();
    // What held the focus may be gone or hidden now; keys reach the order only from inside it.
    (this.differs ? this.field : this.pressed)?.focus();
  }

  /** Let a choice hold, its form fetched for the words on the page; false when it could not be had or is overtaken. */
  async take(form) {
    const turn = (this.wanted += 1);
    let drafted = EMPTY;
    if (form !== this.advisedForm && form !== NONE) {
      const asked = { text: this.desk.suggestion.text, facts: this.desk.facts, ...this.desk.call, ...this.desk.place, ...this.desk.caller };
      try {
        drafted = await api.call("POST", "/api/v1/work-order-draft", { ...asked, form });
      } catch (error) {
        if (turn === this.wanted) this.onError(error);
        return false;
      }
    }
    if (turn !== this.wanted) return false;
    this.choice = form === this.advisedForm ? null : form;
    this.drafted = drafted;
    return true;
  }

  /** A key inside the order: Alt+T shows the choices, a digit chooses (with Alt while writing). */
  press(event) {
    if (!this.group || event.ctrlKey || event.metaKey) return false;
    if (event.altKey && event.code === "KeyT") return this.show(), true;
    const digit = /^(?:Digit|Numpad)([0-9])$/.exec(event.code)?.[1];
    if (digit === undefined || (!event.altKey && (this.group.hidden || event.target.matches("input, textarea")))) return false;
    const choice = this.group.querySelector(`[aria-keyshortcuts="Alt+${digit}"]`);
    if (choice) this.choose(choice.dataset.form);
    return Boolean(choice);
  }

  draw() {
    if (!this.group) return;
    const { needed, form, reason } = this.advised;
    byId("order-advice").textContent = `建议${needed ? `派${form}` : "不派单"}：${reason}`;
    this.group.hidden &&= needed && !this.differs;
    byId("order-change").setAttribute("aria-expanded", String(!this.group.hidden));
    this.group.querySelectorAll("[data-form]").forEach((choice) => choice.setAttribute("aria-pressed", String(choice.dataset.form === this.form)));
    byId("order-why").hidden = !this.differs;
    byId("order-file-text").textContent = this.form === NONE ? "记下：不派单" : "提交工单";
  }
}
