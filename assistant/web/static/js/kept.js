// What was written and not sent yet, kept in this tab until it is sent: a reload, the back button or another thing looked
// at loses nothing. Each account has its own, no other sees it, and it goes with the session's end (`api.forget`).
import { byId } from "./dom.js";

const owner = () => byId("account").dataset.name;

export class Kept {
  constructor(name) {
    this.name = `zhida.${name}.${owner()}`;
  }

  get(id) {
    return this.all()[id];
  }

  set(id, value) {
    this.store({ ...this.all(), [id]: value });
  }

  delete(id) {
    const { [id]: _gone, ...rest } = this.all();
    this.store(rest);
  }

  all() {
    try {
      return JSON.parse(sessionStorage.getItem(this.name) ?? "{}");
    } catch {
      return {};
    }
  }

  store(values) {
    try {
      if (Object.keys(values).length) sessionStorage.setItem(this.name, JSON.stringify(values));
      else sessionStorage.removeItem(this.name);
    } catch {
      // A browser that keeps nothing: the words are lost as the page is.
    }
  }
}

/**
 * Keep a form of something new. `fresh` says whether it stands for something new now; `open` shows it with what was
 * kept. The form's `reset` after sending drops it.
 */
export function keepForm(form, { fresh, open }) {
  const kept = new Kept("new");
  const id = `${window.location.pathname} ${form.id}`;
  const values = () => Object.fromEntries(new FormData(form));
  const found = kept.get(id);
  if (found) {
    open();
    for (const [name, value] of Object.entries(found)) if (form.elements[name]) form.elements[name].value = value;
  }
  form.addEventListener("input", () => fresh() && kept.set(id, values()));
  form.addEventListener("reset", () => kept.delete(id));
  return Boolean(found);
}
