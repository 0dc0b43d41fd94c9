// The page of the local workspace. Starts its parts, follows the workspace's changes, and keeps
// the address `?as=PERSON#channel` and what is shown in step.
//
// Hooks for browser tests (stable; everything else may change):
//   data-testid   banner sidebar main thread inspector toasts announcer skip
//     sidebar     team act-as person[data-user, aria-checked] channels direct others
//                 channel[data-channel, data-name, aria-current] unread cloud-link theme traffic-toggle
//                 drawer-open drawer-close
//     channel     channel-header channel-name topic bookmarks bookmark pins-open pins pin
//                 pin-show members-open members member[data-user] leave messages messages-jump
//                 home tab-home tab-messages strip-offline strip-lost gate join
//     messages    message[data-ts, data-channel, data-user; classes ephemeral failure pinned]
//                 author body edited only-you replies reply message-menu dismiss
//                 quick-reaction[data-name] add-reaction; .reaction[data-name]
//                 emoji-picker emoji-search, [data-emoji]; edit edit-field edit-save
//                 file[data-name] file-open file-reader file-close
//     composer    composer thread-composer send composer-error shortcuts
//                 completion thread-completion command[data-command] command-hint
//                 mention[data-user | data-group]
//     thread      thread-messages thread-messages-jump thread-close
//     blocks      .block[data-block-id, data-block-type]; every control has
//                 data-block-id and data-action-id; unknown-block unknown-element option[data-value]
//     pictures    thumbnail (opens) lightbox lightbox-close
//     dialogs     modal[data-view, data-callback-id] modal-submit modal-close modal-close-x
//                 modal-failure field-error; confirm confirm-yes confirm-deny
//     others      menu (items: [role=menuitem][data-callback-id, data-action, data-value]) toast
//     inspector   exchanges exchange[data-kind, data-name, data-direction] traffic-filter
//                 traffic-direction traffic-clear traffic-close
//   A button is disabled and aria-busy while its click is under way. <html data-ready> is set once
//   the first messages are shown, and once more when those of somebody else are.

import { actAs, get, post, stream } from "./api.js";
import { startChannel } from "./channel.js";
import { startInspector, toggleInspector } from "./inspector.js";
import { startKeyboard } from "./keyboard.js";
import { authorName } from "./messages.js";
import { dropViews, viewClosed, viewOpened, viewUpdated } from "./modal.js";
import { mrkdwn } from "./mrkdwn.js";
import { actorInAddress, addressOf, go, placeInAddress, placeOfPermalink } from "./place.js";
import { holdWhilePressed } from "./press.js";
import { startSidebar } from "./sidebar.js";
import {
  applyChannel,
  applyDeletion,
  applyList,
  applyMessage,
  applyState,
  botConversation,
  emit,
  markRead,
  on,
  store,
} from "./store.js";
import { startThread } from "./thread.js";
import { announce, attempt } from "./toast.js";

const READ_PAUSE_MS = 300;
const LONGEST_ANNOUNCEMENT = 240;

let endStream = () => {};
let reading = 0; // how many reads and presses are under way
let waiting = []; // changes that arrived meanwhile; they are newer than what is read
let generation = 0; // counts up when somebody else is acted as
let readTimer = 0;

const CHANGES = {
  message: ({ message }) => applyMessage(message, true),
  message_changed: ({ message }) => applyMessage(message, false),
  message_deleted: applyDeletion,
  channel: ({ channel }) => applyChannel(channel),
  view_open: ({ view }) => viewOpened(view),
  view_update: ({ view }) => viewUpdated(view),
  view_close: ({ view_id: id }) => viewClosed(id),
  home: ({ view }) => {
    store.home = view;
    emit("home");
  },
  bot: ({ connected }) => {
    store.bot = { ...store.bot, connected };
    emit("bot");
  },
  traffic: ({ entry }) => emit("traffic", entry),
  state: () => attempt(() => whileReading(readState)),
};

function received(event) {
  if (reading > 0) waiting.push(event);
  else CHANGES[event.type]?.(event);
}

// Changes wait while something is read or pressed, and are applied to what was read.
async function whileReading(read) {
  reading += 1;
  try {
    return await read();
  } finally {
    reading -= 1;
    if (reading === 0) {
      const held = waiting;
      waiting = [];
      held.forEach(received);
    }
  }
}

async function readState() {
  const started = generation;
  const state = await get("state");
  if (started !== generation) return;
  applyState(state);
  // What was open may be out of sight by now: one has left it, or was taken out.
  if (store.at.channel && !store.channels.has(store.at.channel)) go(placeInAddress(), { replace: true });
}

async function readMessages(name) {
  const { channel, thread } = store.at;
  const wanted = name === "replies" ? thread : channel && !store.at.home;
  if (!wanted) return applyList(name, []);
  const started = generation;
  const params = name === "replies" ? { channel, thread_ts: thread } : { channel };
  const { messages } = await get("messages", params);
  const still = started === generation && store.at.channel === channel;
  if (still && (name === "timeline" || store.at.thread === thread)) applyList(name, messages);
  return undefined;
}

// On every connection of the stream: whatever happened before it is read anew.
async function readAll({ first, atBot, from }) {
  const started = generation;
  await attempt(() =>
    whileReading(async () => {
      await readState();
      if (started !== generation) return;
      if (first) {
        const talk = botConversation();
        // Whoever has gone on meanwhile is not taken back.
        const stay = atBot && store.at === from;
        const place = stay ? { channel: talk?.id ?? null, home: atBot.home || !talk } : placeInAddress();
        go(place, { replace: true, anew: true });
      } else {
        await Promise.all([readMessages("timeline"), readMessages("replies")]);
      }
    }),
  );
  emit("reopened");
}

function connect({ atBot = null } = {}) {
  endStream();
  let first = true;
  const from = store.at;
  endStream = stream({
    received,
    opened: () => {
      setOnline(true);
      readAll({ first, atBot, from });
      first = false;
    },
    lost: () => {
      setOnline(false);
      if (first) leaveUnknown();
    },
  });
}

// The person remembered or named in the address may not be in this workspace (any more).
async function leaveUnknown() {
  const named = store.me;
  try {
    await get("state");
  } catch (error) {
    if (!error.refused || store.me !== named) return;
    actAs(null);
    const state = await attempt(() => get("state"));
    if (state) become(state.me);
  }
}

function setOnline(online) {
  if (store.online === online) return;
  store.online = online;
  emit("online");
}

function become(user) {
  if (user === store.me) return;
  const known = store.channels.get(store.at.channel);
  const atBot = store.at.home || known?.is_im ? { home: store.at.home } : null;
  generation += 1;
  clearTimeout(readTimer); // what the one before has read is not what this one has
  delete document.documentElement.dataset.ready;
  dropViews();
  waiting = [];
  Object.assign(store, { me: user, home: null, timeline: new Map(), replies: new Map() });
  store.at = { ...store.at, thread: null, message: null };
  history.pushState(null, "", addressOf(store.at));
  localStorage.setItem("as", user);
  actAs(user);
  emit("state");
  emit("timeline");
  connect({ atBot });
}

async function placed({ moved, threaded }) {
  await attempt(() =>
    whileReading(() =>
      Promise.all([moved && readMessages("timeline"), (moved || threaded) && readMessages("replies")]),
    ),
  );
  document.documentElement.dataset.ready = "";
  seen();
  if (store.at.message) emit("reveal", store.at.message);
  const atBot = store.at.home || store.channels.get(store.at.channel)?.is_im;
  if (moved && atBot) openHome(store.at.home ? "home" : "messages");
}

async function openHome(tab) {
  await attempt(() => post("open_home", { tab }));
  if (!botConversation()) await attempt(() => whileReading(readState));
}

// What is in view counts as read, a moment after it came.
function seen() {
  clearTimeout(readTimer);
  const { channel, home } = store.at;
  if (!channel || home || document.visibilityState !== "visible") return;
  const reader = generation;
  readTimer = setTimeout(() => {
    if (reader !== generation || !store.channels.has(channel)) return;
    markRead(channel);
    post("read", { channel }).catch(() => {}); // it will be said again with the next message
  }, READ_PAUSE_MS);
}

function arrived(message) {
  if (message.channel !== store.at.channel) return;
  seen();
  const said = mrkdwn(message.text);
  announce(`${authorName(message)}: ${said.textContent}`.slice(0, LONGEST_ANNOUNCEMENT));
}

// The address of a message of this workspace leads there at once, and not to a second page.
function followPermalink(event) {
  const anchor = event.target.closest?.("a[href]");
  if (!anchor || event.defaultPrevented || event.metaKey || event.ctrlKey || event.shiftKey) return;
  const place = placeOfPermalink(anchor.href);
  if (!place) return;
  event.preventDefault();
  go(place);
}

async function start() {
  startSidebar({ acted: become, inspect: toggleInspector });
  const { composer } = startChannel();
  startThread();
  startInspector();
  startKeyboard({ become, composer });
  on("place", placed);
  on("arrival", arrived);
  holdWhilePressed((press) => whileReading(() => press));
  document.addEventListener("visibilitychange", seen);
  document.addEventListener("click", followPermalink);
  window.addEventListener("popstate", () => {
    const actor = actorInAddress();
    if (actor && actor !== store.me && store.users.has(actor)) become(actor);
    else go(placeInAddress(), { replace: true });
  });
  // Nobody is named on the very first visit: the workspace proposes somebody.
  const actor = actorInAddress() ?? (await attempt(() => get("state")))?.me;
  if (!actor) return;
  store.me = actor;
  localStorage.setItem("as", actor);
  actAs(actor);
  connect();
}

start();
