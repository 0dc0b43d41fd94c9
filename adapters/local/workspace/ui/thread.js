// The panel on the right (on a phone, the whole page) with one thread.

import { Composer } from "./composer.js";
import { el, fill } from "./dom.js";
import { icon } from "./icons.js";
import { openThread } from "./place.js";
import { channelTitle, on, store } from "./store.js";
import { Timeline } from "./timeline.js";

/** Build it; returns its parts. */
export function startThread() {
  const panel = document.getElementById("thread");
  const timeline = new Timeline({ label: "Thread", inThread: true, testid: "thread-messages" });
  const composer = new Composer({ inThread: true, sent: () => timeline.toEnd() });
  const where = el("p", { class: "topic" });
  const close = el(
    "button",
    {
      type: "button",
      class: "icon-button",
      "aria-label": "Close the thread",
      dataset: { testid: "thread-close" },
    },
    icon("close"),
  );
  close.addEventListener("click", () => openThread(null));
  fill(
    panel,
    el(
      "header",
      { class: "channel-header" },
      el("div", { class: "channel-title" }, el("h2", {}, "Thread"), where),
      close,
    ),
    timeline.node,
    el("div", { class: "composer-place" }, composer.form),
  );
  panel.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented) openThread(null);
  });
  const draw = () => {
    const { channel, thread } = store.at;
    const known = store.channels.get(channel);
    panel.hidden = !thread;
    document.getElementById("shell").classList.toggle("with-thread", Boolean(thread));
    if (!thread) return;
    where.textContent = channelTitle(known);
    const member = known?.members.includes(store.me) && !known.is_archived;
    composer.form.hidden = !member;
    composer.at({ channel, thread }, "Reply in the thread");
  };
  for (const topic of ["state", "channels", "place"]) on(topic, draw);
  on("place", ({ moved, threaded }) => {
    if (moved || threaded) timeline.clear();
    if (threaded && store.at.thread) composer.field.focus();
  });
  on("replies", () => timeline.update(store.replies));
  on("reveal", (ts) => timeline.reveal(ts));
  return { timeline, composer };
}
