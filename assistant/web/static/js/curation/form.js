// The form of one entry: an entry in, the same entry out, with every field that people change.
import { el } from "../dom.js";
import { button } from "../frame.js";
import { Branches } from "./branches.js";

const lines = (text) => text.split(/\r?\n/).map((line) => line.trim()).filter(Boolean);
const several = (text) => text.split(/[、，,；;\s]+/).filter(Boolean);
const labelled = (text, field, extra) => el("label", {}, el("span", {}, text, extra ? el("span", { class: "quiet", text: ` ${extra}` }) : null), field);

export class EntryForm {
  constructor(form, choices, { fresh, onChange }) {
    this.form = form;
    this.choices = choices;
    this.fresh = fresh;
    this.rest = {};
    this.onChange = onChange;
    form.addEventListener("input", () => this.changed());
    form.addEventListener("change", () => this.changed());
  }

  changed() {
    this.count();
    this.onChange();
  }

  /** Show an entry. What the form has no field for is kept as it is. */
  write(entry) {
    this.rest = entry;
    const guard = entry.kind === "guard";
    this.branches = guard ? null : new Branches(entry.branches, this.choices.facts, () => this.changed());
    this.form.replaceChildren(
      ...[
        this.fresh ? labelled("编号", this.input("entry_id", entry.entry_id ?? ""), "留空由系统编") : null,
        labelled("标准问题", this.input("question", entry.question)),
        labelled("相似问", this.area("phrasings", entry.phrasings.join("\n"), 6), "一行一句，写客户真会说的话"),
        guard ? this.guard(entry.guard) : this.branches.node,
        this.categories(entry.categories),
        this.sources(entry.sources),
        this.row(
          labelled("从这一天起答", this.input("valid_from", entry.valid_from ?? "", "date")),
          labelled("从这一天起不再答", this.input("valid_to", entry.valid_to ?? "", "date")),
          labelled("可见范围", this.select("visibility", this.choices.visibilities, entry.visibility)),
          guard ? null : labelled("类型", this.select("kind", this.choices.kinds, entry.kind)),
        ),
        this.row(
          labelled("维护部门", this.input("owner", entry.owner, "text", "owners")),
          labelled("地区", this.input("region", entry.region ?? ""), "留空为不限"),
          labelled("后续提示", this.input("hints", entry.hints.join("、")), "别的条目的编号"),
          labelled("主题", this.input("topics", entry.topics.join("、"))),
        ),
        this.flags(entry.flags),
        el("datalist", { id: "owners" }, ...this.choices.owners.map((owner) => el("option", { value: owner }))),
        el("div", { class: "save-bar" }, labelled("这次为什么改", this.input("reason", this.reason ?? "")), el("button", { class: "primary", type: "submit", id: "save" }, "存草稿 ", el("kbd", { text: "Ctrl" }), "+", el("kbd", { text: "S" }))),
      ].filter(Boolean),
    );
    this.count();
  }

  /** The entry as it stands in the form. */
  read() {
    const fields = this.form.elements;
    const checked = (name) => [...this.form.querySelectorAll(`[name="${name}"]:checked`)].map((box) => box.value);
    const guard = this.rest.kind === "guard";
    return {
      ...this.rest,
      entry_id: this.fresh ? fields.entry_id.value.trim() : this.rest.entry_id,
      kind: guard ? "guard" : fields.kind.value,
      question: fields.question.value.trim(),
      phrasings: lines(fields.phrasings.value),
      branches: guard ? [] : this.branches.read(),
      categories: checked("categories"),
      sources: [...this.form.querySelectorAll(".source")]
        .map((row) => ({ document: row.querySelector("[name='document']").value.trim(), locator: row.querySelector("[name='locator']").value.trim() }))
        .filter((source) => source.document),
      valid_from: fields.valid_from.value || null,
      valid_to: fields.valid_to.value || null,
      visibility: fields.visibility.value,
      owner: fields.owner.value.trim(),
      region: fields.region.value.trim() || null,
      hints: several(fields.hints.value),
      topics: several(fields.topics.value),
      flags: checked("flags"),
      ...(guard ? { guard: { utterance: fields.utterance.value.trim(), why: fields.why.value.trim(), instead: fields.instead.value.trim() } } : {}),
    };
  }

  get why() {
    return this.form.elements.reason?.value ?? "";
  }

  set why(text) {
    this.reason = text;
    if (this.form.elements.reason) this.form.elements.reason.value = text;
  }

  count() {
    const place = this.form.querySelector("#phrasing-count");
    if (place) place.textContent = `${lines(this.form.elements.phrasings.value).length} 句`;
  }

  input(name, value, type = "text", list = null) {
    return el("input", { name, type, value, list, autocomplete: "off", spellcheck: "false" });
  }

  area(name, value, rows) {
    const area = el("textarea", { name, rows, spellcheck: "false" });
    area.value = value;
    return el("span", { class: "counted" }, area, name === "phrasings" ? el("span", { class: "quiet num", id: "phrasing-count" }) : null);
  }

  select(name, values, chosen) {
    const known = values.includes(chosen) || !chosen ? values : [...values, chosen];
    return el("select", { name }, ...known.map((value) => el("option", { value, selected: value === chosen, text: value })));
  }

  row(...fields) {
    return el("div", { class: "field-row" }, ...fields);
  }

  boxes(name, values, chosen) {
    const every = [...values, ...chosen.filter((value) => !values.includes(value))];
    return every.map((value) => el("label", { class: "check chip" }, el("input", { type: "checkbox", name, value, checked: chosen.includes(value) }), value));
  }

  categories(chosen) {
    return el("fieldset", {}, el("legend", { text: "类别" }), el("div", { class: "chips-row" }, ...this.boxes("categories", this.choices.categories, chosen)));
  }

  flags(chosen) {
    return el("fieldset", {}, el("legend", { text: "标记" }), el("div", { class: "chips-row" }, ...this.boxes("flags", this.choices.flags, chosen)));
  }

  guard(guard) {
    const area = (name, text) => labelled(text, this.area(name, guard?.[name] ?? "", 2));
    return el("fieldset", { class: "form plain" }, el("legend", { text: "不要这样说" }), area("utterance", "错误说法"), area("why", "错在哪里"), area("instead", "应该怎样说"));
  }

  sources(sources) {
    const rows = el("div", { class: "sources" }, ...[...sources, ...(sources.length ? [] : [{ document: "", locator: "" }])].map((source) => this.source(source)));
    const more = button("加一处出处", () => {
      rows.append(this.source({ document: "", locator: "" }));
      rows.lastElementChild.querySelector("input").focus();
    }, { class: "small" });
    return el("fieldset", {}, el("legend", { text: "出处" }), rows, more);
  }

  source(source) {
    const row = el("div", { class: "source" });
    row.append(
      el("input", { name: "document", value: source.document, placeholder: "《文件名》", "aria-label": "文件", autocomplete: "off" }),
      el("input", { name: "locator", value: source.locator, placeholder: "第几条", "aria-label": "第几条", autocomplete: "off" }),
      button("去掉", () => (row.remove(), this.changed()), { class: "small" }),
    );
    return row;
  }
}
