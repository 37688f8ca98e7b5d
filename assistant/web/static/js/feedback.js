// Two keys say what is missing or wrong with an answer; a corrected label and a chosen answer are told the same way.
import * as api from "./api.js";
import { byId } from "./dom.js";

const KINDS = { no_answer: "没有答案", wrong: "答案错", ambiguous: "表述歧义", incomplete: "不全" };

/** Tell the server what an agent says about a suggestion; the same press is noted once however often it is sent. */
export async function tell(desk, kind, { entry_id = "", note = "" } = {}) {
  const { text, release, as_of } = desk.suggestion;
  const given = { token: token(), kind, text, facts: desk.facts, release, as_of, entry_id, note };
  return api.call("POST", "/api/v1/feedback", given);
}

/** Note which answer an agent took for these words; losing one such note is no reason to disturb the call. */
export function noteChoice(desk, answer) {
  if (desk.settled) tell(desk, "chosen", { entry_id: answer.entry_id }).catch(() => {});
}

/** A random name for one press; `randomUUID` is missing on plain HTTP. */
export function token() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export class FeedbackBox {
  constructor(desk) {
    this.desk = desk;
    this.dialog = byId("feedback");
    this.dialog.addEventListener("keydown", (event) => {
      const kind = Object.keys(KINDS)[Number(/^(?:Digit|Numpad)([1-4])$/.exec(event.code)?.[1]) - 1];
      if (kind) (event.preventDefault(), this.give(kind));
    });
    this.dialog.querySelectorAll("[data-kind]").forEach((choice) => choice.addEventListener("click", () => this.give(choice.dataset.kind)));
  }

  open() {
    return this.desk.whenSettled(() => this.show());
  }

  show() {
    const answer = this.desk.answers[this.desk.chosen];
    byId("feedback-about").textContent = answer ? `答案错、歧义、不全指的是第 ${this.desk.chosen + 1} 条：${answer.question}` : "这句话没有给出答案。";
    return this.dialog.showModal();
  }

  async give(kind) {
    this.dialog.close();
    const answer = this.desk.answers[this.desk.chosen];
    try {
      const { request } = await tell(this.desk, kind, { entry_id: kind === "no_answer" ? "" : (answer?.entry_id ?? "") });
      this.desk.say(`已记下：${KINDS[kind]}。${request ? `编号 ${request}，` : ""}答复在“反馈”页。`);
    } catch (error) {
      if (error instanceof api.SignedOut) return this.desk.fail(error);
      this.desk.say("反馈没有送到，请再按一次 g。", "error");
    }
    return undefined;
  }
}
