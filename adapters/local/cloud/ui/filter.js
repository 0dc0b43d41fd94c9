// Which services are shown: those of one environment, or all; and those whose name has a word in it.
// The choice is kept in the address behind the hash.

import { el, fill, mark, say } from "./dom.js";
import { icon } from "./icons.js";

const ALL = "all";
const chosen = { environment: null, words: "" };

function readAddress() {
  const params = new URLSearchParams(location.hash.slice(1));
  Object.assign(chosen, { environment: params.get("environment"), words: params.get("search") ?? "" });
}

function writeAddress() {
  const given = { environment: chosen.environment, search: chosen.words };
  const params = new URLSearchParams(Object.entries(given).filter(([, value]) => value));
  history.replaceState(null, "", params.size ? `#${params}` : location.pathname);
}

/** The environment that is shown, or null for all; the first one unless chosen. */
export function shownEnvironment(environments) {
  if (chosen.environment === ALL) return null;
  return environments.includes(chosen.environment) ? chosen.environment : environments[0];
}

/** Whether a service's name, project or one of its running versions has the words in it. */
export function matches(service) {
  const text = [service.name, service.project, ...service.revisions.map((each) => each.version ?? "")];
  const words = chosen.words.toLowerCase().split(/\s+/).filter(Boolean);
  return words.every((word) => text.some((each) => each.toLowerCase().includes(word)));
}

/** Build tabs and search; `changed()` hears of every choice. Returns what shows it for a state. */
export function startFilter(root, changed) {
  readAddress();
  const tabs = el("div", { class: "tabs", role: "group", "aria-label": "Environment" });
  const field = el("input", {
    type: "search",
    class: "field search-field",
    placeholder: "Search services and versions",
    "aria-label": "Search services and versions",
    autocomplete: "off",
    spellcheck: "false",
    value: chosen.words,
    dataset: { testid: "search" },
  });
  fill(root, tabs, el("span", { class: "spring" }), el("label", { class: "search" }, icon("search"), field));
  const decide = (choice) => {
    Object.assign(chosen, choice);
    writeAddress();
    changed();
  };
  field.addEventListener("input", () => decide({ words: field.value.trim() }));
  window.addEventListener("hashchange", () => {
    readAddress();
    field.value = chosen.words;
    changed();
  });
  window.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, select, textarea, dialog");
    if (event.key !== "/" || typing || event.metaKey || event.ctrlKey || event.altKey) return;
    event.preventDefault();
    field.focus();
  });
  return (state) => drawTabs(tabs, state, decide);
}

function drawTabs(tabs, state, decide) {
  const names = [...state.environments, ALL];
  if (tabs.children.length !== names.length) fill(tabs, names.map((name) => tab(name, decide)));
  const shown = shownEnvironment(state.environments) ?? ALL;
  names.forEach((name, index) => {
    const found = state.services.filter((each) => (name === ALL || each.environment === name) && matches(each));
    mark(tabs.children[index], "aria-pressed", name === shown);
    say(tabs.children[index].querySelector(".tab-count"), String(found.length));
  });
}

function tab(name, decide) {
  const node = el(
    "button",
    { type: "button", class: "tab", dataset: { testid: "environment", environment: name } },
    el("span", { class: "environment-name" }, name),
    el("span", { class: "tab-count" }),
  );
  node.addEventListener("click", () => decide({ environment: name }));
  return node;
}
