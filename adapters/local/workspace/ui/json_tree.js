// JSON that unfolds: only what is open is drawn.

import { el } from "./dom.js";

const LONG_TEXT = 2000;

/** The node of a value; objects and lists fold. */
export function jsonTree(value, { open = true } = {}) {
  return el("div", { class: "json" }, branch(null, value, open, 0));
}

function branch(key, value, open, depth) {
  const name = key === null ? null : el("span", { class: "json-key" }, `${key}: `);
  if (value === null || typeof value !== "object") return el("div", { class: "json-row" }, name, leaf(value));
  const entries = Array.isArray(value) ? value.map((one, index) => [index, one]) : Object.entries(value);
  const brackets = Array.isArray(value) ? ["[", "]"] : ["{", "}"];
  if (entries.length === 0) return el("div", { class: "json-row" }, name, brackets.join(""));
  const count = `${brackets[0]} ${entries.length} ${brackets[1]}`;
  const details = el(
    "details",
    { class: "json-branch" },
    el("summary", {}, name, el("span", { class: "json-count" }, count)),
  );
  const grow = () => {
    if (details.childElementCount > 1) return;
    details.append(el(
      "div",
      { class: "json-children" },
      entries.map(([child, one]) => branch(child, one, depth < 1, depth + 1)),
    ));
  };
  details.addEventListener("toggle", () => details.open && grow());
  if (open) {
    grow();
    details.open = true;
  }
  return details;
}

function leaf(value) {
  const kind = value === null ? "null" : typeof value;
  const text = kind === "string" ? JSON.stringify(value.slice(
    0,
    LONG_TEXT,
  )) + (value.length > LONG_TEXT ? " …" : "") : String(value);
  return el("span", { class: `json-${kind}` }, text);
}
