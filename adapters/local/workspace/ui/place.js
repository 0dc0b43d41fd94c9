// Where the page is: `?as=U…#channel` or `#channel/thread-ts`, with `/p…` for one message of it, and
// `#home` for the bot's home tab.

import { botConversation, emit, store } from "./store.js";

const TS = /^\d+\.\d{6}$/;
const PERMALINK = /^p(\d+)(\d{6})$/; // p1718000000000100 is the message 1718000000.000100

/** Whom the address names, or whom the page acted as last. */
export function actorInAddress() {
  return new URLSearchParams(location.search).get("as") || localStorage.getItem("as");
}

/**
 * What the address names: {channel, home, thread, message}; an unknown channel becomes the first one.
 */
export function placeInAddress() {
  const [name, ...rest] = decodeURIComponent(location.hash.slice(1)).split("/");
  if (name === "home") return { channel: botConversation()?.id ?? null, home: true };
  const known = find(name);
  const thread = rest.find((part) => TS.test(part));
  const marked = rest.map((part) => PERMALINK.exec(part)).find(Boolean);
  return {
    channel: (known ?? firstChannel())?.id ?? null,
    thread: (known && thread) || null,
    message: known && marked ? `${marked[1]}.${marked[2]}` : null,
  };
}

/** The place to which the address of a message in this workspace leads, or null. */
export function placeOfPermalink(address) {
  const url = new URL(address, location.href);
  const [, folder, channel, message = ""] = url.pathname.split("/");
  const marked = PERMALINK.exec(message);
  if (url.origin !== location.origin || folder !== "archives" || !marked || !store.channels.has(channel)) return null;
  return { channel, thread: url.searchParams.get("thread_ts"), message: `${marked[1]}.${marked[2]}` };
}

function find(name) {
  if (!name) return null;
  const all = [...store.channels.values()];
  return store.channels.get(name) ?? all.find((channel) => channel.name === name) ?? null;
}

// The channel with a deploy's name is where the work is; else the first one that one is in.
function firstChannel(but = null) {
  const mine = [...store.channels.values()].filter((channel) => !channel.is_archived && channel.id !== but);
  const joined = mine.filter((channel) => !channel.is_im && channel.members.includes(store.me));
  return joined.find((channel) => channel.name === "deploys") ?? joined[0] ?? mine[0] ?? null;
}

/** Look at another channel than this one. */
export function goElsewhere(id) {
  go({ channel: firstChannel(id)?.id ?? null });
}

/** The address of a place. */
export function addressOf({ channel, home, thread, message }) {
  const known = store.channels.get(channel);
  const name = home ? "home" : known?.name || channel || "";
  const parts = [name, thread, message && `p${message.replace(".", "")}`].filter(Boolean);
  return `?as=${encodeURIComponent(store.me)}#${parts.join("/")}`;
}

/**
 * Look at another place; `replace` leaves no step in the browser's history. With `anew` everything
 * is drawn as if the page came from elsewhere.
 */
export function go(place, { replace = false, anew = false } = {}) {
  const next = { channel: null, home: false, thread: null, message: null, ...place };
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
  go({ ...store.at, home: false, thread, message: null });
}
