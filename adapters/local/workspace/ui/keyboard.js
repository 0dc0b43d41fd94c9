// Shortcuts of the keyboard: Alt+↑/↓ changes the channel, / goes to the composer, 1–9 acts as
// another person.

import { go } from "./place.js";
import { humans } from "./sidebar.js";
import { store } from "./store.js";

const WRITABLE = "input, textarea, select, [contenteditable]";

/** Listen; `become(user)` acts as somebody else. */
export function startKeyboard({ become, composer }) {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || document.querySelector("dialog[open]")) return;
    if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
      event.preventDefault();
      step(event.key === "ArrowDown" ? 1 : -1);
      return;
    }
    if (event.altKey || event.ctrlKey || event.metaKey || event.target.closest(WRITABLE)) return;
    if (event.key === "/" && !composer.form.hidden) {
      event.preventDefault();
      composer.write(composer.field.value || "/");
    } else if (/^[1-9]$/.test(event.key)) {
      const user = humans()[Number(event.key) - 1];
      if (user) become(user.id);
    }
  });
  document.querySelector(".skip").addEventListener("click", (event) => {
    event.preventDefault();
    composer.field.focus();
  });
}

// The order of the sidebar, read from the sidebar.
function step(by) {
  const links = [...document.querySelectorAll("[data-testid=channel]")];
  if (links.length === 0) return;
  const at = links.findIndex((one) => one.getAttribute("aria-current"));
  const next = links[(at + by + links.length) % links.length].dataset.channel;
  go(next === "home" ? { home: true } : { channel: next });
  if (store.at.home) document.querySelector("[data-testid=home]").focus();
}
