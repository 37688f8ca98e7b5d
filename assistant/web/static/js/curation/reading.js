// An entry to read.
import { el } from "../dom.js";
import { span, written } from "./words.js";

export function reading(entry) {
  const answers = entry.branches.map((branch) =>
    el(
      "div",
      { class: "branch" },
      ...Object.entries(branch.when).map(([fact, value]) => el("span", { class: "quiet", text: `${fact}：${value}` })),
      el("p", { class: "text", text: branch.answer }),
    ),
  );
  const guard = entry.guard ? [`不要说：${entry.guard.utterance}`, `原因：${entry.guard.why}`, `改说：${entry.guard.instead}`] : [];
  const rows = [
    ["类别", entry.categories.join("、")],
    ["相似问", entry.phrasings.join(" / ")],
    ["出处", written(entry.sources)],
    ["有效期", span(entry.valid_from, entry.valid_to)],
    ["可见范围", entry.visibility],
    ["维护部门", entry.owner],
  ].filter(([, value]) => value);
  return el(
    "article",
    { class: "panel" },
    el("h2", { text: entry.question }),
    ...answers,
    ...guard.map((text) => el("p", { text })),
    el("dl", { class: "facts" }, ...rows.flatMap(([name, value]) => [el("dt", { text: name }), el("dd", { class: "text", text: value })])),
  );
}
