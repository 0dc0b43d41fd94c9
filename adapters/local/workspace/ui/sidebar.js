// The left side: whom the page acts as, the channels, the bot. On a phone it is a drawer.

import { avatar } from "./avatar.js";
import { el, fill, link } from "./dom.js";
import { icon, mark } from "./icons.js";
import { addressOf, go } from "./place.js";
import { botConversation, on, store } from "./store.js";
import { themeButton } from "./theme.js";

const root = () => document.getElementById("sidebar");
const scrim = () => document.getElementById("scrim");
let opener = null;

/** Build it; `acted(user)` hears whom to act as, `inspect()` that the traffic is asked for. */
export function startSidebar({ acted, inspect }) {
  const people = el(
    "div",
    { class: "people", role: "radiogroup", "aria-labelledby": "act-as", dataset: { testid: "act-as" } },
  );
  const channels = el("ul", { class: "channels", dataset: { testid: "channels" } });
  const others = el("ul", { class: "channels others", dataset: { testid: "others" } });
  const othersTitle = el("h2", { class: "side-title", id: "others-title" }, "Not joined");
  const direct = el("ul", { class: "channels", dataset: { testid: "direct" } });
  const team = el("span", { class: "team-name", dataset: { testid: "team" } });
  const traffic = el(
    "button",
    {
      type: "button",
      class: "side-button",
      dataset: { testid: "traffic-toggle" },
      "aria-controls": "inspector",
    },
    icon("traffic"),
    "Traffic",
  );
  traffic.addEventListener("click", () => {
    closeDrawer();
    inspect();
  });
  const cloud = el("div", { class: "side-links", hidden: true });
  const shut = el(
    "button",
    {
      type: "button",
      class: "icon-button drawer-close",
      "aria-label": "Close",
      dataset: { testid: "drawer-close" },
    },
    icon("close"),
  );
  shut.addEventListener("click", closeDrawer);
  fill(
    root(),
    el("div", { class: "side-head" }, mark(), team, shut),
    el(
      "div",
      { class: "side-scroll" },
      el("h2", { class: "side-title", id: "act-as" }, "Act as"),
      people,
      el("h2", { class: "side-title", id: "channels-title" }, "Channels"),
      channels,
      el("h2", { class: "side-title", id: "direct-title" }, "Apps"),
      direct,
      othersTitle,
      others,
    ),
    cloud,
    el("div", { class: "side-foot" }, traffic, themeButton()),
  );
  channels.setAttribute("aria-labelledby", "channels-title");
  direct.setAttribute("aria-labelledby", "direct-title");
  others.setAttribute("aria-labelledby", "others-title");
  people.addEventListener("keydown", (event) => moveBetween(event, people, acted));
  scrim().addEventListener("click", closeDrawer);
  root().addEventListener("keydown", (event) => event.key === "Escape" && closeDrawer());

  const drawPeople = () => {
    team.textContent = store.team.name;
    const focused = people.contains(document.activeElement);
    fill(people, humans().map((user, index) => person(user, index, acted)));
    if (focused) people.querySelector("[aria-checked=true]")?.focus();
  };
  const drawChannels = () => {
    const all = [...store.channels.values()].filter((one) => !one.is_im && !one.is_archived);
    all.sort((a, b) => a.name.localeCompare(b.name));
    const joined = (one) => one.members.includes(store.me);
    const outside = all.filter((one) => !joined(one));
    fill(channels, all.filter(joined).map(channelLink));
    othersTitle.hidden = outside.length === 0;
    fill(others, outside.map(channelLink));
    fill(direct, botLink());
  };
  const drawCloud = () => {
    cloud.hidden = !store.cloudUrl;
    fill(cloud, store.cloudUrl ? cloudLink() : null);
  };
  on("state", drawPeople);
  on("state", drawCloud);
  for (const topic of ["state", "channels", "place", "bot", "online"]) on(topic, drawChannels);
  on("place", closeDrawer);
}

function cloudLink() {
  const label = el("span", { class: "channel-name" }, "Cloud console");
  const anchor = link(store.cloudUrl, label, {
    class: "side-button",
    title: "The simulated cloud: see what runs, and make a revision bad (opens in a new tab)",
    dataset: { testid: "cloud-link" },
  });
  anchor.prepend(icon("cloud"));
  anchor.append(icon("external", "side-away"));
  return anchor;
}

/** The people one can act as. */
export function humans() {
  return [...store.users.values()].filter((user) => !user.is_bot);
}

function person(user, index, acted) {
  const self = user.id === store.me;
  const button = el(
    "button",
    {
      type: "button",
      role: "radio",
      class: "person",
      "aria-checked": String(self),
      tabindex: self ? 0 : -1,
      title: `Act as ${user.real_name}${index < 9 ? ` (key ${index + 1})` : ""}`,
      dataset: { testid: "person", user: user.id },
    },
    avatar(user),
    el(
      "span",
      { class: "person-text" },
      el("span", { class: "person-name" }, user.real_name),
      el("span", { class: "person-role" }, role(user)),
    ),
    self ? el("span", { class: "person-you" }, "you") : null,
  );
  button.addEventListener("click", () => {
    closeDrawer();
    acted(user.id);
  });
  return button;
}

function role(user) {
  if (user.team_id !== store.team.id) return user.title || "From another organisation";
  return user.title || (user.is_restricted ? "Guest" : "Member");
}

function moveBetween(event, people, acted) {
  const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
  if (!step || event.altKey) return;
  event.preventDefault();
  const radios = [...people.querySelectorAll("[role=radio]")];
  const at = radios.findIndex((radio) => radio.getAttribute("aria-checked") === "true");
  acted(radios[(at + step + radios.length) % radios.length].dataset.user);
}

function channelLink(channel) {
  const here = !store.at.home && store.at.channel === channel.id;
  const sign = icon(channel.is_private ? "lock" : "hash");
  return entry({
    place: { channel: channel.id },
    here,
    sign,
    name: channel.name,
    unread: channel.unread,
    id: channel.id,
  });
}

function botLink() {
  const talk = botConversation();
  const place = talk && (talk.unread || !store.bot.home_tab) ? { channel: talk.id } : atBot(talk);
  const here = store.at.home || (talk !== null && store.at.channel === talk.id);
  const on = store.bot.connected && store.online;
  const state = el(
    "span",
    { class: `presence ${on ? "on" : ""}`, title: on ? "Connected" : "Not connected" },
  );
  const node = entry({
    place,
    here,
    sign: avatar({ is_bot: true }, "tiny"),
    name: store.bot.name,
    unread: talk?.unread ?? 0,
    id: talk?.id ?? "home",
  });
  node.querySelector("a").append(
    state,
    el("span", { class: "visually-hidden" }, on ? "connected" : "not connected"),
  );
  return node;
}

// Unread words come first; otherwise the tab that was open last stays open, and at first it is home.
function atBot(talk) {
  const reading = talk && !store.at.home && store.at.channel === talk.id;
  return reading ? { channel: talk.id } : { channel: talk?.id ?? null, home: true };
}

function entry({ place, here, sign, name, unread, id }) {
  const count = unread ? el(
    "span",
    { class: "unread", dataset: { testid: "unread" } },
    String(unread),
    el("span", { class: "visually-hidden" }, " new"),
  ) : null;
  const anchor = el(
    "a",
    {
      href: addressOf(place),
      class: `channel ${unread ? "has-unread" : ""}`,
      "aria-current": here ? "page" : null,
      title: name,
      dataset: { testid: "channel", channel: id, name },
    },
    sign,
    el("span", { class: "channel-name" }, name),
    count,
  );
  anchor.addEventListener("click", (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    go(place);
    closeDrawer();
  });
  return el("li", {}, anchor);
}

/** Open the drawer of a phone. */
export function openDrawer() {
  opener = document.activeElement;
  root().classList.add("open");
  scrim().hidden = false;
  root().querySelector("[aria-checked=true]")?.focus();
}

function closeDrawer() {
  if (!root().classList.contains("open")) return;
  root().classList.remove("open");
  scrim().hidden = true;
  opener?.focus();
}
