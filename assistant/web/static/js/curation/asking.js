// A small dialog that asks for a reason, and for a moment where one is wanted; Enter goes on, Escape leaves.
import { el } from "../dom.js";
import { button } from "../frame.js";

/** Resolves to `{text, moment}`, or to `null` when it was left. */
export function askFor({ title, label = "原因", hint = "", required = true, moment = false, go = "确定", danger = false }) {
  return new Promise((resolve) => {
    let given = null;
    const text = el("input", { name: "text", maxlength: "400", autocomplete: "off" });
    const at = moment ? el("input", { type: "datetime-local", name: "moment" }) : null;
    const said = el("p", { class: "problem", role: "alert", hidden: true });
    const form = el(
      "form",
      { class: "form plain", novalidate: true },
      hint ? el("p", { class: "quiet", text: hint }) : null,
      at ? el("label", {}, "到这个时刻才发布", at) : null,
      el("label", {}, label, text),
      said,
      el("div", { class: "row" }, el("button", { class: danger ? "danger" : "primary", type: "submit" }, go), button("不做了", () => dialog.close())),
    );
    const dialog = el("dialog", { "aria-label": title }, el("h2", { text: title }), form);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const missing = required && !text.value.trim() ? "请写明原因" : at && !at.value ? "请写明时刻" : "";
      if (missing) {
        said.textContent = missing;
        said.hidden = false;
        return;
      }
      given = { text: text.value.trim(), moment: at?.value ?? "" };
      dialog.close();
    });
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(given);
    });
    document.body.append(dialog);
    dialog.showModal();
    (at ?? text).focus();
  });
}
