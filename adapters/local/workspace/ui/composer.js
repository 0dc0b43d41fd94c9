// The box to write in, below a channel or a thread.

import { post } from "./api.js";
import { avatar } from "./avatar.js";
import { CommandHint, offerCommands } from "./commands.js";
import { Completion } from "./completion.js";
import { el } from "./dom.js";
import { icon } from "./icons.js";
import { offerMentions } from "./mentions.js";
import { openMenu } from "./menu.js";
import { useShortcut } from "./message_tools.js";
import { channelTitle, me, store } from "./store.js";

const narrow = matchMedia("(max-width: 760px)");

/** A composer; `sent` hears that something was sent. With `inThread` it answers in the thread. */
export class Composer {
  #drafts = new Map();
  #place = null;

  constructor({ inThread = false, sent = () => {} }) {
    this.inThread = inThread;
    this.sent = sent;
    this.field = el("textarea", {
      class: "composer-field",
      rows: 1,
      id: inThread ? "thread-composer" : "composer",
      dataset: { testid: inThread ? "thread-composer" : "composer" },
    });
    this.completion = new Completion(this.field, {
      // A thread takes no commands.
      sources: inThread ? [offerMentions] : [offerCommands, offerMentions],
      taken: () => this.#typed(),
      testid: inThread ? "thread-completion" : "completion",
    });
    this.hint = inThread ? null : new CommandHint();
    this.error = el(
      "p",
      { class: "composer-error", role: "alert", hidden: true, dataset: { testid: "composer-error" } },
    );
    this.button = el(
      "button",
      {
        type: "submit",
        class: "send",
        "aria-label": "Send",
        title: "Send (Enter)",
        dataset: { testid: "send" },
      },
      icon("send"),
    );
    this.menu = inThread ? null : this.#menuButton();
    this.who = el("span", { class: "composer-who" });
    this.form = el(
      "form",
      { class: "composer", autocomplete: "off" },
      this.completion.box,
      this.hint?.node,
      this.error,
      el("div", { class: "composer-box" }, this.who, this.field, this.menu, this.button),
    );
    this.field.addEventListener("input", () => {
      this.error.hidden = true;
      this.#typed();
    });
    this.field.addEventListener("keydown", (event) => this.#key(event));
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    this.#typed();
  }

  /** Write for another place; what was typed for the last one is kept for it. */
  at(place, label) {
    const name = place ? `${store.me}/${place.channel}/${place.thread ?? ""}` : null;
    if (name !== this.#place) {
      this.#drafts.set(this.#place, this.field.value);
      this.#place = name;
      this.target = place;
      this.write(this.#drafts.get(name) ?? "", { focus: false });
      this.error.hidden = true;
    }
    this.field.placeholder = narrow.matches ? label.split(",")[0] : label;
    this.field.setAttribute("aria-label", label);
    this.who.replaceChildren(avatar(me(), "small"));
    this.who.title = `You act as ${me()?.real_name ?? ""}`;
  }

  /** Put a text into the box. */
  write(text, { focus = true } = {}) {
    this.field.value = text;
    if (focus) this.field.focus();
    this.#typed();
  }

  #menuButton() {
    const button = el(
      "button",
      {
        type: "button",
        class: "icon-button",
        "aria-label": "Commands and shortcuts",
        title: "Commands and shortcuts",
        "aria-haspopup": "menu",
        "aria-expanded": "false",
        dataset: { testid: "shortcuts" },
      },
      icon("bolt"),
    );
    button.addEventListener("click", () => {
      const shortcuts = store.shortcuts.filter((shortcut) => shortcut.type === "global");
      const entries = [
        ...shortcuts.map((one) => ({
          label: one.name,
          hint: one.description,
          icon: icon("bolt"),
          dataset: { callbackId: one.callback_id },
          run: () => useShortcut({ callback_id: one.callback_id }),
        })),
        shortcuts.length && store.commands.length ? null : undefined,
        ...store.commands.map((one) => ({
          label: one.command,
          hint: one.description,
          run: () => this.write(`${one.command} `),
        })),
      ];
      openMenu(button, entries.filter((entry) => entry !== undefined), { label: "Commands and shortcuts" });
    });
    return button;
  }

  #typed() {
    const { field } = this;
    field.style.height = "auto";
    field.style.height = `${Math.min(field.scrollHeight, window.innerHeight * 0.4)}px`;
    this.button.disabled = !field.value.trim();
    this.hint?.about(field.value);
    if (document.activeElement === field) this.completion.update();
    else this.completion.close();
  }

  #key(event) {
    if (event.isComposing || this.completion.key(event)) return;
    if (event.key === "Enter" && !event.shiftKey && !event.altKey) {
      event.preventDefault();
      this.#send();
    } else if (event.key === "Escape") {
      this.field.blur();
    }
  }

  async #send() {
    const text = this.field.value.trim();
    if (!text || !this.target) return;
    const { channel, thread } = this.target;
    this.error.hidden = true;
    this.write("", { focus: false });
    this.sent();
    try {
      await post("send", { channel, text, ...(thread ? { thread_ts: thread } : {}) });
    } catch (error) {
      if (!this.field.value) this.write(text);
      this.error.textContent = error.message;
      this.error.hidden = false;
    }
  }
}

/** What the box of a channel invites to. */
export function invitation(channel) {
  return `Message ${channelTitle(channel)}, or / for a command`;
}
