// Menus to choose from: the browser's own select for short lists, a searching field for long ones
// and for what the bot looks up, and lists of radio buttons or check boxes.

import { Combobox } from "./combobox.js";
import { el, newId } from "./dom.js";
import { withEmoji } from "./emoji.js";
import { mrkdwn } from "./mrkdwn.js";
import { store } from "./store.js";

const MOST_SHOWN = 100;

// What a select offers, as {value, label, hint, group, raw}; `raw` is what its state holds.
function offered(element) {
  const kind = element.type.replace(/^multi_/, "");
  if (kind === "users_select") return people();
  if (kind === "channels_select") return channels((channel) => !channel.is_im && !channel.is_private);
  if (kind === "conversations_select") return channels(() => true);
  const groups = element.option_groups ?? [{ options: element.options ?? [] }];
  return groups.flatMap((group) => group.options.map((option) => fromOption(option, group.label?.text)));
}

function fromOption(option, group = null) {
  return {
    value: option.value,
    label: withEmoji(option.text.text),
    hint: option.description?.text,
    group,
    raw: option,
  };
}

function people() {
  return [...store.users.values()].map((user) => ({
    value: user.id,
    label: user.real_name,
    hint: user.title,
    raw: user.id,
  }));
}

function channels(fits) {
  return [...store.channels.values()]
    .filter((channel) => !channel.is_archived && fits(channel))
    .map((channel) => ({
      value: channel.id,
      label: channel.is_im ? store.bot.name : `#${channel.name}`,
      raw: channel.id,
    }));
}

const valueOf = (chosen) => (typeof chosen === "object" && chosen !== null ? chosen.value : chosen);

// The entry of something chosen before; the bot's own options are not known in advance.
function entryOf(chosen, entries) {
  const known = entries.find((entry) => entry.value === valueOf(chosen));
  return known ?? (chosen?.text ? fromOption(chosen) : null);
}

/** A select of the browser. */
export function nativeSelect({ element, current, chose, inInput, props }) {
  const select = el("select", { ...props, class: "field-input" });
  const entries = offered(element);
  const optional = inInput?.optional;
  select.append(el(
    "option",
    { value: "", disabled: !optional, hidden: !optional },
    element.placeholder?.text ?? "Choose",
  ));
  const groups = new Map();
  for (const { group, value, label } of entries) {
    if (group && !groups.has(group)) {
      groups.set(group, el("optgroup", { label: group }));
      select.append(groups.get(group));
    }
    (groups.get(group) ?? select).append(el("option", { value }, label));
  }
  select.value = valueOf(current) ?? "";
  select.addEventListener(
    "change",
    () => chose(entries.find((entry) => entry.value === select.value)?.raw ?? null),
  );
  return select;
}

function searchIn(entries) {
  return async (query) => {
    const words = query.trim().toLowerCase();
    return entries.filter((entry) => entry.label.toLowerCase().includes(words)).slice(0, MOST_SHOWN);
  };
}

function search({ element, blockId, surface }) {
  if (!element.type.endsWith("external_select")) return searchIn(offered(element));
  return async (query) => (await surface.options(
    element,
    blockId,
    query,
  )).map((option) => fromOption(option));
}

function shortest(element) {
  // Slack asks for three characters unless the app says otherwise.
  return element.type.endsWith("external_select") ? (element.min_query_length ?? 3) : 0;
}

/** One choice, found by typing. */
export function longMenu(slot) {
  const { element, current, chose, props } = slot;
  const chosen = entryOf(current, offered(element));
  return new Combobox({
    search: search(slot),
    changed: ([entry]) => chose(entry?.raw ?? null),
    chosen: chosen ? [chosen] : [],
    placeholder: element.placeholder?.text ?? "Choose",
    shortest: shortest(element),
    props,
  }).node;
}

/** Several choices, found by typing. */
export function multiMenu(slot) {
  const { element, current, chose, props } = slot;
  const entries = offered(element);
  return new Combobox({
    search: search(slot),
    changed: (chosen) => chose(chosen.map((entry) => entry.raw)),
    chosen: (current ?? []).map((one) => entryOf(one, entries)).filter(Boolean),
    multi: true,
    most: element.max_selected_items ?? Infinity,
    placeholder: element.placeholder?.text ?? "Choose",
    shortest: shortest(element),
    props,
  }).node;
}

/** Radio buttons or check boxes, all in view. */
export function choices({ element, current, chose, props }) {
  const several = element.type === "checkboxes";
  const name = newId("choice");
  const chosen = new Set((several ? (current ?? []) : [current]).map(valueOf));
  const group = el("div", { ...props, class: "choices", role: several ? "group" : "radiogroup" });
  for (const option of element.options) {
    const input = el(
      "input",
      { type: several ? "checkbox" : "radio", name, value: option.value, checked: chosen.has(option.value) },
    );
    group.append(el(
      "label",
      { class: "choice" },
      input,
      el("span", {}, text(option.text), option.description ? hint(option.description) : null),
    ));
  }
  group.addEventListener("change", () => {
    const on = new Set([...group.querySelectorAll("input:checked")].map((input) => input.value));
    const picked = element.options.filter((option) => on.has(option.value));
    return chose(several ? picked : (picked[0] ?? null));
  });
  return group;
}

function text(object) {
  return object.type === "mrkdwn" ? mrkdwn(object.text) : withEmoji(object.text);
}

function hint(object) {
  return el("span", { class: "choice-hint" }, text(object));
}
