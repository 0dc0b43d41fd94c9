// A list of messages that changes in place: what is read stays where it is, the end is followed.

import { dayTitle, momentOf } from "./dates.js";
import { el } from "./dom.js";
import { icon } from "./icons.js";
import { continues, renderMessage } from "./messages.js";

const NEAR_END_PX = 60;
const REVEALED_MS = 2400;

/** The scrolling list of a channel or of a thread. */
export class Timeline {
  constructor({ label, inThread = false, testid }) {
    this.inThread = inThread;
    this.shown = new Map(); // ts → {message, compact, node}
    this.days = new Map(); // day → its heading
    this.following = true;
    this.list = el("ol", { class: "messages" });
    this.scroller = el(
      "div",
      {
        class: "scroller",
        role: "log",
        "aria-live": "off",
        "aria-label": label,
        tabindex: 0,
        dataset: { testid },
      },
      this.list,
    );
    this.jump = el(
      "button",
      { type: "button", class: "jump", hidden: true, dataset: { testid: `${testid}-jump` } },
      icon("down"),
      "New messages",
    );
    this.jump.addEventListener("click", () => this.toEnd());
    this.node = el("div", { class: "timeline" }, this.scroller, this.jump);
    this.scroller.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    // Late growth (a picture, a font, the window) must not push the end out of view.
    this.observer = new ResizeObserver(() => this.following && this.#stick());
    this.observer.observe(this.list);
    this.observer.observe(this.scroller);
  }

  /** Begin with another channel: at its end, with nothing of the last one. */
  clear() {
    this.shown.clear();
    this.days.clear();
    this.list.replaceChildren();
    this.following = true;
    this.jump.hidden = true;
  }

  /** Show these messages (a map of ts → message, oldest first). */
  update(messages) {
    const anchor = this.following ? null : this.#anchor();
    const before = this.shown.size;
    const focus = this.#focused();
    const nodes = this.#nodes(messages);
    if (nodes.length === 0) nodes.push(this.#nothing());
    this.#arrange(nodes);
    this.#refocus(focus);
    if (this.following) this.#stick();
    else {
      if (anchor) this.#hold(anchor);
      if (this.shown.size > before) this.jump.hidden = false;
    }
  }

  /** Draw everything anew (names or channels have changed). */
  redraw(messages) {
    this.shown.clear();
    this.days.clear();
    this.update(messages);
  }

  /** Scroll to the newest message. */
  toEnd() {
    this.following = true;
    this.#stick();
  }

  /** Bring one message into view and mark it for a moment. */
  reveal(ts) {
    const entry = this.shown.get(ts);
    if (!entry) return;
    this.following = false;
    entry.node.scrollIntoView({ block: "center" });
    entry.node.classList.add("revealed");
    setTimeout(() => entry.node.classList.remove("revealed"), REVEALED_MS);
  }

  #nodes(messages) {
    const nodes = [];
    const next = new Map();
    let above = null;
    let day = null;
    for (const message of messages.values()) {
      const title = dayTitle(momentOf(message.ts));
      if (this.inThread && next.size === 1) {
        nodes.push(this.#heading(counted(messages.size - 1)));
        above = null;
      }
      if (title !== day) {
        nodes.push(this.#heading(title));
        above = null;
        day = title;
      }
      const compact = continues(message, above);
      const known = this.shown.get(message.ts);
      const same = known?.message === message && known.compact === compact;
      const entry = same ? known : {
        message,
        compact,
        node: renderMessage(message, { compact, inThread: this.inThread }),
      };
      next.set(message.ts, entry);
      nodes.push(entry.node);
      above = message;
    }
    this.shown = next;
    return nodes;
  }

  #nothing() {
    this.empty ??= el("li", { class: "empty" }, "Nothing has been said here yet.");
    return this.empty;
  }

  #heading(title) {
    if (!this.days.has(title)) {
      this.days.set(title, el("li", { class: "day" }, el("span", {}, title)));
    }
    return this.days.get(title);
  }

  // Touches only what differs, so that an update of one message moves no other node.
  #arrange(nodes) {
    const wanted = new Set(nodes);
    for (const child of [...this.list.children]) if (!wanted.has(child)) child.remove();
    let at = this.list.firstElementChild;
    for (const node of nodes) {
      if (node === at) at = at.nextElementSibling;
      else this.list.insertBefore(node, at);
    }
  }

  #anchor() {
    const edge = this.scroller.getBoundingClientRect().top;
    for (const { message, node } of this.shown.values()) {
      const box = node.getBoundingClientRect();
      if (box.bottom > edge) return { ts: message.ts, top: box.top };
    }
    return null;
  }

  // The message that was looked at stays where it was, also when it has been drawn anew.
  #hold(anchor) {
    const entry = this.shown.get(anchor.ts);
    if (entry) this.scroller.scrollTop += entry.node.getBoundingClientRect().top - anchor.top;
  }

  #focused() {
    const active = document.activeElement;
    const message = active?.closest?.("[data-ts]");
    if (!message || !this.list.contains(message)) return null;
    return {
      ts: message.dataset.ts,
      action: active.dataset.actionId,
      label: active.getAttribute("aria-label"),
      node: active,
    };
  }

  #refocus(focus) {
    if (!focus || focus.node.isConnected) return;
    const node = this.shown.get(focus.ts)?.node;
    const controls = node ? [...node.querySelectorAll("button, a, input, select, textarea")] : [];
    const same = controls.find((one) =>
      focus.action ? one.dataset.actionId === focus.action : one.getAttribute("aria-label") === focus.label,
    );
    (same ?? this.scroller).focus({ preventScroll: true });
  }

  #scrolled() {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    this.following = scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
    if (this.following) this.jump.hidden = true;
  }

  #stick() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.jump.hidden = true;
  }
}

const counted = (replies) => (replies === 1 ? "1 reply" : `${replies} replies`);
