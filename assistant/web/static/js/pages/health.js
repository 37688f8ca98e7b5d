// What `zhida doctor` sees.
import { call } from "../api.js";
import { byId } from "../dom.js";
import { attempt, state, table } from "../frame.js";

async function load() {
  const found = await attempt(() => call("GET", "/api/v1/health"));
  if (!found) return;
  const rows = found.checks.map((check) => [check.name, check.ok ? state("ok", "正常") : state("bad", "异常"), check.detail]);
  byId("list").replaceChildren(table(["项目", "结果", "说明"], rows));
}

byId("again").addEventListener("click", load);
load();
