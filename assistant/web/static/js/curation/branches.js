// The answers of an entry: one, or several that hold under different facts.
import { el } from "../dom.js";
import { button } from "../frame.js";

export class Branches {
  constructor(branches, facts, onChange) {
    this.facts = facts;
    this.onChange = onChange;
    this.list = el("div", { class: "branches" });
    this.list.append(...(branches.length ? branches : [{ when: {}, answer: "" }]).map((branch) => this.branch(branch)));
    const options = Object.entries(facts).map(([fact, values], index) => el("datalist", { id: `options-${index}` }, ...values.map((value) => el("option", { value }))));
    this.node = el(
      "fieldset",
      {},
      el("legend", { text: "答案（可以直接念的话）" }),
      this.list,
      button("加一个按情况分的答案", () => this.add(), { class: "small" }),
      el("datalist", { id: "facts" }, ...Object.keys(facts).map((fact) => el("option", { value: fact }))),
      ...options,
    );
  }

  read() {
    return [...this.list.children]
      .map((node) => ({
        when: Object.fromEntries(
          [...node.querySelectorAll(".condition")].map((row) => [...row.querySelectorAll("input")].map((box) => box.value.trim())).filter(([fact, value]) => fact && value),
        ),
        answer: node.querySelector("textarea").value,
      }))
      .filter((branch) => branch.answer.trim() || Object.keys(branch.when).length);
  }

  add() {
    const node = this.branch({ when: {}, answer: "" });
    this.list.append(node);
    this.condition(node, "", "");
    node.querySelector("input").focus();
    this.onChange();
  }

  branch({ when, answer }) {
    const text = el("textarea", { name: "answer", rows: 5, "aria-label": "答案", spellcheck: "false" });
    text.value = answer;
    const node = el("div", { class: "branch-edit" });
    node.append(
      el("div", { class: "conditions" }),
      text,
      el(
        "div",
        { class: "row" },
        button("加条件", () => this.condition(node, "", "").querySelector("input").focus(), { class: "small" }),
        button("去掉这个答案", () => this.remove(node), { class: "small" }),
      ),
    );
    for (const [fact, value] of Object.entries(when)) this.condition(node, fact, value);
    return node;
  }

  condition(node, fact, value) {
    const name = el("input", { value: fact, list: "facts", placeholder: "情况", "aria-label": "情况", autocomplete: "off" });
    const option = el("input", { value, placeholder: "取值", "aria-label": "取值", autocomplete: "off" });
    const row = el("div", { class: "condition" }, el("span", { class: "quiet", text: "当" }), name, el("span", { class: "quiet", text: "是" }), option);
    row.append(button("去掉", () => (row.remove(), this.onChange()), { class: "small", "aria-label": "去掉这个条件" }));
    const listed = () => {
      const index = Object.keys(this.facts).indexOf(name.value.trim());
      if (index >= 0) option.setAttribute("list", `options-${index}`);
      else option.removeAttribute("list");
    };
    name.addEventListener("input", listed);
    listed();
    node.querySelector(".conditions").append(row);
    return row;
  }

  remove(node) {
    if (this.list.children.length === 1) node.querySelector("textarea").value = "";
    else node.remove();
    this.onChange();
  }
}
