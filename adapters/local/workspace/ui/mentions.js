// Whom an @ may name: the people of the workspace, the bot and the groups.

import { avatar } from "./avatar.js";
import { el } from "./dom.js";
import { icon } from "./icons.js";
import { store } from "./store.js";

// As the workspace itself reads it: an @ inside a word or an address names nobody.
const TYPED = /(?<![\p{L}\p{N}_@])@([\p{L}\p{N}._-]*)$/u;
const ADDRESS = /https?:\/\/[^\s<>|]*$/;
// What belongs to the name behind the caret, with the one space that follows it.
const REST = /^[\p{L}\p{N}._-]* ?/u;

/** Offers those whose name begins with what was typed after an @; see `Completion`. */
export function offerMentions(before, behind) {
  const typed = TYPED.exec(before);
  if (!typed || ADDRESS.test(before)) return null;
  const query = typed[1].toLowerCase();
  const found = everybody().filter((one) => one.names.some((name) => name.startsWith(query)));
  found.sort((a, b) => distance(a, query) - distance(b, query));
  // Who has typed the whole name wants to go on, and not to choose.
  if (!found.length || (found.length === 1 && found[0].handle === query)) return null;
  const end = before.length + REST.exec(behind)[0].length;
  return { label: "People and groups", start: typed.index, end, entries: found.map((one) => one.entry) };
}

// Whose very handle it is comes first, then whose handle begins so, then whose name does.
function distance({ handle }, query) {
  if (handle === query) return 0;
  return handle.startsWith(query) ? 1 : 2;
}

function everybody() {
  return [...[...store.users.values()].map(ofPerson), ...[...store.usergroups.values()].map(ofGroup)];
}

function ofPerson(user) {
  const whole = user.real_name.toLowerCase();
  return {
    handle: user.name,
    names: [user.name, whole, ...whole.split(/[\s-]+/)],
    entry: entryOf(user.name, {
      face: avatar(user, "tiny"),
      name: user.id === store.me ? `${user.real_name} (you)` : user.real_name,
      about: user.title,
      dataset: { user: user.id },
    }),
  };
}

function ofGroup(group) {
  const count = group.users.length;
  return {
    handle: group.handle,
    names: [group.handle],
    entry: entryOf(group.handle, {
      face: icon("users"),
      name: `@${group.handle}`,
      about: `${count} member${count === 1 ? "" : "s"}`,
      dataset: { group: group.id },
    }),
  };
}

function entryOf(handle, { face, name, about, dataset }) {
  return {
    text: `@${handle} `,
    parts: [
      face,
      el("span", { class: "command-name" }, name),
      name === `@${handle}` ? null : el("span", { class: "command-usage" }, `@${handle}`),
      about ? el("span", { class: "command-about" }, about) : null,
    ],
    dataset: { ...dataset, testid: "mention" },
  };
}
