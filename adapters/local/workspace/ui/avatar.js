// The coloured initials of people, and the mark of the bot.

import { el } from "./dom.js";
import { mark } from "./icons.js";

/** A decorative picture of somebody; their name stands beside it. */
export function avatar(user, size = "") {
  if (!user || user.is_bot) return mark(`avatar ${size}`);
  const face = el(
    "span",
    { class: `avatar initials ${size}`, "aria-hidden": "true" },
    initials(user.real_name),
  );
  if (/^[0-9a-f]{6}$/i.test(user.color)) face.style.backgroundColor = `#${user.color}`;
  return face;
}

function initials(name) {
  const words = name.trim().split(/\s+/);
  const letters = words.length > 1 ? [words[0], words.at(-1)] : words;
  return letters.map((word) => [...word][0] ?? "").join("").toUpperCase();
}
