// The drawer below with what went between the workspace and the bot, newest first.

import { get } from "./api.js";
import { clockWithSeconds, timeElement } from "./dates.js";
import { el, fill } from "./dom.js";
import { icon } from "./icons.js";
import { jsonTree } from "./json_tree.js";
import { on } from "./store.js";
import { attempt } from "./toast.js";

const MOST = 200;
const panel = () => document.getElementById("inspector");
let entries = [];
let direction = "";
let words = "";
let list = null;
let count = null;

/** Build it; it is filled when it is opened. */
export function startInspector() {
  list = el("ol", { class: "exchanges", dataset: { testid: "exchanges" } });
  count = el("span", { class: "dim" });
  const filter = el(
    "input",
    {
      type: "search",
      class: "field-input",
      placeholder: "Filter by name or kind",
      "aria-label": "Filter by name or kind",
      dataset: { testid: "traffic-filter" },
    },
  );
  filter.addEventListener("input", () => {
    words = filter.value.trim().toLowerCase();
    draw();
  });
  const way = el(
    "select",
    { class: "field-input", "aria-label": "Direction", dataset: { testid: "traffic-direction" } },
    el("option", { value: "" }, "Both directions"),
    el("option", { value: "to_bot" }, "To the bot"),
    el("option", { value: "from_bot" }, "From the bot"),
  );
  way.addEventListener("change", () => {
    direction = way.value;
    draw();
  });
  const clear = el(
    "button",
    { type: "button", class: "button small", dataset: { testid: "traffic-clear" } },
    "Clear",
  );
  clear.addEventListener("click", () => {
    entries = [];
    draw();
  });
  const close = el(
    "button",
    {
      type: "button",
      class: "icon-button",
      "aria-label": "Close the traffic",
      dataset: { testid: "traffic-close" },
    },
    icon("close"),
  );
  close.addEventListener("click", toggleInspector);
  fill(
    panel(),
    el(
      "header",
      { class: "inspector-head" },
      el("h2", {}, icon("traffic"), "Traffic"),
      count,
      el("span", { class: "spring" }),
      filter,
      way,
      clear,
      close,
    ),
    list,
  );
  panel().addEventListener("keydown", (event) => event.key === "Escape" && toggleInspector());
  on("traffic", (entry) => {
    entries = [entry, ...entries.filter((one) => one.id !== entry.id)].slice(0, MOST);
    if (panel().hidden) return;
    if (fits(entry)) list.prepend(row(entry));
    while (list.children.length > MOST) list.lastElementChild.remove();
    showCount();
  });
  on("reopened", () => !panel().hidden && load());
}

/** Open the drawer, or close it. */
export function toggleInspector() {
  panel().hidden = !panel().hidden;
  document.getElementById("shell").classList.toggle("with-inspector", !panel().hidden);
  if (panel().hidden) document.querySelector("[data-testid=traffic-toggle]").focus();
  else load();
}

async function load() {
  const answer = await attempt(() => get("traffic"));
  if (!answer) return;
  entries = answer.entries;
  draw();
}

const fits = (entry) =>
  (!direction || entry.direction === direction) &&
  (!words || `${entry.name} ${entry.kind}`.toLowerCase().includes(words));

function draw() {
  const shown = entries.filter(fits);
  fill(
    list,
    shown.length ? shown.map(row) : el(
      "li",
      { class: "empty" },
      "Nothing yet. Give a command, and see what is sent.",
    ),
  );
  showCount();
}

function showCount() {
  list.querySelector(".empty:not(:only-child)")?.remove();
  count.textContent = `${entries.filter(fits).length} requests`;
}

function row(entry) {
  const moment = new Date(entry.at);
  const toBot = entry.direction === "to_bot";
  const details = el(
    "details",
    {
      class: "exchange",
      dataset: { testid: "exchange", kind: entry.kind, name: entry.name, direction: entry.direction },
    },
    el(
      "summary",
      {},
      timeElement(moment, clockWithSeconds(moment), { class: "stamp" }),
      el("span", { class: `way ${toBot ? "to" : "from"}` }, toBot ? "to bot" : "from bot"),
      el("span", { class: "kind" }, entry.kind),
      el("span", { class: "name" }, entry.name),
      el("span", { class: `status ${failed(entry) ? "bad" : ""}` }, String(entry.status)),
      el("span", { class: "ms" }, `${Number(entry.ms).toLocaleString("en")} ms`),
    ),
  );
  details.addEventListener("toggle", () => {
    if (!details.open || details.childElementCount > 1) return;
    details.append(el(
      "div",
      { class: "exchange-body" },
      part("Request", entry.request),
      part("Response", entry.response),
    ));
  });
  return el("li", {}, details);
}

const failed = (entry) => !/^(ok|2\d\d)$/i.test(String(entry.status));

function part(title, value) {
  return el("section", {}, el("h3", {}, title), jsonTree(value ?? null));
}
