// Moving traffic by hand: what people do with the cloud's own console, past Signalbox.

import { el, say } from "./dom.js";
import { change, store } from "./store.js";

const ALL = 100;

/** Ask how the traffic of a service is to be split among its ready revisions. */
export function moveTraffic(service) {
  const rows = service.revisions.filter((each) => each.state === "ready").map(share);
  const sum = el("output", { class: "sum", dataset: { testid: "traffic-sum" } });
  const save = el(
    "button",
    { type: "submit", class: "button primary", dataset: { testid: "traffic-save" } },
    "Move traffic",
  );
  const cancel = el(
    "button",
    { type: "button", class: "button", dataset: { testid: "traffic-cancel" } },
    "Cancel",
  );
  const count = () => {
    const total = rows.reduce((before, row) => before + row.percent(), 0);
    save.disabled = total !== ALL;
    say(sum, total === ALL ? "100 %" : `${total} % of 100 %`);
    sum.dataset.right = total === ALL;
  };
  const takeAll = (chosen) => {
    for (const row of rows) row.set(row === chosen ? ALL : 0);
    count();
  };
  for (const row of rows) {
    row.input.addEventListener("input", count);
    row.whole.addEventListener("click", () => takeAll(row));
  }
  const form = el(
    "form",
    { class: "traffic-form" },
    el("h2", { id: "traffic-title" }, `Move traffic of ${service.name}`),
    el(
      "p",
      { class: "hint" },
      `In ${service.environment}, at once, as ${store.state.person}: past Signalbox, which will find that`,
      " the cloud was changed from outside.",
    ),
    el("div", { class: "shares" }, rows.map((row) => row.node)),
    el("div", { class: "dialog-foot" }, el("span", { class: "label" }, "Sum"), sum, el("span", { class: "spring" }), cancel, save),
  );
  const dialog = el(
    "dialog",
    { class: "dialog", "aria-labelledby": "traffic-title", dataset: { testid: "traffic-dialog" } },
    form,
  );
  cancel.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const split = Object.fromEntries(rows.map((row) => [row.name, row.percent()]));
    if (await change("traffic", { service: service.resource, split })) dialog.close();
  });
  document.body.append(dialog);
  count();
  dialog.showModal();
}

function share(revision) {
  const input = el("input", {
    type: "number",
    class: "field number",
    min: 0,
    max: ALL,
    step: 1,
    value: String(revision.percent),
    "aria-label": `Percent for ${revision.name}`,
    autocomplete: "off",
    dataset: { testid: "traffic-percent", revision: revision.name },
  });
  const whole = el(
    "button",
    { type: "button", class: "button small", "aria-label": `All traffic to ${revision.name}` },
    "All",
  );
  const node = el(
    "div",
    { class: "share" },
    el("div", { class: "share-name" }, revision.name, el("span", { class: "born" }, revision.version ?? "")),
    input,
    el("span", { class: "unit" }, "%"),
    whole,
  );
  return {
    node,
    input,
    whole,
    name: revision.name,
    percent: () => Number(input.value),
    set: (percent) => {
      input.value = String(percent);
    },
  };
}
