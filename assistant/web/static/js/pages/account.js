// One's own password and the places where one is signed in.
import { call, forget } from "../api.js";
import { byId } from "../dom.js";
import { attempt, moment, onSubmit, say, state, table } from "../frame.js";

const WAYS = { link: "登录链接", password: "密码" };

async function load() {
  const found = await attempt(() => call("GET", "/api/v1/me/sessions"));
  if (!found) return;
  const rows = found.sessions.map((session) => [
    session.current ? state("ok", "这里") : "别处", WAYS[session.label] ?? "", moment(session.created_at), moment(session.seen_at),
  ]);
  byId("list").replaceChildren(table(["", "方式", "登录于", "最近使用"], rows));
}

const form = byId("password-form");
onSubmit(form, async () => {
  const { old = "", new: fresh, again } = Object.fromEntries(new FormData(form));
  if (fresh !== again) {
    form.elements.again.setAttribute("aria-invalid", "true");
    form.elements.again.focus();
    setTimeout(() => say("两遍写得不一样", "error"));
    return;
  }
  await call("POST", "/api/v1/me/password", { old, new: fresh });
  form.reset();
  await load();
  setTimeout(() => say("密码已保存；别处的登录都已退出"));
});
byId("everywhere").addEventListener("click", async () => {
  const done = await attempt(async () => (forget(), await call("POST", "/api/v1/me/sign-out-everywhere"), true));
  if (done) window.location.assign("/");
});
load();
