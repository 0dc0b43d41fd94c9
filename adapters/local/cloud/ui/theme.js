// Light or dark: as the system says, until a person chooses; `early.js` applies it on the next visit.

import { el, fill } from "./dom.js";
import { icon } from "./icons.js";

const system = matchMedia("(prefers-color-scheme: dark)");

function isDark() {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : system.matches;
}

/** The button that switches between light and dark. */
export function themeButton() {
  const button = el("button", { type: "button", class: "icon-button", dataset: { testid: "theme" } });
  const draw = () => {
    const label = isDark() ? "Switch to light colours" : "Switch to dark colours";
    button.setAttribute("aria-label", label);
    button.title = label;
    fill(button, icon(isDark() ? "sun" : "moon"));
  };
  button.addEventListener("click", () => {
    const theme = isDark() ? "light" : "dark";
    document.documentElement.dataset.theme = theme;
    localStorage.setItem("theme", theme);
    draw();
  });
  system.addEventListener("change", draw);
  draw();
  return button;
}
