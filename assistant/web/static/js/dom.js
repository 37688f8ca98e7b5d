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

/** How much of what is being pasted a field has no room for, in words; empty when all of it fits. */
export function cutBy(event) {
  const { maxLength: most, value = "", selectionStart = 0, selectionEnd = 0 } = event.target;
  if (!(most > 0)) return "";
  const room = most - value.length + (selectionEnd - selectionStart);
  const over = (event.clipboardData?.getData("text/plain").length ?? 0) - room;
  return over > 0 ? `粘贴的内容太长：这里最多 ${most} 字，后面 ${over} 字没有进来。` : "";
}

export const byId = (id) => document.getElementById(id);
