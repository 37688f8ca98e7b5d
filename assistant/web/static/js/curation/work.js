// Long work: started by one request, then watched until it is over. A lost connection only makes the watching wait.
import * as api from "../api.js";
import { el } from "../dom.js";
import { banner } from "../frame.js";

const FIRST = 150;
const SLOWEST = 1_000;
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Resolves to the result; throws `Refused` with the problem when the work failed. `show` gets every state on the way. */
export async function follow(started, show = () => {}) {
  let work = started;
  for (let wait = FIRST; work.state === "running"; wait = Math.min(wait * 1.5, SLOWEST)) {
    show(work);
    await pause(wait);
    work = await look(work);
  }
  show(work);
  if (work.state === "done") return work.result;
  throw new api.Refused([work.problem.message, work.problem.hint].filter(Boolean).join("。"), work.problem);
}

async function look(work) {
  try {
    const next = await api.call("GET", `/api/v1/progress/${work.work_id}`);
    banner("");
    return next;
  } catch (error) {
    if (!(error instanceof api.Away)) throw error;
    banner("连不上服务。工作还在服务器上继续，连上以后接着显示。");
    return work;
  }
}

/** A progress bar with words; takes itself away when the work is over. */
export function progressIn(place, words) {
  return (work) => {
    if (work.state !== "running") return place.replaceChildren();
    const known = work.total > 0 ? { max: work.total, value: work.steps } : {};
    const count = work.total > 0 ? `${work.steps} / ${work.total}` : work.steps ? `${work.steps}` : "";
    return place.replaceChildren(el("label", { class: "progress" }, el("span", { class: "num", text: `${words}……${count}` }), el("progress", known)));
  };
}
