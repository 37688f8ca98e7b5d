// What was written when the page was left, for the way back. It stays in this tab, belongs to the account that wrote it,
// is read once, and goes with the session's end (`Clear-Site-Data`). A call that is just beginning starts empty.
import { Kept } from "./kept.js";

const WORDS = "words";

/** Keep the words and facts of a desk when the page goes, and bring them back when it returns. */
export function keepWords(desk) {
  const kept = new Kept("desk");
  window.addEventListener("pagehide", () => {
    if (desk.box.value.trim()) kept.set(WORDS, { text: desk.box.value, facts: desk.facts });
  });
  const found = kept.get(WORDS);
  kept.delete(WORDS);
  if (!found || desk.box.value || window.location.search || desk.context) return;
  desk.box.value = found.text;
  desk.facts = found.facts;
  desk.ask({ now: true });
}
