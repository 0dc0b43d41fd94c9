// The head of a channel: its name and topic, its links, its pins and who is in it.

import { post } from "./api.js";
import { avatar } from "./avatar.js";
import { el, link } from "./dom.js";
import { icon } from "./icons.js";
import { mrkdwn } from "./mrkdwn.js";
import { pinsButton } from "./pins.js";
import { go, goElsewhere } from "./place.js";
import { closePopup, openPopup, opener } from "./popup.js";
import { openDrawer } from "./sidebar.js";
import { botConversation, me, store } from "./store.js";
import { attempt } from "./toast.js";

/** The parts of the head of what is open. */
export function headerParts() {
  const channel = store.channels.get(store.at.channel);
  const opened = el(
    "button",
    {
      type: "button",
      class: "icon-button drawer-open",
      "aria-label": "People and channels",
      dataset: { testid: "drawer-open" },
    },
    icon("menu"),
    avatar(me(), "tiny"),
  );
  opened.addEventListener("click", openDrawer);
  if (store.at.home || channel?.is_im) return [opened, botTitle(), tabs(botConversation())];
  if (!channel) return [opened, el("h1", {}, "No channel")];
  const name = el(
    "h1",
    { title: channel.name, dataset: { testid: "channel-name" } },
    icon(channel.is_private ? "lock" : "hash"),
    el("span", { class: "channel-name" }, channel.name),
  );
  return [opened, el("div", { class: "channel-title" }, name, about(channel)), extras(channel)];
}

/** The links of a channel, for the row below its head. */
export function bookmarks() {
  const channel = store.at.home ? null : store.channels.get(store.at.channel);
  return (channel?.bookmarks ?? []).map((one) => {
    const anchor = link(one.link, one.title, { class: "bookmark", title: one.link, dataset: { testid: "bookmark" } });
    anchor.prepend(icon("bookmark"));
    return anchor;
  });
}

function about(channel) {
  const text = channel.topic || channel.purpose;
  return text ? el("p", { class: "topic", title: text, dataset: { testid: "topic" } }, mrkdwn(text)) : null;
}

function extras(channel) {
  const pins = channel.pins.length ? pinsButton(channel) : null;
  const count = channel.members.length;
  const label = `${count} member${count === 1 ? "" : "s"}`;
  const members = opener(
    { class: "count", "aria-label": label, title: label, dataset: { testid: "members-open" } },
    icon("users"),
    String(count),
  );
  members.addEventListener("click", () => {
    openPopup(members, details(channel), { label: `About #${channel.name}`, testid: "members", kind: "wide" });
  });
  return el("div", { class: "channel-extras" }, pins, members);
}

function details(channel) {
  const people = channel.members.map((id) => store.users.get(id)).filter(Boolean);
  return el(
    "div",
    { class: "details" },
    channel.topic ? el("div", { class: "b-text" }, el("strong", {}, "Topic "), mrkdwn(channel.topic)) : null,
    channel.purpose ? el("div", { class: "b-text" }, el("strong", {}, "About "), mrkdwn(channel.purpose)) : null,
    el(
      "ul",
      { class: "members" },
      people.map((user) => el(
        "li",
        { dataset: { testid: "member", user: user.id } },
        avatar(user, "tiny"),
        user.real_name,
        user.title ? el("span", { class: "dim" }, user.title) : null,
      )),
    ),
    channel.members.includes(store.me) && !channel.is_general ? leave(channel) : null,
  );
}

function leave(channel) {
  const button = el(
    "button",
    { type: "button", class: "button small danger", dataset: { testid: "leave" } },
    "Leave the channel",
  );
  button.addEventListener("click", () => {
    closePopup();
    // First away, then out: nothing asks about a channel that one cannot see any more.
    goElsewhere(channel.id);
    attempt(() => post("leave", { channel: channel.id }));
  });
  return button;
}

function botTitle() {
  const mode = store.bot.mode === "socket" ? "Socket Mode" : "HTTP";
  const state = store.bot.connected ? `connected by ${mode}` : "not connected";
  return el(
    "div",
    { class: "channel-title" },
    el("h1", { dataset: { testid: "channel-name" } }, avatar({ is_bot: true }, "tiny"), store.bot.name),
    el("p", { class: "topic" }, state),
  );
}

function tabs(talk) {
  const make = (label, here, place) => {
    const button = el(
      "button",
      {
        type: "button",
        class: "tab",
        "aria-pressed": String(here),
        dataset: { testid: `tab-${label.toLowerCase()}` },
      },
      label,
    );
    button.addEventListener("click", () => go(place));
    return button;
  };
  return el(
    "div",
    { class: "tabs", role: "group", "aria-label": store.bot.name },
    store.bot.home_tab ? make("Home", store.at.home, { channel: talk?.id ?? null, home: true }) : null,
    talk ? make("Messages", !store.at.home, { channel: talk.id }) : null,
  );
}
