// The input block: a field with its label, its hint and the error that is shown at it.

import { el, newId } from "./dom.js";
import { renderElement } from "./elements.js";
import { withEmoji } from "./emoji.js";

/** An input block. */
export function inputBlock(block, surface) {
  const id = newId("field");
  const hint = block.hint ? el(
    "p",
    { class: "field-hint", id: `${id}-hint` },
    withEmoji(block.hint.text),
  ) : null;
  const error = el(
    "p",
    { class: "field-error", id: `${id}-error`, hidden: true, dataset: { testid: "field-error" } },
  );
  const described = [hint && `${id}-hint`, `${id}-error`].filter(Boolean).join(" ");
  const control = renderElement({
    element: block.element,
    blockId: block.block_id,
    surface,
    inInput: block,
    id,
    describedby: described,
  });
  const grouped = ["radio_buttons", "checkboxes"].includes(block.element.type);
  const title = el(
    grouped ? "span" : "label",
    { class: "field-label", for: grouped ? null : id, id: `${id}-label` },
    withEmoji(block.label.text),
    block.optional ? el("span", { class: "field-optional" }, "optional") : null,
  );
  if (grouped) control.setAttribute("aria-labelledby", `${id}-label`);
  return el("div", { class: "field" }, title, control, error, hint);
}

/** Show or clear the error of one input block of a form. */
export function showError(blockNode, sentence) {
  const error = blockNode.querySelector(".field-error");
  const control = blockNode.querySelector("[data-action-id]");
  if (!error) return;
  error.textContent = sentence ?? "";
  error.hidden = !sentence;
  blockNode.classList.toggle("invalid", Boolean(sentence));
  if (sentence) control?.setAttribute("aria-invalid", "true");
  else control?.removeAttribute("aria-invalid");
}
