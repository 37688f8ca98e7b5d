// What agents said about suggestions.
import { call } from "../api.js";
import { byId } from "../dom.js";
import { attempt, moment, state, table } from "../frame.js";

const KINDS = {
  no_answer: "没有答案", wrong: "答案错", ambiguous: "表述歧义", incomplete: "不全", label: "改了类型或类别", chosen: "采用",
};

async function load() {
  const kind = byId("filters").elements.kind.value;
  const found = await attempt(() => call("GET", `/api/v1/feedback?kind=${kind}`));
  if (!found) return;
  const rows = found.feedback.map((item) => [
    moment(item.at),
    state(item.kind === "label" ? "draft" : item.kind === "chosen" ? "ok" : "bad", KINDS[item.kind]),
    item.text,
    Object.entries(item.facts).map(([fact, value]) => `${fact}：${value}`).join("；"),
    item.entry_id,
    item.note,
    `第 ${item.release} 版`,
    item.account,
  ]);
  byId("list").replaceChildren(
    table(["时间", "种类", "客户的话（已脱敏）", "已知情况", "条目", "说明", "发布", "坐席"], rows, { empty: "还没有反馈" }),
  );
}

byId("filters").addEventListener("change", load);
load();
