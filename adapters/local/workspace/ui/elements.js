// Block elements: buttons, menus and pickers. Each maker gets a slot {element, blockId, surface,
// inInput, id, describedby} and returns the node; what is chosen goes into the surface's values,
// and is sent to the bot unless the element stands in an input block.

import { el, safeUrl } from "./dom.js";
import { withEmoji } from "./emoji.js";
import { icon } from "./icons.js";
import { openMenu } from "./menu.js";
import { textInput } from "./inputs.js";
import { image } from "./picture.js";
import { choices, longMenu, multiMenu, nativeSelect } from "./selects.js";

/** Which field of the state belongs to an element's type. */
export const STATE_KEY = {
  plain_text_input: "value",
  email_text_input: "value",
  url_text_input: "value",
  number_input: "value",
  static_select: "selected_option",
  external_select: "selected_option",
  radio_buttons: "selected_option",
  checkboxes: "selected_options",
  multi_static_select: "selected_options",
  multi_external_select: "selected_options",
  users_select: "selected_user",
  multi_users_select: "selected_users",
  channels_select: "selected_channel",
  multi_channels_select: "selected_channels",
  conversations_select: "selected_conversation",
  multi_conversations_select: "selected_conversations",
  datepicker: "selected_date",
  timepicker: "selected_time",
  datetimepicker: "selected_date_time",
};

const MAKERS = {
  button,
  overflow,
  icon_button: iconButton,
  feedback_buttons: feedback,
  workflow_button: (slot) => button({
    ...slot,
    element: { ...slot.element, url: slot.element.workflow?.trigger?.url },
  }),
  static_select: (slot) => (slot.element.options?.length > 20 ? longMenu(slot) : nativeSelect(slot)),
  external_select: longMenu,
  users_select: nativeSelect,
  channels_select: nativeSelect,
  conversations_select: nativeSelect,
  multi_static_select: multiMenu,
  multi_external_select: multiMenu,
  multi_users_select: multiMenu,
  multi_channels_select: multiMenu,
  multi_conversations_select: multiMenu,
  radio_buttons: choices,
  checkboxes: choices,
  datepicker: (slot) => picker(slot, "date", "initial_date"),
  timepicker: (slot) => picker(slot, "time", "initial_time"),
  datetimepicker: dateTimePicker,
  plain_text_input: textInput,
  email_text_input: textInput,
  url_text_input: textInput,
  number_input: textInput,
  image: (slot) => image(slot.element),
};

/** The node of an element of a block. */
export function renderElement(slot) {
  const make = MAKERS[slot.element.type];
  if (!make) {
    return el(
      "span",
      { class: "unknown", dataset: { testid: "unknown-element" } },
      `cannot show element type ${slot.element.type}`,
    );
  }
  const key = STATE_KEY[slot.element.type];
  return make({ ...slot, ...(key ? state(slot, key) : {}), props: hooks(slot) });
}

function hooks({ element, blockId, id, describedby }) {
  const name = id ? null : (element.placeholder?.text ?? element.type.replaceAll("_", " "));
  return {
    id,
    "aria-label": name,
    "aria-describedby": describedby,
    dataset: { actionId: element.action_id, blockId },
  };
}

// The state of an element: what was entered before the last redraw, or its initial value.
function state({ element, blockId, surface, inInput }, key) {
  const initial = element[key === "value" ? "initial_value" : key.replace("selected_", "initial_")];
  const known = surface.values.get(blockId, element.action_id);
  const current = known && key in known ? known[key] : (initial ?? (key.endsWith("s") ? [] : null));
  const save = (value) => surface.values.set(
    blockId,
    element.action_id,
    { type: element.type, [key]: value },
  );
  save(current);
  const send = (value) => surface.act(element, blockId, { [key]: value });
  return {
    current,
    save,
    send,
    // A choice that was made: kept, and sent on where the bot wants to know at once.
    chose: (value) => {
      save(value);
      return inInput && !inInput.dispatch_action ? null : send(value);
    },
  };
}

function button({ element, blockId, surface, props }) {
  const style = element.style === "primary" ? "primary" : element.style === "danger" ? "danger" : "";
  const label = withEmoji(element.text.text);
  const shared = { ...props, class: `button ${style}`, "aria-label": element.accessibility_label };
  const href = element.url ? safeUrl(element.url) : null;
  if (href) {
    const anchor = el(
      "a",
      { ...shared, href, target: "_blank", rel: "noopener noreferrer" },
      label,
      icon("external"),
    );
    anchor.addEventListener(
      "click",
      () => element.action_id && surface.act({ ...element, confirm: null }, blockId),
    );
    return anchor;
  }
  const node = el("button", { ...shared, type: "button" }, el("span", { class: "button-label" }, label));
  const value = element.value === undefined ? {} : { value: element.value };
  node.addEventListener("click", () => surface.act(element, blockId, value, node));
  return node;
}

function overflow({ element, blockId, surface, props }) {
  const node = el(
    "button",
    {
      ...props,
      type: "button",
      class: "icon-button",
      "aria-label": "More actions",
      "aria-haspopup": "menu",
      "aria-expanded": "false",
    },
    icon("more"),
  );
  const entries = element.options.map((option) => ({
    label: withEmoji(option.text.text),
    hint: option.description?.text,
    dataset: { value: option.value },
    run: () => {
      const href = option.url ? safeUrl(option.url) : null;
      if (href) window.open(href, "_blank", "noopener,noreferrer");
      return surface.act(element, blockId, { selected_option: option }, node);
    },
  }));
  node.addEventListener("click", () => openMenu(node, entries, { label: "More actions" }));
  return node;
}

function iconButton(slot) {
  return button({ ...slot, element: { ...slot.element, style: null } });
}

function feedback({ element, blockId, surface, props }) {
  const sides = [element.positive_button, element.negative_button];
  const buttons = sides.map((side) => {
    const node = el(
      "button",
      { ...props, type: "button", class: "button", "aria-label": side.accessibility_label },
      withEmoji(side.text.text),
    );
    node.addEventListener("click", () => surface.act(element, blockId, { value: side.value }, node));
    return node;
  });
  return el("span", { class: "button-group" }, buttons);
}

function picker({ element, current, chose, props }, type, key) {
  const input = el("input", { ...props, type, class: "field-input", value: current ?? element[key] ?? "" });
  input.addEventListener("change", () => chose(input.value || null));
  return input;
}

// The browser's own control counts in local time without a zone; the bot gets seconds.
function dateTimePicker({ element, current, chose, props }) {
  const input = el("input", { ...props, type: "datetime-local", class: "field-input" });
  if (current) {
    const moment = new Date(current * 1000);
    const local = new Date(moment.getTime() - moment.getTimezoneOffset() * 60_000);
    input.value = local.toISOString().slice(0, 16);
  }
  input.addEventListener("change", () => {
    chose(input.value ? Math.floor(new Date(input.value).getTime() / 1000) : null);
  });
  return input;
}
