// Somebody saved first: both sides, field by field. Nothing of either is lost until a choice is made.
import { el } from "../dom.js";
import { button } from "../frame.js";
import { FIELDS, shownFields, written } from "./words.js";

const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

/** Show both sides; `onMerged(choices)` gets field -> value. */
export function showConflict(place, problem, { onMerged, onDismiss }) {
  const sides = shownFields(problem.sides ?? []);
  const chosen = Object.fromEntries(sides.map((side) => [side.field, mineChanged(side) ? "mine" : "theirs"]));
  const merge = () => onMerged(Object.fromEntries(sides.map((side) => [side.field, side[chosen[side.field]]])), problem.current);
  place.hidden = false;
  place.replaceChildren(...[
    el("h2", { text: `您写的时候，别人存了第 ${problem.current} 版` }),
    el("p", { class: "quiet", text: "两边都在下面，什么也没有丢。每一项选一边，再合并到表单里检查；标着“冲突”的是两边都改了的。" }),
    ...sides.map((side) => row(side, chosen)),
    sides.length ? null : el("p", { text: "两边改成了一样的内容。" }),
    el("div", { class: "row" }, button("按选择合并", merge, { class: "primary", id: "merge" }), button("先不合并", onDismiss)),
  ].filter(Boolean));
  place.focus();
  place.scrollIntoView({ block: "start" });
}

const mineChanged = (side) => !same(side.mine, side.base);

function row(side, chosen) {
  const name = FIELDS[side.field];
  const pick = (which, label) => {
    const box = el("input", { type: "radio", name: `take-${side.field}`, value: which, checked: chosen[side.field] === which });
    box.addEventListener("change", () => (chosen[side.field] = which));
    return el("label", { class: "take" }, el("span", { class: "check" }, box, label), el("span", { class: "text", text: written(side[which]) || "（空）" }));
  };
  return el(
    "fieldset",
    { class: "clash-field", "data-field": side.field },
    el("legend", {}, name, side.clash ? el("span", { class: "state", "data-state": "bad", text: "冲突" }) : null),
    el("details", {}, el("summary", { class: "quiet", text: "改之前" }), el("p", { class: "text quiet", text: written(side.base) || "（空）" })),
    el("div", { class: "change-pair" }, pick("theirs", "对方存的"), pick("mine", "您写的")),
  );
}
