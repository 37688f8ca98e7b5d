// Entries in from a file: what each column is taken for, what each row would do, then drafts of what is accepted.
import * as api from "../api.js";
import { tellOutcome } from "../curation/outcome.js";
import { follow, progressIn } from "../curation/work.js";
import { byId, el } from "../dom.js";
import { attempt, button, say, state, table } from "../frame.js";

const STEPS = { created: ["published", "新增"], changed: ["draft", "修改"], unchanged: ["old", "未变"], refused: ["bad", "不收"] };
const MOST = 20 * 1024 * 1024;
let upload = null;
let plan = null;
let busy = false;
const skipped = new Set();
const mapping = {};

async function take(file) {
  if (!file || busy) return;
  if (file.size > MOST) return say("文件超过 20 MB，请拆成几份再上传", "error");
  byId("file-name").textContent = `${file.name}，${Math.ceil(file.size / 1024)} KB`;
  byId("outcome").replaceChildren();
  for (const header of Object.keys(mapping)) delete mapping[header];
  skipped.clear();
  upload = await attempt(() => api.upload("/api/v1/imports", file));
  if (upload) await read();
}

async function read() {
  busy = true;
  byId("list").inert = true;
  const shown = progressIn(byId("progress"), "正在读取");
  plan = await attempt(async () => follow(await api.call("POST", `/api/v1/imports/${upload.upload_id}/plan`, { mapping }), shown));
  busy = false;
  byId("list").inert = false;
  byId("progress").replaceChildren();
  const there = new Set(plan?.lines.filter(accepts).map((line) => line.entry_id));
  for (const id of [...skipped].filter((one) => !there.has(one))) skipped.delete(id);
  if (plan) draw();
  else byId("list").replaceChildren(el("p", { class: "nothing", text: "文件没有读成，原因见上面。" }));
}

function draw() {
  const counts = Object.entries(STEPS).map(([step, [tone, name]]) => el("span", { class: "row" }, state(tone, name), el("strong", { class: "num", text: plan[step] })));
  byId("list").replaceChildren(
    el("h2", { text: "会做什么" }),
    el("div", { class: "row counts" }, ...counts, el("span", { class: "quiet num", text: `问题 ${plan.rejected} 处` })),
    ...(plan.columns.length ? [columns()] : []),
    ...findings(),
    lines(),
    accepting(),
  );
}

function columns() {
  const cards = plan.columns.map((column) =>
    el("label", { "data-read": column.field ? "yes" : "no" }, el("span", {}, el("strong", { text: column.header }), column.sheet ? el("span", { class: "quiet", text: ` ${column.sheet}` }) : null), chooser(column)),
  );
  return el("details", { open: true }, el("summary", { text: "各列认作什么（可改）" }), el("div", { class: "columns-map" }, ...cards));
}

function chooser(column) {
  const values = [["-", "（不读）"], ...Object.entries(plan.fields)];
  const chosen = mapping[column.header] ?? column.field ?? "-";
  const select = el("select", { "aria-label": `${column.header} 认作` }, ...values.map(([value, text]) => el("option", { value, text, selected: value === chosen })));
  select.addEventListener("change", () => {
    mapping[column.header] = select.value;
    read();
  });
  return select;
}

function findings() {
  if (!plan.findings.length) return [];
  const where = (one) => [one.sheet, one.row ? `第 ${one.row} 行` : "", one.column].filter(Boolean).join(" ");
  const rows = plan.findings.map((one) => [state(one.severity === "error" ? "bad" : "draft", one.severity === "error" ? "不收" : "提醒"), where(one), one.message, one.hint]);
  const more = plan.more_findings ? el("p", { class: "quiet", text: `……另有 ${plan.more_findings} 处` }) : null;
  return [el("section", { "aria-label": "问题" }, el("h3", { text: "问题" }), table(["", "位置", "问题", "办法"], rows), more)];
}

function lines() {
  const rows = plan.lines.map((line) => [accepts(line) ? box(line) : "", state(...STEPS[line.step]), line.entry_id, line.question, line.row ? `${line.sheet} 第 ${line.row} 行` : ""]);
  const more = plan.more_lines ? el("p", { class: "quiet", text: `……另有 ${plan.more_lines} 条没有列出，会一起写入` }) : null;
  return el("section", { "aria-label": "逐条" }, el("h3", { text: "逐条" }), table(["收", "会怎样", "编号", "标准问题", "位置"], rows, { empty: "文件里没有认出条目" }), more);
}

const accepts = (line) => line.step === "created" || line.step === "changed";

function box(line) {
  const mark = el("input", { type: "checkbox", checked: !skipped.has(line.entry_id), "aria-label": `收 ${line.entry_id}` });
  mark.addEventListener("change", () => {
    if (mark.checked) skipped.delete(line.entry_id);
    else skipped.add(line.entry_id);
    byId("accept").textContent = acceptWords();
  });
  return el("label", { class: "pick" }, mark);
}

const acceptWords = () => `写成草稿 ${plan.created + plan.changed - skipped.size} 条`;

function accepting() {
  const reason = el("input", { name: "reason", maxlength: "400", autocomplete: "off", placeholder: `导入 ${upload.name}` });
  const go = el("button", { type: "submit", class: "primary", id: "accept", disabled: plan.created + plan.changed === 0 }, acceptWords());
  const form = el("form", { class: "form plain", id: "accepting" }, el("label", {}, "为什么改（记入历史）", reason), el("div", { class: "row" }, go), el("div", { id: "writing", role: "status" }));
  form.addEventListener("submit", (event) => (event.preventDefault(), accept(reason.value)));
  return form;
}

async function accept(reason) {
  if (busy) return;
  busy = true;
  byId("accept").disabled = true;
  const shown = progressIn(byId("writing"), "正在写入");
  const path = `/api/v1/imports/${upload.upload_id}/accept`;
  const done = await attempt(async () => follow(await api.call("POST", path, { reason, skip: [...skipped] }), shown));
  busy = false;
  if (!done) return void (byId("accept").disabled = false);
  tellOutcome(done, "已写成草稿");
  byId("outcome").append(el("p", {}, el("a", { class: "button", href: "/entries" }, "去知识页送审")));
  byId("list").replaceChildren();
  byId("file-name").textContent = "也可以把文件拖到这里";
  byId("file").value = "";
}

byId("file").addEventListener("change", () => take(byId("file").files[0]));
byId("drop").addEventListener("dragover", (event) => event.preventDefault());
byId("drop").addEventListener("drop", (event) => (event.preventDefault(), take(event.dataTransfer.files[0])));
byId("template").addEventListener("click", () => attempt(() => api.download("/api/v1/exchange/template")));
byId("export").addEventListener("submit", (event) => {
  event.preventDefault();
  const { category, format } = Object.fromEntries(new FormData(byId("export")));
  attempt(() => api.download(`/api/v1/exchange/entries/entries.${format}?category=${encodeURIComponent(category)}`));
});
const choices = await attempt(() => api.call("GET", "/api/v1/entry-choices"));
byId("export").elements.category.append(...(choices?.categories ?? []).map((text) => el("option", { text })));
