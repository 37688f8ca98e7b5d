// Accounts and keys. A fresh link or key is shown once, in full, until another is made or the page is left.
import { call } from "../api.js";
import { copyText } from "../clipboard.js";
import { byId, el } from "../dom.js";
import { attempt, button, link, mark, moment, onSubmit, reveal, say, state, table } from "../frame.js";
import { keepForm } from "../kept.js";

const form = byId("user-form");
let users = [];
let chosen = null;

const path = (user, rest = "") => `/api/v1/users/${user.user_id}${rest}`;

async function load() {
  users = (await attempt(() => call("GET", "/api/v1/users")))?.users ?? users;
  const rows = users.map((user, index) => [
    link(user.name, () => choose(index)),
    user.role_name,
    user.department || "不限",
    user.region || "不限",
    user.disabled ? state("bad", "停用") : user.locked_until ? state("bad", `锁到 ${user.locked_until.slice(11, 16)}，发链接即解`) : state("ok", "可用"),
    user.has_password ? "有" : "无",
  ]);
  byId("list").replaceChildren(table(["账号", "角色", "部门", "地区", "状态", "密码"], rows, { pick: choose }));
  if (chosen) mark(byId("list"), users.findIndex((user) => user.name === chosen.name));
}

async function choose(index) {
  chosen = users[index];
  mark(byId("list"), index);
  byId("form-title").textContent = `账号 ${chosen.name}`;
  byId("save").textContent = "保存";
  byId("new").hidden = false;
  for (const name of ["name", "role", "department", "region"]) form.elements[name].value = chosen[name];
  form.elements.name.readOnly = true;
  hideSecret();
  drawActs();
  await drawKeys();
  reveal(byId("detail"));
}

function fresh() {
  chosen = null;
  form.reset();
  form.elements.name.readOnly = false;
  byId("form-title").textContent = "新建账号";
  byId("save").textContent = "新建并取得登录链接";
  for (const id of ["new", "acts", "keys", "key-form"]) byId(id).hidden = true;
  hideSecret();
  mark(byId("list"), -1);
  form.elements.name.focus();
}

onSubmit(form, async () => {
  const { name, role, department, region } = Object.fromEntries(new FormData(form));
  if (chosen) {
    await call("PUT", path(chosen), { role, department, region });
    await load();
    return say(`已保存 ${chosen.name}`);
  }
  const made = await call("POST", "/api/v1/users", { name: name.trim(), role, department, region });
  form.reset();
  await load();
  await choose(users.findIndex((user) => user.name === made.name));
  return secret("一次性登录链接（只显示这一次）", window.location.origin + made.link);
});

function drawActs() {
  const act = (text, work) => button(text, () => attempt(work));
  const toggle = chosen.disabled ? "enable" : "disable";
  byId("acts").hidden = false;
  byId("acts").replaceChildren(
    el(
      "div",
      { class: "row" },
      act("发登录链接", async () => {
        const made = await call("POST", path(chosen, "/link"));
        secret(`一次性登录链接（${made.minutes} 分钟内有效，只显示这一次）`, window.location.origin + made.link);
      }),
      act("退出它所有的登录", async () => {
        const { ended } = await call("POST", path(chosen, "/sign-out"));
        setTimeout(() => say(`已结束 ${ended} 处登录`));
      }),
      act(chosen.disabled ? "恢复账号" : "停用账号", async () => {
        await call("POST", path(chosen, `/${toggle}`));
        await load();
        await choose(users.findIndex((user) => user.name === chosen.name));
      }),
    ),
  );
}

async function drawKeys() {
  const found = await attempt(() => call("GET", path(chosen, "/keys")));
  if (!found) return;
  const rows = found.keys.map((key) => [
    key.label,
    key.scope.join("、") || "全部权限",
    moment(key.created_at),
    moment(key.seen_at),
    link("吊销", () => attempt(async () => (await call("DELETE", path(chosen, `/keys/${key.id}`)), drawKeys()))),
  ]);
  byId("keys").hidden = false;
  byId("key-form").hidden = chosen.disabled;
  byId("keys").replaceChildren(
    el("h3", { text: "接口密钥" }),
    table(["用途", "权限", "建于", "最近使用", ""], rows, { empty: "没有密钥" }),
  );
}

onSubmit(byId("key-form"), async () => {
  const data = new FormData(byId("key-form"));
  const made = await call("POST", path(chosen, "/keys"), { label: data.get("label"), scope: data.getAll("scope") });
  byId("key-form").reset();
  await drawKeys();
  secret("密钥（只显示这一次，请现在就存好）", made.key);
});

function secret(title, text) {
  const copy = button("复制", async () => say((await copyText(text)) ? "已复制" : "请选中文字再复制"));
  byId("secret").hidden = false;
  byId("secret").replaceChildren(el("strong", { text: title }), el("code", { text }), copy);
  byId("secret").scrollIntoView({ block: "nearest" });
}

function hideSecret() {
  byId("secret").hidden = true;
  byId("secret").replaceChildren();
}

byId("new").addEventListener("click", fresh);
if (keepForm(form, { fresh: () => chosen === null, open: fresh })) say("上次没保存的内容还在");
load();
