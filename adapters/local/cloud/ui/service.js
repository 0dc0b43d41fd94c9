// One service: its load, who serves it, and its revisions.

import { el, keyed, mark, say } from "./dom.js";
import { errorTone } from "./format.js";
import { icon } from "./icons.js";
import { loadControl } from "./load.js";
import { revisionTable } from "./revisions.js";
import { store } from "./store.js";
import { moveTraffic } from "./traffic.js";
import { versionList } from "./versions.js";

const SHADES = 4;

/** The card of a service. */
export function serviceCard(first) {
  const { behaviours, most_load: most } = store.state;
  let service = first;
  const load = loadControl(first, most);
  const table = revisionTable(first, behaviours);
  const versions = versionList(first, behaviours);
  const changing = el("span", { class: "changing", hidden: true, dataset: { testid: "changing" } }, "changing …");
  const author = el("span", { class: "author", dataset: { testid: "changed-by" } });
  const bar = el("div", { class: "bar", role: "img", dataset: { testid: "traffic-bar" } });
  const segments = new Map();
  const move = el(
    "button",
    {
      type: "button",
      class: "button small",
      "aria-label": `Move traffic of ${first.name} in ${first.environment}`,
      dataset: { testid: "traffic-open" },
    },
    icon("split"),
    "Move traffic",
  );
  move.addEventListener("click", () => moveTraffic(service));
  versions.node.addEventListener("toggle", () => update(service));
  const node = el(
    "article",
    {
      class: "card",
      "aria-label": `${first.name} in ${first.environment}`,
      dataset: { testid: "service", service: first.name, environment: first.environment },
    },
    el(
      "div",
      { class: "card-head" },
      el("h3", {}, first.name),
      author,
      changing,
      el("span", { class: "spring" }),
      load.node,
    ),
    el("div", { class: "card-traffic" }, bar, move),
    table.node,
    versions.node,
  );
  function update(next) {
    service = next;
    changing.hidden = !service.reconciling;
    say(author, `changed by ${service.changed_by}`);
    load.update(service.load);
    const revisions = shaded(service);
    const serving = revisions.filter((each) => each.percent);
    keyed(bar, segments, serving, { key: (each) => each.name, make: segment });
    mark(bar, "aria-label", spoken(serving));
    table.update(revisions);
    versions.update(store.state.versions[service.image], new Set(revisions.map((each) => each.version)));
  }
  return { node, update };
}

/** The revisions, those that serve with a shade by which the bar and the table show them. */
function shaded(service) {
  let shade = 0;
  return service.revisions.map((each) => ({
    ...each,
    shade: each.percent ? (errorTone(each.error_share) === "bad" ? "bad" : shade++ % SHADES) : null,
  }));
}

function segment() {
  const version = el("span", { class: "segment-name" });
  const percent = el("span", { class: "segment-percent" });
  const node = el("div", { class: "segment" }, version, percent);
  const update = (revision) => {
    node.style.flexGrow = revision.percent;
    mark(node, "data-shade", revision.shade);
    mark(node, "title", `${revision.name} (${revision.version ?? "no version"}): ${revision.percent} %`);
    mark(node, "data-narrow", revision.percent < 12);
    say(version, revision.version ?? revision.name);
    say(percent, `${revision.percent} %`);
  };
  return { node, update };
}

function spoken(serving) {
  const parts = serving.map((each) => `${each.percent} % to ${each.name}`);
  return parts.length ? `Traffic: ${parts.join(", ")}` : "No traffic";
}
