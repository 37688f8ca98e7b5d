// Measured figures in words and as bars.
import { el } from "./dom.js";

/** A number the way its unit is read; what could not be measured is never shown as 0. */
export function written(value, unit = "share") {
  if (value === null || value === undefined) return "—";
  if (unit === "share") return `${(value * 100).toFixed(1)}%`;
  if (unit === "ms") return `${value.toFixed(2)} ms`;
  return unit === "count" ? String(Math.round(value)) : value.toFixed(3);
}

export const interval = (figure) =>
  figure.low === null ? "—" : `${written(figure.low, figure.unit)} – ${written(figure.high, figure.unit)}`;

/** A share as a bar with its interval; the width is set by script, because the page allows no inline style. */
export function bar(label, { value, low, high, n }) {
  const fill = el("span", { class: "fill" });
  const range = el("span", { class: "range" });
  if (value !== null) {
    fill.style.width = `${value * 100}%`;
    range.style.left = `${low * 100}%`;
    range.style.width = `${(high - low) * 100}%`;
  }
  return el(
    "div",
    { class: "figure" },
    el("span", { text: label }),
    el("span", { class: "track", "aria-hidden": "true" }, fill, value === null ? null : range),
    el("span", { class: "num", text: value === null ? "无题可算" : `${written(value)}（n=${n}）` }),
  );
}
