// What was written when the page was left, for the way back. It stays in this tab, belongs to the account that wrote it,
// is read once, and goes with the session's end (`Clear-Site-Data`). A call that is just beginning starts empty.

const NAME = "zhida.desk";

/** Keep the words and facts of a desk when the page goes, and bring them back when it returns. */
export function keepWords(desk, account) {
  window.addEventListener("pagehide", () => store(desk, account));
  const kept = take();
  if (!kept || kept.account !== account || desk.box.value || window.location.search || desk.context) return;
  desk.box.value = kept.text;
  desk.facts = kept.facts;
  desk.ask({ now: true });
}

function store(desk, account) {
  if (!desk.box.value.trim()) return;
  try {
    window.sessionStorage.setItem(NAME, JSON.stringify({ account, text: desk.box.value, facts: desk.facts }));
  } catch {
    // A browser that keeps nothing: the words are lost as the page is.
  }
}

function take() {
  try {
    const kept = window.sessionStorage.getItem(NAME);
    window.sessionStorage.removeItem(NAME);
    return kept ? JSON.parse(kept) : null;
  } catch {
    return null;
  }
}
