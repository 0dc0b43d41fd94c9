// Where the page is: `?as=U…#channel` or `#channel/thread-ts`, and `#home` for the bot's home tab.

import { botConversation, emit, store } from "./store.js";

/** Whom the address names, or whom the page acted as last. */
export function actorInAddress() {
  return new URLSearchParams(location.search).get("as") || localStorage.getItem("as");
}

/** What the address names: {channel, home, thread}; an unknown channel becomes the first one. */
export function placeInAddress() {
  const [name, thread] = decodeURIComponent(location.hash.slice(1)).split("/");
  if (name === "home") return { channel: botConversation()?.id ?? null, home: true, thread: null };
  const channel = find(name) ?? firstChannel();
  return { channel: channel?.id ?? null, home: false, thread: (channel && thread) || null };
}

function find(name) {
  if (!name) return null;
  const all = [...store.channels.values()];
  return store.channels.get(name) ?? all.find((channel) => channel.name === name) ?? null;
}

// The channel with a deploy's name is where the work is; else the first one that one is in.
function firstChannel() {
  const mine = [...store.channels.values()].filter((channel) => !channel.is_archived);
  const joined = mine.filter((channel) => !channel.is_im && channel.members.includes(store.me));
  return joined.find((channel) => channel.name === "deploys") ?? joined[0] ?? mine[0] ?? null;
}

/** The address of a place. */
export function addressOf({ channel, home, thread }) {
  const known = store.channels.get(channel);
  const name = home ? "home" : known?.name || channel || "";
  return `?as=${encodeURIComponent(store.me)}#${name}${thread ? `/${thread}` : ""}`;
}

/**
 * Look at another place; `replace` leaves no step in the browser's history. With `anew` everything
 * is drawn as if the page came from elsewhere.
 */
export function go(place, { replace = false, anew = false } = {}) {
  const next = { channel: null, home: false, thread: null, ...place };
  const address = addressOf(next);
  if (replace) history.replaceState(null, "", address);
  else if (address !== `${location.search}${location.hash}`) history.pushState(null, "", address);
  const moved = anew || next.channel !== store.at.channel || next.home !== store.at.home;
  const threaded = anew || next.thread !== store.at.thread;
  store.at = next;
  emit("place", { moved, threaded });
}

/** Open the thread of a message, or close the one that is open. */
export function openThread(thread) {
  go({ ...store.at, home: false, thread });
}
