// Keys of the desk. Letters and digits act outside text fields, and with Alt inside them too; a key that belongs to an
// input method is never ours.

const typing = (target) => target.matches("textarea, input, select, [contenteditable]");
const onControl = (target) => target.matches("button, a, summary");
const dialogOpen = () => document.querySelector("dialog[open]") !== null;

/**
 * @param {{focusBox, clear, choose, chooseFirst, confirm, copy, option, order, relabel, feedback, script, help}} desk
 */
export function bindKeys(desk) {
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229 || dialogOpen()) return;
    const action = actionFor(event, desk);
    if (action && action() !== false) event.preventDefault();
  });
}

function actionFor(event, desk) {
  if (event.ctrlKey || event.metaKey) return null;
  const letters = { KeyC: desk.copy, KeyW: desk.order, KeyT: desk.relabel, KeyG: desk.feedback, KeyS: desk.script };
  // `code`, because Alt with a digit or a letter types another character on some layouts.
  const digit = /^(?:Digit|Numpad)([1-9])$/.exec(event.code)?.[1];
  if (event.altKey) return digit ? () => desk.option(Number(digit)) : (letters[event.code] ?? null);
  if (event.key === "Escape") return desk.clear;
  if (typing(event.target)) return event.key === "Enter" && !event.shiftKey ? desk.chooseFirst : null;
  if (digit) return () => desk.choose(Number(digit) - 1);
  if (event.key === "Enter") return onControl(event.target) ? null : desk.confirm;
  const marks = { "/": desk.focusBox, "?": desk.help, "？": desk.help };
  return marks[event.key] ?? (event.shiftKey ? null : (letters[event.code] ?? null));
}
