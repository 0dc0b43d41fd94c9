// One message of a channel or a thread.

import { avatar } from "./avatar.js";
import { renderBlocks } from "./blocks.js";
import { clock, momentOf, timeElement } from "./dates.js";
import { el, link } from "./dom.js";
import { emojiText } from "./emoji.js";
import { icon } from "./icons.js";
import { Surface } from "./interaction.js";
import { react, toolbar } from "./message_tools.js";
import { mrkdwn } from "./mrkdwn.js";
import { ownPicture, thumbnail } from "./picture.js";
import { openThread } from "./place.js";
import { isSystem, store } from "./store.js";
import { openText, readable } from "./text_file.js";

const TOGETHER_SECONDS = 300;

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
  if (!src) return el("li", { class: "file-card", dataset: hooks }, fileName(file), fileKind(file));
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

function fileName(file) {
  if (!readable(file)) return link(file.url, file.title);
  const open = el(
    "button",
    { type: "button", class: "link-button", dataset: { testid: "file-open" } },
    file.title,
  );
  open.addEventListener("click", () => openText(file));
  return open;
}

function fileKind(file) {
  const size = file.size >= 1024 ? `${Math.round(file.size / 1024)} kB` : `${file.size} bytes`;
  return el("span", { class: "dim" }, `${file.name} · ${file.mimetype} · ${size}`);
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
