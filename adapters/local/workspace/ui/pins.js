// The pinned messages of a channel, in a box below their count.

import { get } from "./api.js";
import { renderBlocks } from "./blocks.js";
import { clock, dayTitle, momentOf } from "./dates.js";
import { el } from "./dom.js";
import { icon } from "./icons.js";
import { Surface } from "./interaction.js";
import { mrkdwn } from "./mrkdwn.js";
import { go } from "./place.js";
import { closePopup, openPopup, opener } from "./popup.js";
import { store } from "./store.js";
import { attempt } from "./toast.js";

/** The button that shows how many there are, and which. */
export function pinsButton(channel) {
  const count = channel.pins.length;
  const label = `${count} pinned message${count === 1 ? "" : "s"}`;
  const button = opener(
    { class: "count", "aria-label": label, title: label, dataset: { testid: "pins-open" } },
    icon("pin"),
    String(count),
  );
  button.addEventListener("click", async () => {
    const found = await attempt(() => get("pins", { channel: channel.id }));
    // By now one may be elsewhere, or the head may have been drawn anew, with another button.
    const anchor = document.querySelector("[data-testid=pins-open]");
    if (!found?.messages.length || !anchor || store.at.channel !== channel.id) return;
    const list = el("ul", { class: "pins" }, found.messages.map(pinned));
    openPopup(anchor, list, { label: "Pinned messages", testid: "pins", kind: "wide" });
  });
  return button;
}

function pinned(message) {
  const author = message.username || store.users.get(message.user)?.real_name || "Somebody";
  const moment = momentOf(message.ts);
  const show = el(
    "button",
    { type: "button", class: "link-button", dataset: { testid: "pin-show", ts: message.ts } },
    "Show in channel",
  );
  show.addEventListener("click", () => {
    closePopup();
    const thread = message.thread_ts && message.thread_ts !== message.ts ? message.thread_ts : null;
    go({ channel: message.channel, thread, message: message.ts });
  });
  // A look at it, not a second place to press its buttons.
  const shown = (message.blocks ?? []).filter((block) => block.type !== "actions" && block.type !== "input");
  const surface = new Surface("message", { channel: message.channel, ts: message.ts });
  const body = shown.length ? renderBlocks(shown, surface) : [mrkdwn(message.text)];
  return el(
    "li",
    { class: "pin", dataset: { testid: "pin" } },
    el(
      "div",
      { class: "message-head" },
      el("span", { class: "author" }, author),
      el("span", { class: "stamp" }, `${dayTitle(moment)}, ${clock(moment)}`),
      show,
    ),
    el("div", { class: "pin-body", inert: true }, body),
  );
}
