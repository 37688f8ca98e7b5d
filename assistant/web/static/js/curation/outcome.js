// What became of a step for many: how many went through, and each that did not with its reason.
import { byId, el } from "../dom.js";
import { button } from "../frame.js";

export function tellOutcome(done, verb, { unit = "条" } = {}) {
  const place = byId("outcome");
  const refused = done.refused ?? [];
  const count = Array.isArray(done.done) ? done.done.length : done.drafted;
  place.replaceChildren(
    el(
      "div",
      { class: refused.length ? "notice notice-bad" : "notice" },
      el("strong", { text: `${verb} ${count} ${unit}${refused.length ? `，${refused.length} ${unit}没有处理` : ""}` }),
      refused.length ? el("ul", {}, ...refused.slice(0, 20).map((one) => el("li", { text: `${one.item_id}：${one.problem.message}。${one.problem.hint}` }))) : null,
      refused.length > 20 ? el("p", { class: "quiet", text: `……另有 ${refused.length - 20} ${unit}` }) : null,
      button("知道了", () => place.replaceChildren(), { class: "small" }),
    ),
  );
}
