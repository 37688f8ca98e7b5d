// Two keys say that there was no answer or that it was wrong; a corrected label is told the same way.
import * as api from "./api.js";
import { byId } from "./dom.js";

/** Tell the server what an agent says about a suggestion; the same press is noted once however often it is sent. */
export async function tell(desk, kind, { entry_id = "", note = "" } = {}) {
  const { text, release, as_of } = desk.suggestion;
  const given = { token: token(), kind, text, facts: desk.facts, release, as_of, entry_id, note };
  await api.call("POST", "/api/v1/feedback", given);
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
      const kind = { Digit1: "no_answer", Numpad1: "no_answer", Digit2: "wrong", Numpad2: "wrong" }[event.code];
      if (kind) (event.preventDefault(), this.give(kind));
    });
    this.dialog.querySelectorAll("[data-kind]").forEach((choice) => choice.addEventListener("click", () => this.give(choice.dataset.kind)));
  }

  open() {
    return this.desk.whenSettled(() => this.show());
  }

  show() {
    const answer = this.desk.answers[this.desk.chosen];
    byId("feedback-about").textContent = answer ? `答案错指的是第 ${this.desk.chosen + 1} 条：${answer.question}` : "这句话没有给出答案。";
    return this.dialog.showModal();
  }

  async give(kind) {
    this.dialog.close();
    const answer = this.desk.answers[this.desk.chosen];
    try {
      await tell(this.desk, kind, { entry_id: kind === "wrong" ? (answer?.entry_id ?? "") : "" });
      this.desk.say(kind === "wrong" ? "已记下：答案错。知识采编会看到。" : "已记下：没有答案。知识采编会看到。");
    } catch (error) {
      if (error instanceof api.SignedOut) return this.desk.fail(error);
      this.desk.say("反馈没有送到，请再按一次 g。", "error");
    }
    return undefined;
  }
}
