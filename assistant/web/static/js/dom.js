// Elements made of text only: data never becomes markup.

/**
 * Make an element. `attributes` may hold `class`, `text`, `on` (event name -> listener) and plain attributes;
 * `false`, `null` and `undefined` leave an attribute out.
 */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (name === "text") node.textContent = value;
    else if (name === "on") Object.entries(value).forEach(([event, listener]) => node.addEventListener(event, listener));
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

/** Replace what a section shows; nothing to show hides it. */
export function fill(section, children) {
  section.replaceChildren(...children);
  section.hidden = children.length === 0;
}

export const byId = (id) => document.getElementById(id);
