// What the page knows, and who wants to hear that it changed. It knows nothing of the DOM.

/** The people, channels and messages as the workspace last told them. */
export const store = {
  team: { id: "", name: "" },
  me: null,
  bot: { user_id: null, name: "Bot", connected: true, mode: "http", home_tab: false, messages_read_only: false },
  users: new Map(),
  usergroups: new Map(),
  channels: new Map(),
  commands: [],
  shortcuts: [],
  home: null,
  cloudUrl: "", // where the console of the simulated cloud is, if there is one
  online: true,
  at: { channel: null, home: false, thread: null, message: null }, // what is being looked at
  timeline: new Map(), // ts → message of the open channel
  replies: new Map(), // ts → message of the open thread, its parent included
};

const listeners = new Map();

/** Call `listener` when a topic changes: state, channels, place, timeline, replies, bot, … */
export function on(topic, listener) {
  if (!listeners.has(topic)) listeners.set(topic, new Set());
  listeners.get(topic).add(listener);
}

/** Say that a topic changed. */
export function emit(topic, detail) {
  for (const listener of listeners.get(topic) ?? []) listener(detail);
}

const byId = (entries) => new Map(entries.map((entry) => [entry.id, entry]));

/** Take over `/ui/state`. */
export function applyState(state) {
  Object.assign(store, {
    team: state.team,
    me: state.me,
    bot: state.bot,
    users: byId(state.users),
    usergroups: byId(state.usergroups),
    channels: byId(state.channels),
    commands: state.commands,
    shortcuts: state.shortcuts,
    home: state.home,
    cloudUrl: state.cloud_url,
  });
  if (store.at.channel) markRead(store.at.channel);
  emit("state");
}

/** Take over a whole channel or thread; messages that are the same keep their identity. */
export function applyList(name, messages) {
  const before = store[name];
  const next = new Map();
  for (const message of messages) {
    const known = before.get(message.ts);
    const same = known && JSON.stringify(known) === JSON.stringify(message);
    next.set(message.ts, same ? known : message);
  }
  store[name] = next;
  emit(name);
}

const SYSTEM = new Set([
  "channel_join",
  "group_join",
  "channel_topic",
  "channel_purpose",
  "channel_name",
  "channel_archive",
  "tombstone",
]);

/** Whether a line was written by the workspace itself. */
export const isSystem = (message) => SYSTEM.has(message.subtype);

const isReply = (message) => message.thread_ts && message.thread_ts !== message.ts;
const inChannel = (message) => !isReply(message) || message.subtype === "thread_broadcast";
const inThread = (message) =>
  store.at.thread && (message.ts === store.at.thread || message.thread_ts === store.at.thread);

function put(name, message) {
  const list = store[name];
  const last = [...list.keys()].at(-1);
  list.set(message.ts, message);
  if (last && message.ts < last) {
    store[name] = new Map([...list].sort(([a], [b]) => (a < b ? -1 : 1)));
  }
  emit(name);
}

/** A message that is new (`fresh`) or has changed. */
export function applyMessage(message, fresh) {
  if (message.channel === store.at.channel) {
    if (inChannel(message) && (fresh || store.timeline.has(message.ts))) put("timeline", message);
    if (inThread(message) && (fresh || store.replies.has(message.ts))) put("replies", message);
  } else if (fresh && inChannel(message) && message.user !== store.me) {
    const channel = store.channels.get(message.channel);
    const counts = channel?.members.includes(store.me) && !isSystem(message);
    if (counts) applyChannel({ ...channel, unread: channel.unread + 1 });
  }
  if (fresh && message.user !== store.me) emit("arrival", message);
}

/** A message that is gone. */
export function applyDeletion({ channel, ts }) {
  if (channel !== store.at.channel) return;
  if (store.timeline.delete(ts)) emit("timeline");
  if (store.replies.delete(ts)) emit("replies");
}

/** A channel that is new or different. */
export function applyChannel(channel) {
  store.channels.set(channel.id, channel);
  if (channel.id === store.at.channel && document.visibilityState === "visible") {
    channel.unread = 0;
  }
  emit("channels", channel);
}

/** Everything in a channel has been seen. */
export function markRead(id) {
  const channel = store.channels.get(id);
  if (!channel || channel.unread === 0) return;
  store.channels.set(id, { ...channel, unread: 0 });
  emit("channels");
}

/** The direct conversation with the bot, if there is one yet. */
export function botConversation() {
  return [...store.channels.values()].find((channel) => channel.is_im) ?? null;
}

/** The person acted as. */
export const me = () => store.users.get(store.me);

/** What a channel is called in a sentence. */
export function channelTitle(channel) {
  if (!channel) return store.bot.name;
  return channel.is_im ? store.bot.name : `#${channel.name}`;
}
