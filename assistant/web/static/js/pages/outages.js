// The outage board: every notice in force, narrowed by what is typed.
import { call } from "../api.js";
import { byId } from "../dom.js";
import { attempt, moment, searchBox, state, table } from "../frame.js";

let notices = [];

function draw() {
  const words = byId("search").value.trim().toLowerCase().split(/\s+/).filter(Boolean);
  const found = notices.filter((item) => words.every((word) => Object.values(item).join(" ").toLowerCase().includes(word)));
  const rows = found.map((item) => [
    state(item.kind.includes("故障") ? "bad" : "draft", item.kind || "停电"),
    item.area || item.text,
    item.line,
    moment(item.starts),
    moment(item.ends),
    item.reason,
    item.notice_id,
  ]);
  byId("list").replaceChildren(
    table(["类型", "范围", "线路", "停电时间", "送电时间", "原因", "编号"], rows, {
      empty: notices.length ? "没有符合的公告" : "现在没有有效的停电公告",
    }),
  );
}

async function load() {
  notices = (await attempt(() => call("GET", "/api/v1/outages")))?.outages ?? notices;
  draw();
}

searchBox(byId("search"), draw);
byId("filters").addEventListener("submit", (event) => event.preventDefault());
load();
