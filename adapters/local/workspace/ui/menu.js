// A menu that opens at a button: arrows move, Enter chooses, Esc and a click beside it close.

import { el, place } from "./dom.js";

let current = null;

function close(refocus) {
  if (!current) return;
  const { menu, anchor, outside } = current;
  current = null;
  document.removeEventListener("pointerdown", outside, true);
  menu.remove();
  anchor.setAttribute("aria-expanded", "false");
  if (refocus) anchor.focus();
}

/** Open a menu of {label, hint?, icon?, danger?, run} (a null is a line) at `anchor`. */
export function openMenu(anchor, entries, { label }) {
  const again = current?.anchor === anchor;
  close(false);
  if (again) return;
  const menu = el("div", { class: "menu", role: "menu", "aria-label": label, dataset: { testid: "menu" } });
  menu.append(...entries.map((entry) => (entry ? item(entry) : el("hr", {}))));
  menu.addEventListener("keydown", move);
  // Inside a dialog, so that the menu is not behind what the dialog makes inert.
  (anchor.closest("dialog") ?? document.body).append(menu);
  place(menu, anchor, { end: true });
  const outside = (event) => {
    if (!menu.contains(event.target) && !anchor.contains(event.target)) close(false);
  };
  document.addEventListener("pointerdown", outside, true);
  anchor.setAttribute("aria-expanded", "true");
  current = { menu, anchor, outside };
  menu.querySelector("[role=menuitem]")?.focus();
}

function item(entry) {
  const button = el(
    "button",
    {
      type: "button",
      role: "menuitem",
      class: entry.danger ? "danger" : "",
      tabindex: -1,
      dataset: entry.dataset ?? {},
    },
    entry.icon ?? null,
    el("span", { class: "menu-label" }, entry.label),
    entry.hint ? el("span", { class: "menu-hint" }, entry.hint) : null,
  );
  button.addEventListener("click", () => {
    close(true);
    entry.run();
  });
  return button;
}

function move(event) {
  const items = [...event.currentTarget.querySelectorAll("[role=menuitem]")];
  const at = items.indexOf(document.activeElement);
  const go = {
    ArrowDown: () => items[(at + 1) % items.length],
    ArrowUp: () => items[(at - 1 + items.length) % items.length],
    Home: () => items[0],
    End: () => items.at(-1),
  }[event.key];
  if (go) {
    event.preventDefault();
    go()?.focus();
  } else if (event.key === "Escape" || event.key === "Tab") {
    event.preventDefault();
    event.stopPropagation();
    close(true);
  }
}
