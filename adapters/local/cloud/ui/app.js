// The console of the local cloud: what runs, how it does, and ways to make it do badly.
//
// Hooks for browser tests (stable; everything else may change):
//   data-testid   banner skip services toasts toast
//     head        outage-cloud outage-metrics [role=switch, aria-checked] theme
//                 strip-cloud strip-metrics strip-offline
//     filter      environment[data-environment, aria-pressed] search
//     service     service[data-service, data-environment] changed-by changing load load-slider traffic-bar
//                 traffic-open older versions versions-toggle bad-versions
//     revision    revision[data-revision] version percent revision-state error-share p95 behaviour
//     version     version-row[data-version] version-behaviour
//     traffic     traffic-dialog traffic-percent[data-revision] traffic-sum traffic-save traffic-cancel
//   <html data-ready> is set once the services are shown.

import { el, fill, keyed, say } from "./dom.js";
import { matches, shownEnvironment, startFilter } from "./filter.js";
import { startOutages } from "./outages.js";
import { serviceCard } from "./service.js";
import { follow, onChange, store } from "./store.js";
import { themeButton } from "./theme.js";

const root = document.getElementById("services");
const groups = new Map();

function group(environment) {
  const place = el("span", { class: "group-project" });
  const cards = el("div", { class: "cards" });
  const parts = new Map();
  const name = el("span", { class: "environment-name" }, environment.name);
  const node = el("section", { class: "group" }, el("h2", { class: "group-title" }, name, place), cards);
  const update = ({ services }) => {
    say(place, [...new Set(services.map((each) => each.project))].join(", "));
    keyed(cards, parts, services, { key: (each) => each.resource, make: serviceCard });
  };
  return { node, update };
}

function draw(drawFilter, drawOutages) {
  drawOutages();
  const { state } = store;
  if (!state) return;
  drawFilter(state);
  const only = shownEnvironment(state.environments);
  const shown = state.environments
    .filter((name) => only === null || name === only)
    .map((name) => ({
      name,
      services: state.services.filter((each) => each.environment === name && matches(each)),
    }))
    .filter(({ services }) => services.length);
  keyed(root, groups, shown, { key: (each) => each.name, make: group });
  nothing.hidden = shown.length > 0;
  document.documentElement.dataset.ready = "";
}

const nothing = el("p", { class: "empty", hidden: true }, "No service here has that in its name or versions.");

function start() {
  const outages = document.getElementById("outages");
  const toggles = el("div", { class: "toggles" });
  fill(outages, toggles);
  outages.after(themeButton());
  root.after(nothing);
  const drawOutages = startOutages(toggles, document.getElementById("strips"));
  const redraw = () => draw(drawFilter, drawOutages);
  const drawFilter = startFilter(document.getElementById("filter"), redraw);
  onChange(redraw);
  follow();
}

start();
