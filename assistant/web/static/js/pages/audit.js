// The audit chain, newest first.
import { call } from "../api.js";
import { byId, el } from "../dom.js";
import { attempt, moment, searchBox, table } from "../frame.js";

const ACTIONS = {
  "account.create": "新建账号", "account.change": "改账号", "account.disable": "停用账号", "account.enable": "恢复账号", "account.link": "发登录链接",
  "account.password": "改密码", "session.open": "登录", "session.close": "退出", "session.close_all": "全部退出", "session.refused": "密码不对",
  "session.locked": "输错太多，锁定", "key.issue": "新建密钥", "key.revoke": "吊销密钥", "release.publish": "发布知识", "release.rollback": "回退发布", "release.withdraw": "撤下知识",
  publish: "发布知识", rollback: "回退发布", withdraw: "撤下知识", outage: "停电公告", "request.step": "办反馈", "phrasing.verdict": "处理相似问建议",
  "order.promote": "工单转成草稿", "gap.aside": "缺口放到一边", "gap.back": "缺口重新列出", "rule.draft": "改规则草稿", "rule.apply": "规则生效", "rule.undo": "撤回规则",
};
const actor = byId("actor");
let events = [];

async function load(before) {
  const found = await attempt(() => call("POST", "/api/v1/audit/search", { before, actor: actor.value.trim() }));
  if (!found) return;
  events = before ? [...events, ...found.events] : found.events;
  const rows = events.map((event) => [
    event.number, moment(event.at), event.actor, ACTIONS[event.action] ?? event.action, event.target,
    event.version ?? "", event.release ? `第 ${event.release} 版` : "", event.detail, el("code", { text: event.hash.slice(0, 8) }),
  ]);
  byId("list").replaceChildren(table(["序号", "时间", "谁", "做了什么", "对象", "版本", "发布", "说明", "校验"], rows, { empty: "还没有记录" }));
  byId("more").hidden = !found.more;
}

byId("verify").addEventListener("click", async () => {
  const found = await attempt(() => call("GET", "/api/v1/audit/verification"));
  if (!found) return;
  byId("verdict").textContent = found.broken_at
    ? `从第 ${found.broken_at} 条起断了：${found.reason}`
    : `${found.events} 条都接得上。末条校验值 ${found.head.slice(0, 16)}…，请另处记下。`;
});
byId("more").addEventListener("click", () => load(events.at(-1).number));
searchBox(actor, () => load());
byId("filters").addEventListener("submit", (event) => event.preventDefault());
load();
