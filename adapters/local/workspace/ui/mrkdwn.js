// Slack's mrkdwn: `parse` makes a tree of plain values out of a text, `mrkdwn` makes nodes of it.
// The only escapes are &amp; &lt; &gt;. They are resolved last, so that an escaped bracket can
// never become a mention or a link.

import { formatDate, timeElement } from "./dates.js";
import { el, link, safeUrl } from "./dom.js";
import { emoji } from "./emoji.js";
import { store } from "./store.js";

const ENTITIES = { "&amp;": "&", "&lt;": "<", "&gt;": ">" };
const MARKS = { "*": "strong", _: "em", "~": "del" };
const WORD = /[\p{L}\p{N}]/u;

const unescape = (text) => text.replace(/&(?:amp|lt|gt);/g, (entity) => ENTITIES[entity]);

/** The tree of a text: nodes {type, …} with `text`, or `children` for pre, quote and styles. */
export function parse(text) {
  const nodes = [];
  const parts = text.split(/```([\s\S]+?)```/);
  parts.forEach((part, index) => {
    if (index % 2) nodes.push({ type: "pre", children: preformatted(part) });
    else if (part) nodes.push(...lines(trimmed(part, index, parts.length)));
  });
  return nodes;
}

// The line breaks around a preformatted box are the box's own.
function trimmed(part, index, count) {
  let text = part;
  if (index > 0) text = text.replace(/^\n/, "");
  if (index < count - 1) text = text.replace(/\n$/, "");
  return text;
}

function preformatted(text) {
  return inline(text.replace(/^\n/, "").replace(/\n$/, ""), { plain: true });
}

function lines(text) {
  const nodes = [];
  let quote = [];
  let said = [];
  const flush = () => {
    if (quote.length) nodes.push({ type: "quote", children: inline(quote.join("\n")) });
    if (said.length) nodes.push(...inline(said.join("\n")));
    quote = [];
    said = [];
  };
  for (const line of text.split("\n")) {
    const quoted = /^(?:&gt;|>) ?(.*)$/.exec(line);
    if (quoted ? said.length : quote.length) flush();
    (quoted ? quote : said).push(quoted ? quoted[1] : line);
  }
  flush();
  return nodes;
}

function inline(text, { plain = false } = {}) {
  const nodes = [];
  let pending = "";
  const push = (node) => {
    if (pending) nodes.push({ type: "text", text: unescape(pending) });
    pending = "";
    nodes.push(node);
  };
  for (let at = 0; at < text.length; ) {
    const found = special(text, at, plain);
    if (found) {
      push(found.node);
      at = found.end;
    } else {
      pending += text[at];
      at += 1;
    }
  }
  if (pending) nodes.push({ type: "text", text: unescape(pending) });
  return nodes;
}

function special(text, at, plain) {
  const char = text[at];
  if (char === "<") return bracket(text, at);
  if (plain) return null;
  if (char === "`") return code(text, at);
  if (char in MARKS) return styled(text, at);
  if (char === ":") return emojiAt(text, at);
  if (char === "h") return bareUrl(text, at);
  return null;
}

// What a pattern finds at one place; sticky patterns look there and nowhere else.
function matchAt(pattern, text, at) {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

const CODE = /`([^`\n]+)`/y;
const EMOJI = /:([a-z0-9_+'-]+(?:::skin-tone-\d)?):/y;
// An escaped bracket ends an address, and so does the punctuation of the sentence around it.
const BARE_URL = /https?:\/\/(?:(?!&[lg]t;)[^\s<>|"`])*(?!&[lg]t;)[^\s<>|"`.,;:!?)'\]*_~]/y;
const LONGEST_STYLE = 3000; // Slack's longest section; bounds the search for the closing mark

function code(text, at) {
  const match = matchAt(CODE, text, at);
  if (!match) return null;
  return { node: { type: "code", children: inline(match[1], { plain: true }) }, end: at + match[0].length };
}

// A style starts where no word ends, and ends where no word goes on: snake_case stays as it is.
function styled(text, at) {
  const mark = text[at];
  const before = text[at - 1] ?? " ";
  if (WORD.test(before) || before === mark || /\s/.test(text[at + 1] ?? " ")) return null;
  const broken = text.indexOf("\n", at);
  const limit = Math.min(broken < 0 ? text.length : broken, at + LONGEST_STYLE);
  for (let end = text.indexOf(mark, at + 2); end > 0 && end < limit; end = text.indexOf(mark, end + 1)) {
    const after = text[end + 1] ?? " ";
    if (/\s/.test(text[end - 1]) || after === mark || WORD.test(after)) continue;
    const inside = text.slice(at + 1, end);
    if (!isWhole(inside)) continue;
    return { node: { type: MARKS[mark], children: inline(inside) }, end: end + 1 };
  }
  return null;
}

// Whether a piece of text cuts no code and no <reference> in two.
function isWhole(text) {
  const ticks = text.split("`").length - 1;
  return ticks % 2 === 0 && text.lastIndexOf("<") <= text.lastIndexOf(">");
}

function emojiAt(text, at) {
  const match = matchAt(EMOJI, text, at);
  const character = match && emoji(match[1]);
  return character ? {
    node: { type: "emoji", name: match[1], text: character },
    end: at + match[0].length,
  } : null;
}

function bareUrl(text, at) {
  if (WORD.test(text[at - 1] ?? " ")) return null;
  const match = matchAt(BARE_URL, text, at);
  if (!match) return null;
  const url = unescape(match[0]);
  return { node: { type: "link", url, text: url }, end: at + match[0].length };
}

function bracket(text, at) {
  const end = text.indexOf(">", at);
  if (end < 0) return null;
  const [target, ...rest] = text.slice(at + 1, end).split("|");
  const label = rest.length ? unescape(rest.join("|")) : null;
  const node = reference(target, label);
  return node ? { node, end: end + 1 } : null;
}

function reference(target, label) {
  if (!target || /[\n<]/.test(target)) return null;
  if (/^@[UW]\w*$/.test(target)) return { type: "user", id: target.slice(1), text: label };
  if (/^#[CGD]\w*$/.test(target)) return { type: "channel", id: target.slice(1), text: label };
  if (target.startsWith("!")) return broadcast(target, label);
  const url = unescape(target);
  if (!/^[a-z][a-z0-9+.-]*:/i.test(url)) return null;
  // An address that may not be followed shows in full, so that its label cannot disguise it.
  if (!safeUrl(url)) return { type: "text", text: label ? `${label} (${url})` : url };
  return { type: "link", url, text: label || url.replace(/^mailto:/, "") };
}

function broadcast(target, label) {
  const group = /^!subteam\^(\w+)$/.exec(target);
  if (group) return { type: "usergroup", id: group[1], text: label };
  const date = /^!date\^(\d+)\^([^^]*)(?:\^(.+))?$/.exec(target);
  if (date) {
    const shown = formatDate(date[1], unescape(date[2]));
    return {
      type: "date",
      seconds: Number(date[1]),
      text: shown ?? label ?? target,
      url: unescape(date[3] ?? ""),
    };
  }
  const range = /^!(here|channel|everyone)$/.exec(target);
  return range ? { type: "broadcast", text: range[1] } : label && { type: "text", text: label };
}

/** The nodes of a text. */
export function mrkdwn(text) {
  const fragment = document.createDocumentFragment();
  fragment.append(...parse(text ?? "").map(toNode));
  return fragment;
}

const group = (tag) => (node) => el(tag, {}, node.children.map(toNode));

const BUILD = {
  text: (node) => document.createTextNode(node.text),
  emoji: (node) => el("span", { class: "emoji", role: "img", "aria-label": node.name }, node.text),
  link: (node) => link(node.url, node.text),
  user: (node) => userMention(node.id, node.text),
  channel: (node) => channelMention(node.id, node.text),
  usergroup: (node) => usergroupMention(node.id, node.text),
  broadcast: (node) => el("span", { class: "mention loud" }, `@${node.text}`),
  date: dateNode,
  code: group("code"),
  pre: group("pre"),
  quote: group("blockquote"),
  strong: group("strong"),
  em: group("em"),
  del: group("del"),
};

function toNode(node) {
  return BUILD[node.type](node);
}

function dateNode(node) {
  const time = timeElement(new Date(node.seconds * 1000), node.text);
  return node.url && safeUrl(node.url) ? el("a", linkProps(node.url), time) : time;
}

const linkProps = (url) => ({ href: safeUrl(url), target: "_blank", rel: "noopener noreferrer" });

/** The name of a person, as somebody mentioned. */
export function userMention(id, label = null) {
  const user = store.users.get(id);
  const self = id === store.me ? " self" : "";
  return el(
    "span",
    { class: `mention${self}`, dataset: { user: id } },
    `@${user?.real_name ?? label ?? "somebody"}`,
  );
}

/** The name of a channel, which leads there. */
export function channelMention(id, label = null) {
  const channel = store.channels.get(id);
  if (!channel) return el("span", { class: "mention" }, `#${label || "private-channel"}`);
  return el("a", { class: "mention", href: `#${channel.name || id}` }, `#${channel.name}`);
}

/** The handle of a user group. */
export function usergroupMention(id, label = null) {
  const usergroup = store.usergroups.get(id);
  const self = usergroup?.users.includes(store.me) ? " self" : "";
  const name = usergroup?.handle ?? label?.replace(/^@/, "") ?? "group";
  return el("span", { class: `mention${self}` }, `@${name}`);
}
