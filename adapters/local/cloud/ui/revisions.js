// The revisions of a service, newest first, with what they do at this moment.

import { behaviourSelect } from "./behaviours.js";
import { el, fill, keyed, mark, say } from "./dom.js";
import { age, duration, errorTone, latencyTone, share, shortDigest } from "./format.js";
import { change } from "./store.js";

const SHOWN = 4;
const COLUMNS = [
  ["Revision", "name"],
  ["Version", "version"],
  ["Traffic", "number"],
  ["Tags", "tags"],
  ["State", "state"],
  ["Errors", "number"],
  ["p95", "number"],
  ["Behaves", "behaves"],
];

/** The table of one service's revisions. */
export function revisionTable(service, behaviours) {
  const body = el("tbody");
  const more = el("button", {
    type: "button",
    class: "link-button",
    hidden: true,
    dataset: { testid: "older" },
  });
  const rows = new Map();
  let all = false;
  let latest = [];
  more.addEventListener("click", () => {
    all = !all;
    update(latest);
  });
  const head = el("tr", {}, COLUMNS.map(([name, kind]) => el("th", { scope: "col", class: `cell-${kind}` }, name)));
  const table = el(
    "table",
    { class: "revisions", "aria-label": `Revisions of ${service.name} in ${service.environment}` },
    el("thead", {}, head),
    body,
  );
  const make = (revision) => row(service, revision, behaviours);
  function update(revisions) {
    latest = revisions;
    const old = revisions.filter((each, index) => index >= SHOWN && !each.percent && !each.tags.length);
    const shown = all ? revisions : revisions.filter((each) => !old.includes(each));
    keyed(body, rows, shown, { key: (each) => each.name, make });
    more.hidden = old.length === 0;
    say(more, all ? "Show fewer revisions" : `Show ${old.length} older`);
    mark(more, "aria-expanded", all);
  }
  return { node: el("div", { class: "revisions-box" }, table, more), update };
}

function row(service, { name }, behaviours) {
  const cell = (kind, label, ...children) =>
    el("td", { class: `cell-${kind}`, "data-label": label }, ...children);
  const dot = el("span", { class: "dot", "aria-hidden": "true" });
  const born = el("span", { class: "born" });
  const version = el("span", { class: "version", dataset: { testid: "version" } });
  const digest = el("code", { class: "digest" });
  const percent = el("span", { dataset: { testid: "percent" } });
  const tags = cell("tags", "Tags");
  const state = el("span", { class: "state", dataset: { testid: "revision-state" } });
  const errors = el("span", { class: "metric", dataset: { testid: "error-share" } });
  const p95 = el("span", { class: "metric", dataset: { testid: "p95" } });
  const select = behaviourSelect({
    behaviours,
    label: `Behaviour of ${name} in ${service.environment}`,
    testid: "behaviour",
    chosen: (behaviour) => change("behave", { service: service.resource, revision: name, behaviour }),
  });
  const node = el(
    "tr",
    { dataset: { testid: "revision", revision: name } },
    el("th", { scope: "row", class: "cell-name" }, el("span", { class: "name-line" }, dot, name), born),
    cell("version", "Version", version, digest),
    cell("number", "Traffic", percent),
    tags,
    cell("state", "State", state),
    cell("number", "Errors", errors),
    cell("number", "p95", p95),
    cell("behaves", "Behaves", select.node),
  );
  let tagged = "";
  function update(revision) {
    mark(node, "data-serving", revision.percent > 0);
    mark(dot, "data-shade", revision.shade ?? "none");
    say(born, age(revision.created));
    say(version, revision.version ?? "no version");
    say(digest, shortDigest(revision.digest));
    mark(digest, "title", revision.digest ?? "");
    say(percent, revision.percent ? `${revision.percent} %` : "–");
    say(state, revision.state);
    mark(state, "data-state", revision.state);
    measure(errors, revision.error_share, share, errorTone);
    measure(p95, revision.p95, duration, latencyTone);
    select.update(revision.behaviour);
    if (tagged === revision.tags.join()) return;
    tagged = revision.tags.join();
    fill(tags, revision.tags.map((tag) => el("code", { class: "tag" }, tag)));
  }
  return { node, update };
}

function measure(node, value, format, tone) {
  say(node, value === null ? "–" : format(value));
  mark(node, "data-tone", tone(value));
}
