// What fields and stages are called, and values as people read them.
export const FIELDS = {
  question: "标准问题", kind: "类型", phrasings: "相似问", branches: "答案", categories: "类别", sources: "出处", flags: "标记",
  hints: "后续提示", topics: "主题", owner: "维护部门", region: "地区", visibility: "可见范围", valid_from: "生效", valid_to: "失效", guard: "护栏",
  title: "标题", number: "文号", file: "文件",
};
const TONES = {
  草稿: "draft", 待审: "draft", 待发布: "future", 未生效: "future", 已发布: "published", 已退回: "bad", 已过期: "expired", 已下线: "withdrawn", 已归档: "old",
};
export const tone = (stage) => TONES[stage] ?? "old";

/** A value as text: one line per item of a list, conditions before an answer. */
export function written(value) {
  if (value === null || value === undefined || value === "") return "";
  if (Array.isArray(value)) return value.map(written).join("\n");
  if (typeof value !== "object") return String(value);
  if ("answer" in value) return [Object.entries(value.when).map(([fact, option]) => `【${fact}：${option}】`).join(""), value.answer].filter(Boolean).join("\n");
  if ("document" in value) return [value.document, value.locator].filter(Boolean).join("");
  return Object.values(value).map(written).filter(Boolean).join("\n");
}

/** Fields in the order people read them, without those that follow from others. */
export const shownFields = (changes) => {
  const order = Object.keys(FIELDS);
  return changes.filter((change) => change.field in FIELDS).sort((a, b) => order.indexOf(a.field) - order.indexOf(b.field));
};

export const span = (from, to) => (from || to ? `${from ?? "…"} 至 ${to ?? "…"}` : "长期");
export const percent = (share) => (share === null || share === undefined ? "—" : `${Math.round(share * 100)}%`);
export const BANDS = { high: "把握高", medium: "把握中", low: "把握低" };
