// Correct the call type and the category by key: digits for the type, letters for the category.
import * as api from "./api.js";
import { byId, el } from "./dom.js";
import { tell } from "./feedback.js";

const TYPE_KEYS = "1234567890";
const CATEGORY_KEYS = "abcdefghijklmnopqrstuvwxyz";

export class LabelBox {
  constructor(desk) {
    this.desk = desk;
    this.dialog = byId("labels");
    this.known = null;
    this.dialog.addEventListener("keydown", (event) => this.press(event));
    this.dialog.addEventListener("close", () => this.done());
  }

  open() {
    return this.desk.whenSettled(() => this.show());
  }

  async show() {
    try {
      this.known ??= await api.call("GET", "/api/v1/labels");
    } catch (error) {
      return error instanceof api.SignedOut ? this.desk.fail(error) : this.desk.say("类型读不出来，请再按一次 t。", "error");
    }
    this.before = JSON.stringify(this.desk.labels);
    this.draw();
    return this.dialog.showModal();
  }

  groups() {
    const { call_types: types, consult, query } = this.known;
    const now = this.desk.labels;
    const asks = now.type === "查询";
    return [
      ["类型", "type", types, TYPE_KEYS],
      [asks ? "类别（查询）" : "类别（咨询）", "category", asks ? query : consult, CATEGORY_KEYS],
    ];
  }

  draw() {
    const now = this.desk.labels;
    byId("labels-body").replaceChildren(
      ...this.groups().map(([title, part, values, keys]) =>
        el(
          "div",
          { class: "label-group", role: "group", "aria-label": title },
          el("h3", { text: title }),
          el(
            "div",
            { class: "row" },
            ...values.map((value, index) =>
              el(
                "button",
                { type: "button", "data-key": keys[index], "aria-pressed": String(now[part] === value), on: { click: () => this.pick(part, value) } },
                el("kbd", { text: keys[index] }),
                value,
              ),
            ),
          ),
        ),
      ),
    );
  }

  press(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "Enter") return void (event.preventDefault(), this.dialog.close());
    const button = this.dialog.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
    if (button) (event.preventDefault(), button.click());
  }

  pick(part, value) {
    this.desk.correct(part, value);
    this.draw();
    // The pressed button was drawn anew: without focus inside, the next key would not reach the dialog.
    this.dialog.querySelector(`[aria-label] [aria-pressed="true"]`)?.focus();
  }

  async done() {
    if (JSON.stringify(this.desk.labels) === this.before || !this.desk.suggestion) return;
    const { type, category } = this.desk.labels;
    this.desk.say(`已改为：${[type, category].filter(Boolean).join(" · ")}`);
    try {
      await tell(this.desk, "label", { note: `${type} / ${category}` });
    } catch (error) {
      if (error instanceof api.SignedOut) this.desk.fail(error);
      else this.desk.say("改好了，但没有记到反馈里：连不上服务。", "error");
    }
  }
}
