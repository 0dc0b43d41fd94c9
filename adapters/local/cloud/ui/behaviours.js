// The choice of what a revision or version does with its requests.

import { el, mark } from "./dom.js";
import { duration, share } from "./format.js";

const HEALTHY = "healthy";
const MANY = 0.05;

/** What a behaviour means, by its numbers. */
function meaning({ name, error_share: errors, p95 }) {
  if (name === HEALTHY) return name;
  if (name === "cold") return "cold: slow for a minute";
  if (errors > MANY) return `${name}: ${errors === 1 ? "all" : share(errors)} fail`;
  return `${name}: p95 ${duration(p95)}`;
}

/** Whether a behaviour is one that somebody should notice. */
export function isBad(name) {
  return name !== HEALTHY;
}

/** A select; `chosen(name)` hears what a person chooses. */
export function behaviourSelect({ behaviours, label, testid, chosen }) {
  const node = el(
    "select",
    { class: "field behaviour", "aria-label": label, dataset: { testid }, autocomplete: "off" },
    behaviours.map((each) => el("option", { value: each.name }, meaning(each))),
  );
  node.addEventListener("change", () => chosen(node.value));
  const update = (name) => {
    if (node.value !== name) node.value = name;
    mark(node, "data-bad", isBad(name));
  };
  return { node, update };
}
