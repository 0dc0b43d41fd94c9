// One message of a channel or a thread.

import { post } from "./api.js";
import { avatar } from "./avatar.js";
import { renderBlocks } from "./blocks.js";
import { clock, momentOf, timeElement } from "./dates.js";
import { el, link } from "./dom.js";
import { REACTIONS, emojiText } from "./emoji.js";
import { icon } from "./icons.js";
import { Surface } from "./interaction.js";
import { openMenu } from "./menu.js";
import { mrkdwn } from "./mrkdwn.js";
import { ownPicture, thumbnail } from "./picture.js";
import { openThread } from "./place.js";
import { store } from "./store.js";
import { attempt, toast } from "./toast.js";

const SYSTEM = new Set([
  "channel_join",
  "group_join",
  "channel_topic",
  "channel_purpose",
  "channel_name",
  "channel_archive",
  "tombstone",
]);
const TOGETHER_SECONDS = 300;

const isSystem = (message) => SYSTEM.has(message.subtype);

/** Whether a message continues the one above it, so that its author need not be repeated. */
export function continues(message, above) {
  if (!above || message.failure || isSystem(message) || isSystem(above) || above.failure) return false;
  const author = (one) => `${one.user}|${one.username}|${one.ephemeral}`;
  const soon = Number(message.ts) - Number(above.ts) < TOGETHER_SECONDS;
  return soon && author(message) === author(above) && !message.blocks;
}

/** The node of a message; `compact` leaves out its author, `inThread` its way to the thread. */
export function renderMessage(message, { compact = false, inThread = false } = {}) {
  const kinds = [
    "message",
    compact && "compact",
    message.ephemeral && "ephemeral",
    message.failure && "failure",
    message.pinned && "pinned",
    isSystem(message) && "system",
  ];
  return el(
    "li",
    {
      class: kinds.filter(Boolean).join(" "),
      dataset: { testid: "message", ts: message.ts, channel: message.channel, user: message.user },
    },
    gutter(message, compact),
    el(
      "div",
      { class: "message-content" },
      note(message),
      compact ? null : head(message),
      body(message),
      foot(message, inThread),
    ),
    toolbar(message, inThread),
  );
}

function gutter(message, compact) {
  if (message.failure) {
    return el(
      "span",
      { class: "gutter" },
      el("span", { class: "avatar failure-mark" }, icon("alert")),
    );
  }
  if (isSystem(message)) return el("span", { class: "gutter" }, icon("info"));
  if (compact) return el("span", { class: "gutter" }, stamp(message));
  const user = store.users.get(message.user);
  return el(
    "span",
    { class: "gutter" },
    avatar(user ?? { is_bot: Boolean(message.bot_id), real_name: message.username || "?" }),
  );
}

function note(message) {
  const notes = [];
  if (message.pinned) notes.push(el("span", { class: "note" }, icon("pin"), "Pinned"));
  if (message.ephemeral) {
    notes.push(el(
      "span",
      { class: "note", dataset: { testid: "only-you" } },
      icon("eye"),
      "Only visible to you",
    ));
  }
  if (message.subtype === "thread_broadcast") {
    notes.push(el(
      "span",
      { class: "note" },
      icon("reply"),
      "Also sent to the channel",
    ));
  }
  return notes.length ? el("div", { class: "notes" }, notes) : null;
}

/** The name that a message carries. */
export function authorName(message) {
  if (message.failure) return "Workspace";
  const user = store.users.get(message.user);
  return (message.bot_id ? message.username : null) || user?.real_name || message.username || "Somebody";
}

function head(message) {
  if (isSystem(message)) return null;
  const badge = message.bot_id && !message.failure ? el("span", { class: "badge" }, "APP") : null;
  return el(
    "div",
    { class: "message-head" },
    el("span", { class: "author", dataset: { testid: "author" } }, authorName(message)),
    badge,
    stamp(message),
  );
}

function stamp(message) {
  const moment = momentOf(message.ts);
  return timeElement(moment, clock(moment), { class: "stamp" });
}

function body(message) {
  const node = el("div", { class: "message-body", dataset: { testid: "body" } });
  if (message.blocks?.length) {
    const surface = new Surface("message", { channel: message.channel, ts: message.ts });
    node.append(...renderBlocks(message.blocks, surface));
  } else {
    node.append(el("div", { class: "b-text" }, mrkdwn(message.text)));
  }
  if (message.edited) node.append(el("span", { class: "edited", dataset: { testid: "edited" } }, "(edited)"));
  return node;
}

function foot(message, inThread) {
  const parts = [files(message), reactions(message), inThread ? null : replies(message)].filter(Boolean);
  return parts.length ? el("div", { class: "message-foot" }, parts) : null;
}

function files(message) {
  if (!message.files?.length) return null;
  return el(
    "ul",
    { class: "files" },
    message.files.map(fileOf),
  );
}

function fileOf(file) {
  const hooks = { testid: "file", name: file.name };
  const src = file.mimetype.startsWith("image/") ? ownPicture(file.url) : null;
  if (!src) {
    return el(
      "li",
      { dataset: hooks },
      link(file.url, file.name),
      el("span", { class: "dim" }, file.mimetype),
    );
  }
  return el(
    "li",
    { class: "file-picture", dataset: hooks },
    el(
      "figure",
      {},
      el("figcaption", {}, file.title),
      thumbnail({ ...file, src }),
    ),
  );
}

function reactions(message) {
  if (!message.reactions?.length) return null;
  const buttons = message.reactions.map(({ name, users }) => {
    const own = users.includes(store.me);
    const who = users.map((id) => store.users.get(id)?.real_name ?? id).join(", ");
    const label = `${name}, ${users.length}: ${who}`;
    const button = el(
      "button",
      {
        type: "button",
        class: "reaction",
        "aria-pressed": String(own),
        "aria-label": label,
        title: who,
        dataset: { name },
      },
      el("span", { class: "emoji" }, emojiText(name)),
      el("span", {}, String(users.length)),
    );
    button.addEventListener("click", () => react(message, name));
    return button;
  });
  return el("div", { class: "reactions" }, buttons);
}

function replies(message) {
  if (!message.reply_count) return null;
  const count = message.reply_count === 1 ? "1 reply" : `${message.reply_count} replies`;
  const button = el(
    "button",
    { type: "button", class: "replies", dataset: { testid: "replies" } },
    icon("reply"),
    count,
  );
  button.addEventListener("click", () => openThread(message.ts));
  return button;
}

const react = (message, name) => attempt(() => post(
  "react",
  { channel: message.channel, ts: message.ts, name },
));

function toolbar(message, inThread) {
  if (message.ephemeral || message.failure || isSystem(message)) return null;
  const thread = el(
    "button",
    {
      type: "button",
      class: "icon-button small quick",
      "aria-label": "Reply in thread",
      title: "Reply in thread",
      dataset: { testid: "reply" },
    },
    icon("reply"),
  );
  thread.addEventListener("click", () => openThread(message.thread_ts ?? message.ts));
  const more = el(
    "button",
    {
      type: "button",
      class: "icon-button small",
      "aria-label": "More actions for this message",
      title: "More actions",
      "aria-haspopup": "menu",
      "aria-expanded": "false",
      dataset: { testid: "message-menu" },
    },
    icon("more"),
  );
  more.addEventListener("click", () => openMenu(more, entries(message), { label: "Message" }));
  return el("div", { class: "toolbar" }, inThread ? null : thread, more);
}

function entries(message) {
  const place = { channel: message.channel, ts: message.ts };
  const shortcuts = store.shortcuts.filter((shortcut) => shortcut.type === "message");
  return [
    { label: "Reply in thread", icon: icon("reply"), run: () => openThread(message.thread_ts ?? message.ts) },
    ...REACTIONS.slice(
      0,
      5,
    ).map((name) => ({
      label: `React with ${emojiText(name)}`,
      dataset: { reaction: name },
      run: () => react(message, name),
    })),
    null,
    {
      label: message.pinned ? "Remove the pin" : "Pin to the channel",
      icon: icon("pin"),
      run: () => attempt(() => post("pin", place)),
    },
    ...shortcuts.map((shortcut) => ({
      label: shortcut.name,
      hint: store.bot.name,
      icon: icon("bolt"),
      dataset: { callbackId: shortcut.callback_id },
      run: () => useShortcut({ callback_id: shortcut.callback_id, ...place }),
    })),
  ];
}

/** Use a shortcut of the bot. */
export async function useShortcut(body) {
  const answer = await attempt(() => post("shortcut", body));
  if (answer?.failure) toast(answer.failure);
}
