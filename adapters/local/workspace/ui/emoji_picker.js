// All emoji that the page knows, to react with; found by their names.

import { el, fill } from "./dom.js";
import { ALL_EMOJI, emojiText } from "./emoji.js";
import { closePopup, openPopup } from "./popup.js";

/** Let somebody choose an emoji at a button; `chosen(name)` hears which. */
export function pickEmoji(anchor, chosen) {
  const field = el("input", {
    type: "search",
    class: "field-input",
    placeholder: "Search by name",
    "aria-label": "Search emoji by name",
    autocomplete: "off",
    dataset: { testid: "emoji-search" },
  });
  const grid = el("div", { class: "emoji-grid" });
  const pick = (name) => {
    closePopup(true);
    chosen(name);
  };
  const draw = () => {
    const words = field.value.trim().toLowerCase().replaceAll(":", "");
    const names = ALL_EMOJI.filter((name) => name.replaceAll("_", " ").includes(words) || name.includes(words));
    fill(grid, names.length ? names.map((name) => choice(name, pick)) : el("p", { class: "dim" }, "Nothing matches"));
  };
  field.addEventListener("input", draw);
  field.addEventListener("keydown", (event) => {
    const first = grid.querySelector("button");
    if (event.key === "Enter" && first) {
      event.preventDefault();
      pick(first.dataset.emoji);
    }
  });
  draw();
  openPopup(anchor, el("div", { class: "emoji-picker" }, field, grid), {
    label: "Add a reaction",
    testid: "emoji-picker",
  });
}

function choice(name, pick) {
  const button = el(
    "button",
    {
      type: "button",
      class: "emoji-choice emoji",
      title: `:${name}:`,
      "aria-label": name.replaceAll("_", " "),
      dataset: { emoji: name },
    },
    emojiText(name),
  );
  button.addEventListener("click", () => pick(name));
  return button;
}
