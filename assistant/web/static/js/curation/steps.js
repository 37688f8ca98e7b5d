// Where an entry stands, and the steps open from there.
import { byId, el } from "../dom.js";
import { button, moment, state } from "../frame.js";
import { askFor } from "./asking.js";
import { span, tone } from "./words.js";

export function drawSteps({ page, decides, submit, act }) {
  byId("standing").replaceChildren(...(page ? standing(page) : [el("p", { class: "quiet", text: "还没有存过。填好以后存草稿，再送审。" })]));
  byId("steps").replaceChildren(...steps({ page, decides, submit, act }));
}

function standing(page) {
  const rows = [
    ["最新", `第 ${page.version} 版，${page.author}，${moment(page.at)}`],
    ["为什么", page.reason],
    ["正在作答", page.live ? `第 ${page.live.version} 版，${span(page.live.content.valid_from, page.live.content.valid_to)}` : "没有"],
    page.review ? ["送审", `${page.review.submitted_by}，${moment(page.review.submitted_at)}`] : null,
    page.review?.decided_by ? [page.review.state === "rejected" ? "退回" : "批准", `${page.review.decided_by}，${moment(page.review.decided_at)}`] : null,
    page.review?.note ? ["批注", page.review.note] : null,
    page.review?.publish_at ? ["定时", moment(page.review.publish_at)] : null,
  ].filter(Boolean);
  return [
    el("p", { class: "row" }, state(tone(page.stage), page.stage), page.removal && page.stage !== "已下线" ? state("bad", "要下线") : null, page.answerable ? state("ok", "现在能答") : null),
    el("dl", { class: "facts" }, ...rows.flatMap(([name, value]) => [el("dt", { text: name }), el("dd", { class: "text", text: value })])),
  ];
}

function steps({ page, decides, submit, act }) {
  const put = button("送审 ", () => submit(), { id: "submit", class: "primary" });
  put.append(el("kbd", { text: "Alt" }), "+", el("kbd", { text: "S" }));
  if (!page) return [put];
  const { stage } = page;
  const found = [];
  if (["草稿", "已退回"].includes(stage)) found.push(put);
  if (stage === "待审" && decides) found.push(...deciding(submit));
  if (stage === "待发布") found.push(el("a", { class: "button", href: "/releases" }, "去发布"));
  if (page.live && !page.removal) found.push(withdrawing(act));
  if (page.live && decides) found.push(withdrawingNow(act));
  if (["已下线", "已过期"].includes(stage)) found.push(archiving(act));
  return found;
}

function deciding(submit) {
  return [
    button("批准", () => submit("approve"), { id: "approve", class: "primary" }),
    button("定时批准", async () => {
      const given = await askFor({ title: "定时批准", label: "批注", required: false, moment: true, go: "批准" });
      if (given) await submit("approve", { publish_at: given.moment, note: given.text });
    }),
    button("退回", async () => {
      const given = await askFor({ title: "退回", label: "哪里要改", go: "退回" });
      if (given) await submit("reject", { note: given.text });
    }),
  ];
}

const withdrawing = (act) =>
  button("提出下线", async () => {
    const given = await askFor({ title: "提出下线", label: "为什么下线", hint: "存成下线的草稿；送审、批准、发布后生效。", go: "存草稿" });
    if (given) await act("withdraw", { reason: given.text }, "下线已存为草稿，请送审");
  });

const withdrawingNow = (act) =>
  button(
    "立即下线",
    async () => {
      const given = await askFor({ title: "立即下线", label: "为什么", hint: "马上不再答出，不经送审和门禁。", go: "立即下线", danger: true });
      if (given) await act("withdraw-now", { reason: given.text }, "已下线，不会再答出");
    },
    { class: "danger", id: "withdraw-now" },
  );

const archiving = (act) =>
  button("归档", async () => {
    const given = await askFor({ title: "归档", label: "为什么收起", go: "归档" });
    if (given) await act("archive", { reason: given.text }, "已归档");
  });
