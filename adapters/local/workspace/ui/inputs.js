// Fields to type in.

import { el } from "./dom.js";

const KINDS = {
  email_text_input: "email",
  url_text_input: "url",
  number_input: "text",
  plain_text_input: "text",
};

/** A field for a text, an address or a number. */
export function textInput({ element, blockId, current, save, send, inInput, surface, props }) {
  const shared = {
    ...props,
    class: "field-input",
    placeholder: element.placeholder?.text,
    value: current ?? "",
    spellcheck: element.type === "plain_text_input" ? null : "false",
    autocomplete: "off",
    dataset: { ...props.dataset, focus: element.focus_on_load ? "first" : null },
  };
  const field = element.multiline
    ? el("textarea", { ...shared, rows: 4 })
    : el(
      "input",
      { ...shared, type: KINDS[element.type], inputmode: element.type === "number_input" ? "decimal" : null },
    );
  const triggers = element.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  const dispatches = inInput?.dispatch_action ?? surface.kind !== "modal";
  field.addEventListener("input", () => {
    save(field.value || null);
    if (dispatches && triggers.includes("on_character_entered")) send(field.value || null);
  });
  field.addEventListener("keydown", (event) => {
    const enter = event.key === "Enter" && !element.multiline && !event.ctrlKey && !event.metaKey;
    if (!enter || event.isComposing) return;
    if (dispatches && triggers.includes("on_enter_pressed")) {
      event.preventDefault();
      send(field.value || null);
    }
  });
  return field;
}
