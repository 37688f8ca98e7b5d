// Answers, where they stand, until when they hold, and why they were found.
import { el } from "./dom.js";

export const BANDS = { high: "高：可直接答复", medium: "中：请核对", low: "低：不要直接答" };

/** The band in words and colour. */
export function bandMark(band) {
  return el("span", { class: `band band-${band}`, text: BANDS[band] });
}

/** One answer; the first one is meant to be read out, the others are shortened until they are chosen. */
export function answerCard(answer, index, { band, choose, copy }) {
  const branch = Object.values(answer.branch);
  return el(
    "article",
    {
      class: index === 0 ? "card answer" : "card answer rest",
      "aria-labelledby": `question-${index}`,
      "data-index": index,
      on: { click: () => choose(index) },
    },
    el(
      "div",
      { class: "head" },
      el("kbd", { class: "ordinal", text: index + 1 }),
      el("h3", { id: `question-${index}`, text: answer.question }),
      index === 0 ? bandMark(band) : null,
      el("span", { class: "quiet num", text: `把握 ${percent(answer.confidence)}` }),
    ),
    branch.length ? el("p", { class: "row" }, ...branch.map((fact) => el("span", { class: "label", text: fact }))) : null,
    el("p", { class: "text", text: answer.answer }),
    el(
      "div",
      { class: "foot" },
      sources(answer.citations),
      copyButton(index, copy),
      el("span", { class: "kept", text: "✓ 已采用", hidden: true }),
      why(answer),
    ),
  );
}

/** Mark the chosen and the adopted answer in place: redrawing would close what is open and drop a selection. */
export function markAnswers(section, chosen, kept) {
  section.querySelectorAll(".answer").forEach((card, index) => {
    if (index === chosen) card.setAttribute("aria-current", "true");
    else card.removeAttribute("aria-current");
    card.querySelector(".kept").hidden = index !== kept;
  });
}

function copyButton(index, copy) {
  const listener = (event) => {
    event.stopPropagation();
    copy(index);
  };
  return el("button", { type: "button", "aria-label": `复制第 ${index + 1} 条答案`, on: { click: listener } }, "复制");
}

function sources(citations) {
  if (!citations.length) return el("p", { class: "source", text: "未注明出处" });
  return el(
    "ul",
    { class: "source", "aria-label": "出处与有效期" },
    ...citations.map((source) => el("li", { text: sourceLine(source) })),
  );
}

function sourceLine(source) {
  const place = [source.document, source.locator].filter(Boolean).join(" ");
  return `${place}　${validity(source)}${source.public ? "" : "　内部资料，勿向客户宣读"}`;
}

function validity({ valid_from: from, valid_to: to }) {
  if (from && to) return `${from} 起，${to} 前有效`;
  if (from) return `${from} 起有效`;
  if (to) return `${to} 前有效`;
  return "长期有效";
}

function why(answer) {
  const { matched, exact, features = {}, expansions = [] } = answer.why;
  const rows = [
    ["类型", answer.kind],
    ["最像的说法", matched],
    ["一字不差", exact ? "是" : "否"],
    ["换词", expansions.join("、")],
    ...Object.entries(features).map(([name, value]) => [name, shortNumber(value)]),
  ].filter(([, value]) => value !== undefined && value !== "");
  return el(
    "details",
    {},
    el("summary", { text: "为什么是这一条" }),
    el(
      "table",
      { class: "why" },
      el("tbody", {}, ...rows.map(([name, value]) => el("tr", {}, el("th", { scope: "row", text: name }), el("td", { text: value })))),
    ),
  );
}

const shortNumber = (value) => (typeof value === "number" ? value.toFixed(3) : String(value));

/** A probability in words an agent can use; never 0 % or 100 %. */
export function percent(probability) {
  return `${Math.min(99, Math.max(1, Math.round(probability * 100)))}%`;
}
