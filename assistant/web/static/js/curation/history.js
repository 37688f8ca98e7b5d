// Every version of an entry: compare any two, bring one back.
import { call } from "../api.js";
import { el } from "../dom.js";
import { attempt, button, moment } from "../frame.js";
import { askFor } from "./asking.js";
import { changesTable } from "./changes.js";

export class History {
  constructor(place, { path, restore }) {
    this.place = place;
    this.path = path;
    this.restore = restore;
  }

  async load() {
    const found = await attempt(() => call("GET", this.path("/versions")));
    if (!found) return;
    this.versions = found.versions;
    this.after = this.versions[0].version;
    this.before = this.versions[1]?.version ?? 0;
    this.diff = el("div", { id: "diff" });
    this.place.hidden = false;
    this.place.replaceChildren(
      el("h2", { text: `历史（${this.versions.length} 版）` }),
      el("ol", { class: "versions" }, ...this.versions.map((version) => this.row(version))),
      el("div", { class: "row" }, this.chooser("从", "before"), this.chooser("到", "after"), button("比较", () => this.compare(), { id: "compare" })),
      this.diff,
    );
  }

  row(version) {
    const act = version.restorable && version.version !== this.after ? button("恢复", () => this.bringBack(version.version), { class: "small", "aria-label": `恢复第 ${version.version} 版` }) : null;
    const words = version.restorable ? version.reason : `下线：${version.reason}`;
    return el(
      "li",
      {},
      el("span", { class: "num", text: `第 ${version.version} 版` }),
      el("span", { class: "quiet num", text: `${moment(version.at)} ${version.author}${version.releases ? `，发布 ${version.releases}` : ""}` }),
      el("span", { class: "text", text: words }),
      act,
    );
  }

  chooser(words, side) {
    const numbers = this.versions.map((version) => version.version);
    const every = side === "before" ? [...numbers, 0] : numbers;
    const select = el("select", { "aria-label": `${words}第几版` }, ...every.map((number) => el("option", { value: number, selected: number === this[side], text: number ? `第 ${number} 版` : "（空）" })));
    select.addEventListener("change", () => (this[side] = Number(select.value)));
    return el("label", { class: "inline" }, words, " ", select);
  }

  async compare() {
    const found = await attempt(() => call("GET", this.path(`/versions/${this.before}/against/${this.after}`)));
    if (!found) return;
    this.diff.replaceChildren(el("h3", { text: `${this.before ? `第 ${this.before} 版` : "（空）"} → 第 ${this.after} 版` }), changesTable(found.changes));
  }

  async bringBack(version) {
    const given = await askFor({ title: `恢复第 ${version} 版`, label: "为什么恢复", hint: "旧版的内容存成新的草稿，历史不动。", go: "恢复" });
    if (given) await this.restore(version, given.text);
  }
}
