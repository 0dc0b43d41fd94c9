// The rich_text block: text that carries its styles as values, so nothing has to be parsed.

import { formatDate, timeElement } from "./dates.js";
import { el, link, safeUrl } from "./dom.js";
import { emojiText } from "./emoji.js";
import { channelMention, userMention, usergroupMention } from "./mrkdwn.js";

const STYLES = [
  ["code", "code"],
  ["bold", "strong"],
  ["italic", "em"],
  ["strike", "del"],
  ["underline", "u"],
];

const PARTS = {
  rich_text_section: (part) => el("div", { class: "rich-section" }, inlines(part.elements)),
  rich_text_quote: (part) => el("blockquote", {}, inlines(part.elements)),
  rich_text_preformatted: (part) => el("pre", {}, inlines(part.elements)),
  rich_text_list: list,
};

/** The nodes of a rich_text block. */
export function richText(block) {
  const parts = block.elements.map((part) => PARTS[part.type]?.(part) ?? unknown(part.type));
  return el("div", { class: "rich" }, parts);
}

function list(part) {
  const tag = part.style === "ordered" ? "ol" : "ul";
  const indent = Math.min(Number(part.indent) || 0, 8);
  const start = part.offset ? part.offset + 1 : null;
  const items = part.elements.map((item) => el("li", {}, inlines(item.elements)));
  return el(tag, { class: `rich-list level-${indent}`, start }, items);
}

function inlines(elements) {
  return elements.map((element) => styled(element, inline(element)));
}

function styled(element, node) {
  let result = node;
  for (const [style, tag] of STYLES) {
    if (element.style?.[style]) result = el(tag, {}, result);
  }
  return result;
}

function inline(element) {
  switch (element.type) {
    case "text":
      return document.createTextNode(element.text);
    case "link":
      return link(element.url, element.text);
    case "emoji":
      return el("span", { class: "emoji", role: "img", "aria-label": element.name }, emojiText(element.name));
    case "user":
      return userMention(element.user_id);
    case "channel":
      return channelMention(element.channel_id);
    case "usergroup":
      return usergroupMention(element.usergroup_id);
    case "broadcast":
      return el("span", { class: "mention loud" }, `@${element.range}`);
    case "color":
      return colour(element.value);
    case "date":
      return date(element);
    case "team":
      return el("span", { class: "mention" }, element.team_id);
    default:
      return unknown(element.type);
  }
}

function colour(value) {
  const swatch = el("span", { class: "swatch", "aria-hidden": "true" });
  if (CSS.supports("color", value)) swatch.style.backgroundColor = value;
  return el("span", {}, swatch, value);
}

function date(element) {
  const text = formatDate(element.timestamp, element.format) ?? element.fallback ?? element.format;
  const time = timeElement(new Date(element.timestamp * 1000), text);
  if (!element.url || !safeUrl(element.url)) return time;
  return el("a", { href: safeUrl(element.url), target: "_blank", rel: "noopener noreferrer" }, time);
}

function unknown(type) {
  return el("span", { class: "unknown-inline" }, `[${type}]`);
}
