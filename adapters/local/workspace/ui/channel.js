// The middle: the header of what is open, its messages or the bot's home tab, and the composer.

import { post } from "./api.js";
import { Composer, invitation } from "./composer.js";
import { el, fill } from "./dom.js";
import { bookmarks, headerParts } from "./header.js";
import { homeTab } from "./home.js";
import { icon } from "./icons.js";
import { closePopup } from "./popup.js";
import { channelTitle, on, store } from "./store.js";
import { Timeline } from "./timeline.js";
import { attempt } from "./toast.js";

/** Build it; returns its parts. */
export function startChannel() {
  const main = document.getElementById("main");
  const header = el("header", { class: "channel-header", dataset: { testid: "channel-header" } });
  const links = el("nav", {
    class: "bookmarks",
    "aria-label": "Links of the channel",
    hidden: true,
    dataset: { testid: "bookmarks" },
  });
  const strips = el("div", { class: "strips" });
  const timeline = new Timeline({ label: "Messages", testid: "messages" });
  const home = el("div", { class: "home", tabindex: 0, hidden: true, dataset: { testid: "home" } });
  const composer = new Composer({ sent: () => timeline.toEnd() });
  const gate = el("div", { class: "gate", hidden: true, dataset: { testid: "gate" } });
  fill(
    main,
    header,
    links,
    strips,
    timeline.node,
    home,
    el("div", { class: "composer-place" }, composer.form, gate),
  );

  const drawHeader = () => {
    fill(header, headerParts());
    const parts = bookmarks();
    links.hidden = parts.length === 0;
    fill(links, parts);
  };
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
  on("place", ({ moved }) => {
    if (!moved) return;
    timeline.clear();
    closePopup(); // it tells of the channel that was open
  });
  on("timeline", () => timeline.update(store.timeline));
  on("reveal", (ts) => timeline.reveal(ts));
  for (const topic of ["state", "place", "home"]) on(topic, () => store.at.home && homeTab(home));
  for (const topic of ["state", "bot", "online"]) on(topic, () => fill(strips, stripParts()));
  return { timeline, composer };
}

function title(channel) {
  const name = store.at.home || channel ? channelTitle(store.at.home ? null : channel) : "";
  const unread = [...store.channels.values()].reduce((sum, one) => sum + one.unread, 0);
  return `${unread ? `(${unread}) ` : ""}${[name, store.team.name].filter(Boolean).join(" · ")}`;
}

// Why one cannot write here, and what to do about it.
function barrier(channel) {
  if (channel.is_archived) return [el("p", {}, "This channel is archived.")];
  if (channel.is_im && store.bot.messages_read_only) {
    return [el("p", {}, "Sending messages to this app has been turned off.")];
  }
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
