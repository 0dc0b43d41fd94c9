// What somebody typed, out of the mrkdwn that was made of it.

import { store } from "./store.js";

const ENTITIES = { "&amp;": "&", "&lt;": "<", "&gt;": ">" };
const plain = (text) => text.replace(/&(?:amp|lt|gt);/g, (entity) => ENTITIES[entity]);

/** The text as it stands in the composer: names instead of ids, and no brackets. */
export function typed(text) {
  return text
    .split(/(<[^<>\n]+>)/)
    .map((part) => (part.startsWith("<") ? reference(part.slice(1, -1)) : plain(part)))
    .join("");
}

function reference(inside) {
  const [target, label = ""] = inside.split("|");
  if (target.startsWith("@")) return `@${store.users.get(target.slice(1))?.name ?? label}`;
  if (target.startsWith("#")) return `#${store.channels.get(target.slice(1))?.name ?? label}`;
  const group = /^!subteam\^(\w+)$/.exec(target);
  if (group) return `@${store.usergroups.get(group[1])?.handle ?? label.replace(/^@/, "")}`;
  return target.startsWith("!") ? `@${target.slice(1)}` : plain(target);
}
