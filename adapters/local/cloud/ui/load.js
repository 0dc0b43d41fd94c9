// How many requests per second people send to a service: a slider for what is usual, and a number.

import { el } from "./dom.js";
import { change } from "./store.js";

const USUAL_MOST = 1000;
const USUAL_STEP = 5;

/** The control of one service's load. */
export function loadControl(service, most) {
  const label = `Requests per second to ${service.name} in ${service.environment}`;
  const slider = el("input", {
    type: "range",
    class: "slider",
    min: 0,
    max: USUAL_MOST,
    step: USUAL_STEP,
    "aria-label": label,
    dataset: { testid: "load-slider" },
  });
  const number = el("input", {
    type: "number",
    class: "field number",
    min: 0,
    max: most,
    step: "any",
    "aria-label": label,
    autocomplete: "off",
    dataset: { testid: "load" },
  });
  let shown = service.load;
  let busy = false; // somebody is choosing: what is told meanwhile must not pull it away
  let sending = 0;
  const done = () => {
    if (sending) return;
    busy = false;
    update(shown);
  };
  const send = async (text) => {
    sending += 1;
    await change("load", { service: service.resource, per_second: text === "" ? null : Number(text) });
    sending -= 1;
    done();
  };
  slider.addEventListener("input", () => {
    busy = true;
    number.value = slider.value;
    paint(slider);
  });
  slider.addEventListener("change", () => send(slider.value));
  number.addEventListener("input", () => {
    busy = true;
  });
  number.addEventListener("change", () => send(number.value));
  number.addEventListener("blur", done);
  const node = el(
    "div",
    { class: "load" },
    el("span", { class: "label", "aria-hidden": "true" }, "Load"),
    slider,
    number,
    el("span", { class: "unit", "aria-hidden": "true" }, "req/s"),
  );
  function update(load) {
    shown = load;
    if (busy) return;
    if (Number(number.value) !== load || number.value === "") number.value = String(load);
    slider.value = String(Math.min(load, USUAL_MOST));
    paint(slider);
  }
  return { node, update };
}

// The part of the track before the thumb, which browsers do not let be styled alike.
function paint(slider) {
  slider.style.setProperty("--part", `${(slider.value / USUAL_MOST) * 100}%`);
}
