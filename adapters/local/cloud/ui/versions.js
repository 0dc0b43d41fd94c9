// How versions of an image will behave once they are deployed, and do where they are.

import { behaviourSelect, isBad } from "./behaviours.js";
import { el, fill, keyed, mark, say } from "./dom.js";
import { icon } from "./icons.js";
import { change } from "./store.js";

/** The versions of one service's image, folded away; those that are bad are named outside. */
export function versionList(service, behaviours) {
  const bad = el("span", { class: "bad-versions", dataset: { testid: "bad-versions" } });
  const list = el("ul", { class: "versions" });
  const parts = new Map();
  const summary = el(
    "summary",
    { dataset: { testid: "versions-toggle" } },
    icon("chevron"),
    el("span", { class: "summary-title" }, "Versions before they are deployed"),
    bad,
  );
  const node = el(
    "details",
    { class: "versions-box", dataset: { testid: "versions" } },
    summary,
    el("p", { class: "hint" }, `What you choose here holds for ${service.name} in every environment.`),
    list,
  );
  const make = (each) => version(service, each, behaviours);
  let named = "";
  const update = (versions, running) => {
    const found = versions.filter((each) => isBad(each.behaviour));
    const now = found.map((each) => each.version + each.behaviour).join();
    if (now !== named) {
      named = now;
      fill(bad, found.map(chip));
    }
    if (!node.open) return;
    const items = versions.map((each) => ({ ...each, running: running.has(each.version) }));
    keyed(list, parts, items, { key: (each) => each.version, make });
  };
  return { node, update };
}

function chip({ version: name, behaviour }) {
  return el("span", { class: "chip" }, el("b", {}, name), ` ${behaviour}`);
}

function version(service, { version: name }, behaviours) {
  const verb = el("span", { class: "verb" });
  const select = behaviourSelect({
    behaviours,
    label: `Behaviour of ${service.name} ${name}`,
    testid: "version-behaviour",
    chosen: (behaviour) => change("behave", { image: service.image, version: name, behaviour }),
  });
  const node = el(
    "li",
    { class: "version-row", dataset: { testid: "version-row", version: name } },
    el("span", { class: "version" }, name),
    verb,
    select.node,
  );
  const update = (each) => {
    say(verb, each.running ? "is" : "will be");
    mark(node, "data-running", each.running);
    select.update(each.behaviour);
  };
  return { node, update };
}
