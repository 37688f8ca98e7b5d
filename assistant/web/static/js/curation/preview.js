// A draft's answer beside what answers now: place, confidence and words.
import { el } from "../dom.js";
import { BANDS, percent } from "./words.js";

export function previewOf(found, { now = "现在", then = "改好以后", id = found.entry_id } = {}) {
  return el("div", { class: "change-pair" }, answered(now, found.now, id), answered(then, found.then, id));
}

function answered(title, said, id) {
  const first = said.answers[0];
  const place = !id ? null : said.rank ? `这一条排第 ${said.rank}，把握 ${percent(said.confidence)}` : "这一条没有进候选";
  return el(
    "div",
    { class: "said", "data-side": title },
    el("p", { class: "row" }, el("strong", { text: title }), el("span", { class: `band band-${said.band}`, text: BANDS[said.band] }), ),
    place ? el("p", { class: "quiet num rank", text: place }) : null,
    first
      ? el("div", { class: "branch" }, el("span", { class: "quiet", text: `${first.question}${first.entry_id === id ? "（这一条）" : `（${first.entry_id}）`} · ${percent(first.confidence)}` }), el("p", { class: "text", text: first.answer }))
      : el("p", { class: "nothing", text: said.nearby.length ? `不答。相近的：${said.nearby.map((one) => one.question).join("；")}` : "不答：没有够把握的内容" }),
    ...said.answers.slice(1).map((one) => el("p", { class: "quiet", text: `${one.question} · ${percent(one.confidence)}` })),
    ...said.must_ask.map((one) => el("p", { class: "quiet", text: `先问：${one.ask}` })),
  );
}
