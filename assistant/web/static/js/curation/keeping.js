// Text that was not saved yet, kept in this tab: it outlives a reload, the back button and a session's end. Signing out
// takes it away, because desks are shared; another account in the same tab never sees it.
import { byId } from "../dom.js";

const key = (id) => `zhida:entry:${id || "（新）"}`;
const owner = () => byId("account").dataset.name;

export function keep(id, draft) {
  try {
    sessionStorage.setItem(key(id), JSON.stringify({ ...draft, account: owner() }));
    return true;
  } catch {
    return false; // too long for the browser's store: it still stands in the page
  }
}

export function kept(id) {
  try {
    const found = JSON.parse(sessionStorage.getItem(key(id)) ?? "null");
    return found?.account === owner() ? found : null;
  } catch {
    return null;
  }
}

export const forget = (id) => sessionStorage.removeItem(key(id));
