// Short notes at the edge of the page: what was refused or failed, and why.

import { el } from "./dom.js";
import { icon } from "./icons.js";

const SHOWN_MS = 7000;

/** Show a sentence for a while. */
export function toast(text) {
  const close = el("button", { type: "button", class: "icon-button small", "aria-label": "Dismiss" }, icon("close"));
  const note = el("div", { class: "toast", dataset: { testid: "toast" } }, icon("alert"), el("span", {}, text), close);
  const timer = setTimeout(() => note.remove(), SHOWN_MS);
  close.addEventListener("click", () => {
    clearTimeout(timer);
    note.remove();
  });
  const shelf = document.getElementById("toasts");
  shelf.append(note);
  // Shown anew, it comes above a dialog that was opened in the meantime.
  if (shelf.matches(":popover-open")) shelf.hidePopover();
  shelf.showPopover();
}
