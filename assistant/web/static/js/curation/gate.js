// What a blocked publication would make worse, and the way past it for a reviewer who says why.
import { el } from "../dom.js";
import { table } from "../frame.js";

export function gateReport(error, publishAnyway) {
  const { gate } = error.problem;
  const rows = gate.worse.map((one) => [one.question || `${one.case} 第 ${one.turn} 句`, one.text, one.reason, (one.wanted ?? []).join("、"), (one.after ?? []).join("、")]);
  const report = el(
    "div",
    { class: "notice notice-bad", role: "alert" },
    el("strong", { text: error.problem.message }),
    el("p", { class: "quiet num", text: `试了 ${gate.questions} 道黄金题、案例 ${gate.expectations} 处。改好再发布；确认可以变差时写明理由。` }),
    table(["题", "客户的话", "为什么算变差", "应答", "现在会答"], rows),
  );
  if (!publishAnyway) return report;
  const reason = el("input", { name: "override", maxlength: "400", autocomplete: "off" });
  const form = el("form", { class: "form plain", id: "override" }, el("label", {}, "仍要发布的理由（记入这一版）", reason), el("div", { class: "row" }, el("button", { type: "submit", class: "danger" }, "仍要发布")));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!reason.value.trim()) return reason.focus();
    return publishAnyway(reason.value.trim());
  });
  report.append(form);
  return report;
}
