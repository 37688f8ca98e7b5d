// Keys of the desk. Letters and digits act only outside text fields; a key that belongs to an input method is never ours.

const typing = (target) => target.matches("textarea, input, select, [contenteditable]");
const onControl = (target) => target.matches("button, a, summary");

/**
 * @param {{focusBox, clear, choose, chooseFirst, confirm, copy, option, help, helpOpen}} desk
 */
export function bindKeys(desk) {
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229 || desk.helpOpen()) return;
    const action = actionFor(event, desk);
    if (action && action() !== false) event.preventDefault();
  });
}

function actionFor(event, desk) {
  if (event.ctrlKey || event.metaKey) return null;
  // `code`, because Alt with a digit types another character on some layouts.
  const digit = /^(?:Digit|Numpad)([1-9])$/.exec(event.code)?.[1];
  if (event.altKey) return digit ? () => desk.option(Number(digit)) : null;
  if (event.key === "Escape") return desk.clear;
  if (typing(event.target)) return event.key === "Enter" && !event.shiftKey ? desk.chooseFirst : null;
  if (digit) return () => desk.choose(Number(digit) - 1);
  if (event.key === "Enter") return onControl(event.target) ? null : desk.confirm;
  return { "/": desk.focusBox, "?": desk.help, "？": desk.help, c: desk.copy, C: desk.copy }[event.key] ?? null;
}
