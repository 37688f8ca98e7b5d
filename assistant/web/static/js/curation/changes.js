// What changed, field by field: gone on the left, new on the right; long lists show only what came and went.
import { el } from "../dom.js";
import { FIELDS, shownFields, written } from "./words.js";

export function changesTable(changes, { before = "之前", after = "之后", empty = "内容没有变" } = {}) {
  const shown = shownFields(changes);
  if (!shown.length) return el("p", { class: "nothing", text: empty });
  return el(
    "div",
    { class: "changes" },
    ...shown.map((change) =>
      el(
        "section",
        { class: "change", "aria-label": FIELDS[change.field] },
        el("h3", { text: FIELDS[change.field] }),
        el("div", { class: "change-pair" }, side("del", before, part(change, "removed", "before")), side("ins", after, part(change, "added", "after"))),
      ),
    ),
  );
}

function part(change, some, all) {
  const list = change.field === "phrasings" && Array.isArray(change[some]) && Array.isArray(change.before) && Array.isArray(change.after);
  return written(list ? change[some] : change[all]);
}

const side = (tag, label, text) =>
  el("div", { class: `side side-${tag}` }, el("span", { class: "quiet", text: label }), text ? el(tag, { class: "text", text }) : el("span", { class: "quiet", text: "（无）" }));
