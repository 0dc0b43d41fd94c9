// A box that opens at a button and holds more than a menu does: Esc and a click beside it close.

import { el, place } from "./dom.js";

let current = null;

/** Close what is open; with `refocus` its button gets the focus again. */
export function closePopup(refocus = false) {
  if (!current) return;
  const { box, anchor, outside } = current;
  current = null;
  document.removeEventListener("pointerdown", outside, true);
  box.remove();
  anchor.setAttribute("aria-expanded", "false");
  if (refocus && anchor.isConnected) anchor.focus();
}

/** Open a box with `content` at `anchor`, or close it when it is open there. */
export function openPopup(anchor, content, { label, testid, kind = "" }) {
  const again = current?.anchor === anchor;
  closePopup();
  if (again) return;
  const box = el("div", { class: `popup ${kind}`, role: "dialog", "aria-label": label, dataset: { testid } });
  box.append(content);
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    closePopup(true);
  });
  document.body.append(box);
  place(box, anchor, { end: true });
  const outside = (event) => {
    if (!box.contains(event.target) && !anchor.contains(event.target)) closePopup();
  };
  document.addEventListener("pointerdown", outside, true);
  anchor.setAttribute("aria-expanded", "true");
  current = { box, anchor, outside };
  box.querySelector("button, a, input")?.focus();
}

/** A button that opens such a box. */
export function opener(props, ...children) {
  return el("button", { type: "button", "aria-haspopup": "dialog", "aria-expanded": "false", ...props }, ...children);
}
