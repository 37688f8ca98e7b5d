// What stands around the answers: what to say and ask first, the kind of call, identity, order, outages, mistakes.
import { bandMark } from "./answers.js";
import { el } from "./dom.js";

// The rule by which a danger is dispatched (kb/corpus/rules/workorder.toml); its guidance is always the first of `say`.
const DANGER_RULE = "W02";

/** Whether the words describe a danger happening now. */
export function isDanger(suggestion) {
  return suggestion.work_order.rules.includes(DANGER_RULE);
}

export function sayFirst(suggestion) {
  const lines = suggestion.say.filter((line) => line !== suggestion.identity.prompt);
  if (!lines.length) return [];
  const tag = isDanger(suggestion) ? "⚠ 危险：先说这句" : "先说";
  return [el("span", { class: "tag", text: tag }), ...lines.map((line) => el("p", { text: line }))];
}

/** Questions to ask first; options are numbered through all questions for Alt+1..9. */
export function mustAsk(suggestion, answerFact) {
  let number = 0;
  const questions = suggestion.must_ask.map((item) =>
    el(
      "div",
      {},
      el("p", { class: "question", text: item.ask }),
      el("div", { class: "row" }, ...item.options.map((option) => optionButton((number += 1), item.fact, option, answerFact))),
    ),
  );
  return questions.length ? [el("h2", { text: "先问清楚" }), ...questions] : [];
}

function optionButton(number, fact, option, answerFact) {
  const key = number <= 9 ? el("kbd", { text: `Alt+${number}` }) : null;
  return el(
    "button",
    {
      type: "button",
      class: "option",
      "data-option": number,
      "aria-keyshortcuts": number <= 9 ? `Alt+${number}` : false,
      on: { click: () => answerFact(fact, option) },
    },
    option,
    key,
  );
}

/** The kind of call, as judged or as the agent corrected it. */
export function kindOfCall(labels, corrected, relabel, business = "") {
  return [
    el("div", { class: "section-head" }, el("h2", { text: "业务类型" }), keyButton("改", "t", relabel)),
    el(
      "p",
      { class: "row" },
      el("span", { class: "label label-main", text: labels.type }),
      ...[labels.category, ...labels.more].filter(Boolean).map((label) => el("span", { class: "label", text: label })),
      corrected ? el("span", { class: "quiet", text: "您改过" }) : null,
    ),
    ...(business && !corrected ? [el("p", { class: "quiet", text: business })] : []),
  ];
}

const keyButton = (text, key, act) =>
  el("button", { type: "button", class: "small", "aria-keyshortcuts": key, on: { click: act } }, text, el("kbd", { text: key }));

export function identityGate({ identity }) {
  if (!identity.required) return [];
  return [
    el("h2", { text: "先核实身份" }),
    el("p", { text: identity.prompt }),
    el("p", { class: "quiet", text: `凭：${identity.accepts.join("、")}；复述核对：${identity.read_back.join("、")}` }),
  ];
}

export function workOrder({ work_order: order }, open) {
  if (!order.needed) {
    return [el("div", { class: "section-head" }, el("h2", { text: "不用派单" }), keyButton("另派", "w", open)), el("p", { class: "quiet", text: order.reason })];
  }
  const rows = [
    ["处理部门", order.department],
    ["目标时间", dueText(order.due, "target")],
    ["最迟时间", dueText(order.due, "limit")],
  ].filter(([, value]) => value);
  return [
    el("div", { class: "section-head" }, el("h2", { text: `要派单：${order.form}` }), keyButton("打开", "w", open)),
    el("p", { text: order.reason }),
    order.missing.length
      ? el("p", {}, "还缺：", el("strong", { class: "missing", text: order.missing.join("、") }))
      : el("p", { class: "quiet", text: "要素已齐" }),
    el(
      "dl",
      { class: "facts" },
      ...rows.flatMap(([name, value]) => [el("dt", { text: name }), el("dd", { class: "num", text: value })]),
    ),
  ];
}

/** A due moment with its words; empty when there is none. */
export function dueText(due, which) {
  if (!due) return "";
  const moment = String(due[which] ?? "").slice(0, 16).replace("T", " ");
  if (!moment) return "";
  const about = due.provisional ? "（暂定，节假日安排未公布）" : "";
  return [moment, due[`${which}_text`]].filter(Boolean).join("，") + about;
}

/** What the same caller filed before, and what is known from it. */
export function earlierOrders(earlier) {
  if (!earlier?.orders?.length) return [];
  const known = earlier.known.map((item) => `${item.field} ${item.value}`).join("，");
  return [
    el("h2", { text: "这位客户先前的工单" }),
    ...earlier.orders.map((order) =>
      el(
        "div",
        { class: "outage" },
        el("p", { text: `${order.number} ${order.form}（${order.stage}${order.overdue ? "，已超时" : ""}）` }),
        el("p", { class: "quiet num", text: [order.accepted_at.slice(0, 16).replace("T", " "), order.content].filter(Boolean).join("，") }),
      ),
    ),
    known ? el("p", { class: "quiet", text: `已知，不要再问：${known}` }) : null,
  ].filter(Boolean);
}

export function outageNotices({ outages }) {
  if (!outages.length) return [];
  return [
    el("h2", { text: "可能有关的停电" }),
    ...outages.map((item) =>
      el(
        "div",
        { class: "outage" },
        el("p", { text: `${item.kind || "停电"}：${item.area}` }),
        el("p", { class: "quiet num", text: [`${item.starts} 至 ${item.ends}`.replaceAll("T", " "), item.reason].filter(Boolean).join("，") }),
      ),
    ),
  ];
}

export function avoidSaying({ avoid }) {
  if (!avoid.length) return [];
  return [
    el("h2", { text: "不要这样说" }),
    ...avoid.map((item) =>
      el(
        "div",
        { class: "avoid-item" },
        el("p", { class: "wrong", text: item.utterance }),
        el("p", { class: "instead", text: `改说：${item.instead}` }),
        el("p", { class: "quiet", text: item.why }),
      ),
    ),
  ];
}

/** Neighbouring questions as buttons that search them. */
export function neighbours({ nearby, hints }, search) {
  const groups = [
    ["客户可能还要问", hints],
    ["相近的问题", nearby],
  ].filter(([, items]) => items.length);
  return groups.flatMap(([title, items]) => [
    el("h2", { text: title }),
    el(
      "div",
      { class: "row" },
      ...items.map((item) => el("button", { type: "button", on: { click: () => search(item.question) } }, item.question)),
    ),
  ]);
}

/** What stands in place of answers before the first word. */
export function atStart() {
  const steps = [
    ["写", "客户的话，边听边写；建议随写随出，不用按查询"],
    ["Enter", "选中第一条答案，再按一次表示采用；1–9 换一条"],
    ["c", "复制选中的答案"],
    ["Alt+1–9", "回答“先问清楚”的选项"],
    ["w", "打开填好一半的工单"],
    ["g", "没有答案或答案错，说一声"],
    ["Esc", "清空，接下一通"],
    ["?", "全部按键（在输入框外按）"],
  ];
  const rows = steps.map(([key, what]) => el("li", {}, el("kbd", { text: key }), el("span", { text: what })));
  return el("div", { class: "start" }, el("ol", {}, ...rows));
}

/** What stands in place of answers when none may be given. */
export function noAnswer(suggestion) {
  const next = suggestion.must_ask.length
    ? "请先问清楚上面的问题，再答复。"
    : suggestion.work_order.needed
      ? "不要凭印象答复；请按工单建议受理。"
      : "不要凭印象答复；换个说法，或从相近的问题里选。";
  return el(
    "div",
    { class: "card empty" },
    el("p", {}, bandMark("low")),
    el("strong", { text: suggestion.must_ask.length ? "答案取决于还没问到的情况" : "没有把握的答案" }),
    el("p", { text: next }),
  );
}
