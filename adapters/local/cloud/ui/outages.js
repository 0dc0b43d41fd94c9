// What can be taken away: the whole cloud, or its metrics alone.

import { el, fill, mark } from "./dom.js";
import { icon } from "./icons.js";
import { change, store } from "./store.js";

const KINDS = [
  {
    fault: "cloud",
    name: "Cloud",
    lost: "The cloud is away: every call to its APIs fails. What runs goes on serving.",
  },
  {
    fault: "metrics",
    name: "Metrics",
    lost: "Metrics are away: Monitoring does not answer, so nobody can tell how revisions do.",
  },
];

/** Build the switches. Returns what shows them, and the strips that say what is away. */
export function startOutages(root, strips) {
  const switches = KINDS.map(toggle);
  fill(root, switches);
  let said = "";
  return () => {
    const outages = store.state?.outages ?? {};
    KINDS.forEach(({ fault }, index) => mark(switches[index], "aria-checked", !outages[fault]));
    const lost = KINDS.filter(({ fault }) => outages[fault]).map((kind) => [kind.fault, kind.lost]);
    if (!store.online) lost.push(["offline", "The local cloud cannot be reached. Is it still running?"]);
    const now = lost.map(([name]) => name).join();
    if (now === said) return;
    said = now;
    fill(strips, lost.map(([name, text]) => strip(name, text)));
  };
}

function toggle({ fault, name }) {
  const node = el(
    "button",
    {
      type: "button",
      role: "switch",
      class: "switch",
      "aria-checked": "true",
      "aria-label": `${name} answers`,
      title: `Let ${name === "Cloud" ? "the cloud" : "the metrics"} answer, or be away`,
      dataset: { testid: `outage-${fault}` },
    },
    el("span", { class: "switch-track" }, el("span", { class: "switch-thumb" })),
    name,
  );
  node.addEventListener("click", () => change("fault", { fault, on: node.getAttribute("aria-checked") === "true" }));
  return node;
}

function strip(name, text) {
  return el("p", { class: "strip", dataset: { testid: `strip-${name}` } }, icon("alert"), text);
}
