// The middle: the header of what is open, its messages or the bot's home tab, and the composer.

import { post } from "./api.js";
import { avatar } from "./avatar.js";
import { Composer, invitation } from "./composer.js";
import { el, fill, link } from "./dom.js";
import { homeTab } from "./home.js";
import { icon } from "./icons.js";
import { mrkdwn } from "./mrkdwn.js";
import { go } from "./place.js";
import { openDrawer } from "./sidebar.js";
import { botConversation, channelTitle, me, on, store } from "./store.js";
import { Timeline } from "./timeline.js";
import { attempt } from "./toast.js";

/** Build it; returns its parts. */
export function startChannel() {
  const main = document.getElementById("main");
  const header = el("header", { class: "channel-header", dataset: { testid: "channel-header" } });
  const strips = el("div", { class: "strips" });
  const timeline = new Timeline({ label: "Messages", testid: "messages" });
  const home = el("div", { class: "home", tabindex: 0, hidden: true, dataset: { testid: "home" } });
  const composer = new Composer({ sent: () => timeline.toEnd() });
  const gate = el("div", { class: "gate", hidden: true, dataset: { testid: "gate" } });
  fill(
    main,
    header,
    strips,
    timeline.node,
    home,
    el("div", { class: "composer-place" }, composer.form, gate),
  );

  const drawHeader = () => fill(header, headerParts());
  const drawPlace = () => {
    const channel = store.channels.get(store.at.channel);
    timeline.node.hidden = store.at.home;
    home.hidden = !store.at.home;
    const barred = store.at.home || !channel ? [] : barrier(channel);
    composer.form.hidden = store.at.home || !channel || barred.length > 0;
    gate.hidden = barred.length === 0;
    fill(gate, barred);
    if (channel) composer.at({ channel: channel.id, thread: null }, invitation(channel));
    document.title = title(channel);
  };
  for (const topic of ["state", "channels", "place"]) {
    on(topic, drawHeader);
    on(topic, drawPlace);
  }
  on("place", ({ moved }) => moved && timeline.clear());
  on("timeline", () => timeline.update(store.timeline));
  for (const topic of ["state", "place", "home"]) on(topic, () => store.at.home && homeTab(home));
  for (const topic of ["state", "bot", "online"]) on(topic, () => fill(strips, stripParts()));
  return { timeline, composer };
}

function title(channel) {
  const name = store.at.home || channel ? channelTitle(store.at.home ? null : channel) : "";
  const unread = [...store.channels.values()].reduce((sum, one) => sum + one.unread, 0);
  return `${unread ? `(${unread}) ` : ""}${[name, store.team.name].filter(Boolean).join(" · ")}`;
}

function headerParts() {
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
    { dataset: { testid: "channel-name" } },
    icon(channel.is_private ? "lock" : "hash"),
    channel.name,
  );
  return [opened, el("div", { class: "channel-title" }, name, about(channel)), extras(channel)];
}

function about(channel) {
  const text = channel.topic || channel.purpose;
  return text ? el("p", { class: "topic", title: text, dataset: { testid: "topic" } }, mrkdwn(text)) : null;
}

function extras(channel) {
  const bookmarks = channel.bookmarks.map((one) => link(one.link, one.title, { class: "bookmark" }));
  const pins = channel.pins.length ? el(
    "span",
    { class: "count", title: "Pinned messages" },
    icon("pin"),
    String(channel.pins.length),
  ) : null;
  const names = channel.members.map((id) => store.users.get(id)?.real_name ?? id).join(", ");
  const members = el(
    "span",
    { class: "count", title: names },
    icon("users"),
    String(channel.members.length),
    el("span", { class: "visually-hidden" }, " members"),
  );
  return el("div", { class: "channel-extras" }, bookmarks, pins, members);
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
    make("Home", store.at.home, { channel: talk?.id ?? null, home: true }),
    talk ? make("Messages", !store.at.home, { channel: talk.id }) : null,
  );
}

// Why one cannot write here, and what to do about it.
function barrier(channel) {
  if (channel.is_archived) return [el("p", {}, "This channel is archived.")];
  if (channel.members.includes(store.me)) return [];
  const join = el(
    "button",
    { type: "button", class: "button primary", dataset: { testid: "join" } },
    `Join #${channel.name}`,
  );
  join.addEventListener("click", () => attempt(() => post("join", { channel: channel.id })));
  return [el("p", {}, "You are looking at a channel that you have not joined."), join];
}

function stripParts() {
  const parts = [];
  if (!store.online) {
    parts.push(strip(
      "lost",
      "The connection to the workspace is lost. Trying to reconnect …",
    ));
  }
  else if (!store.bot.connected) {
    parts.push(strip(
      "offline",
      `${store.bot.name} is not connected: commands and buttons fail until it is back.`,
    ));
  }
  return parts;
}

const strip = (name, text) => el(
  "p",
  { class: `strip ${name}`, role: "status", dataset: { testid: `strip-${name}` } },
  icon("alert"),
  text,
);
