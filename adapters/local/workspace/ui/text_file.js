// A file that is a text, opened to be read: as it is, letter by letter.

import { el } from "./dom.js";
import { icon } from "./icons.js";
import { ownPicture } from "./picture.js";
import { attempt } from "./toast.js";

const READABLE = new Set(["application/json", "text/csv", "text/markdown", "text/plain"]);
const LONGEST = 200_000;

/** The address of a file of this workspace that can be read here, or null. */
export function readable(file) {
  return READABLE.has(file.mimetype) ? ownPicture(file.url) : null;
}

/** Show it above everything; Esc, the cross and a click beside it close it. */
export async function openText(file) {
  const answer = await attempt(async () => {
    const response = await fetch(readable(file), { cache: "no-store" });
    if (!response.ok) throw new Error("The file is not there (any more).");
    return { text: await response.text() };
  });
  if (!answer) return;
  const cut = answer.text.length > LONGEST;
  const close = el(
    "button",
    { type: "button", class: "icon-button", "aria-label": "Close", dataset: { testid: "file-close" } },
    icon("close"),
  );
  const dialog = el(
    "dialog",
    { class: "lightbox file-reader", "aria-label": file.title, dataset: { testid: "file-reader" } },
    el(
      "header",
      { class: "lightbox-head" },
      el("span", { class: "lightbox-title" }, file.title),
      el(
        "a",
        {
          href: readable(file),
          target: "_blank",
          rel: "noopener noreferrer",
          class: "icon-button",
          "aria-label": "Open by itself",
        },
        icon("external"),
      ),
      close,
    ),
    el("pre", { class: "file-text", tabindex: 0 }, cut ? `${answer.text.slice(0, LONGEST)}\n…` : answer.text),
  );
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  close.focus();
}
