// What one can do with a message: react, answer, pin, use a shortcut of the bot, edit, delete.

import { post } from "./api.js";
import { ask } from "./confirm.js";
import { el } from "./dom.js";
import { emojiText } from "./emoji.js";
import { pickEmoji } from "./emoji_picker.js";
import { icon } from "./icons.js";
import { openMenu } from "./menu.js";
import { typed } from "./mrkdwn_source.js";
import { openThread } from "./place.js";
import { isSystem, store } from "./store.js";
import { attempt, toast } from "./toast.js";

const QUICK = ["white_check_mark", "eyes", "pushpin"];

const placeOf = (message) => ({ channel: message.channel, ts: message.ts });

/** Add one's reaction to a message, or take it back. */
export const react = (message, name) => attempt(() => post("react", { ...placeOf(message), name }));

/** Use a shortcut of the bot. */
export async function useShortcut(body) {
  const answer = await attempt(() => post("shortcut", body));
  if (answer?.failure) toast(answer.failure);
}

/** The tools that appear at a message; null where there are none. */
export function toolbar(message, inThread) {
  if (message.failure || message.ephemeral) return el("div", { class: "toolbar" }, dismiss(message));
  if (isSystem(message) || !store.channels.get(message.channel)?.members.includes(store.me)) return null;
  const more = tool("More actions for this message", "more", "message-menu");
  more.setAttribute("aria-haspopup", "menu");
  more.setAttribute("aria-expanded", "false");
  more.addEventListener("click", () => openMenu(more, entries(message, more), { label: "Message" }));
  const thread = tool("Reply in thread", "reply", "reply", "quick");
  thread.addEventListener("click", () => openThread(message.thread_ts ?? message.ts));
  const face = tool("Add a reaction", "smile", "add-reaction", "quick");
  face.setAttribute("aria-haspopup", "dialog");
  face.setAttribute("aria-expanded", "false");
  face.addEventListener("click", () => pickEmoji(face, (name) => react(message, name)));
  return el(
    "div",
    { class: "toolbar" },
    QUICK.map((name) => quick(message, name)),
    face,
    inThread ? null : thread,
    more,
  );
}

function tool(label, sign, testid, extra = "") {
  return el(
    "button",
    { type: "button", class: `icon-button small ${extra}`, "aria-label": label, title: label, dataset: { testid } },
    icon(sign),
  );
}

function quick(message, name) {
  const label = `React with ${name.replaceAll("_", " ")}`;
  const button = el(
    "button",
    {
      type: "button",
      class: "icon-button small quick emoji",
      "aria-label": label,
      title: label,
      dataset: { testid: "quick-reaction", name },
    },
    emojiText(name),
  );
  button.addEventListener("click", () => react(message, name));
  return button;
}

function dismiss(message) {
  const button = tool("Dismiss this message", "close", "dismiss");
  button.addEventListener("click", () => attempt(() => post("delete", placeOf(message))));
  return button;
}

function entries(message, anchor) {
  const place = placeOf(message);
  const shortcuts = store.shortcuts.filter((shortcut) => shortcut.type === "message");
  const own = message.user === store.me && !message.subtype;
  return [
    {
      label: "Reply in thread",
      icon: icon("reply"),
      run: () => openThread(message.thread_ts ?? message.ts),
    },
    {
      label: "Add a reaction …",
      icon: icon("smile"),
      dataset: { action: "react" },
      run: () => pickEmoji(anchor, (name) => react(message, name)),
    },
    {
      label: message.pinned ? "Remove the pin" : "Pin to the channel",
      icon: icon("pin"),
      dataset: { action: "pin" },
      run: () => attempt(() => post("pin", place)),
    },
    ...(own ? [null, ...ownEntries(message)] : []),
    shortcuts.length ? null : undefined,
    ...shortcuts.map((shortcut) => ({
      label: shortcut.name,
      hint: store.bot.name,
      icon: icon("bolt"),
      dataset: { callbackId: shortcut.callback_id },
      run: () => useShortcut({ callback_id: shortcut.callback_id, ...place }),
    })),
  ].filter((entry) => entry !== undefined);
}

function ownEntries(message) {
  return [
    { label: "Edit", icon: icon("edit"), dataset: { action: "edit" }, run: () => edit(message) },
    {
      label: "Delete",
      icon: icon("bin"),
      danger: true,
      dataset: { action: "delete" },
      run: async () => {
        const sure = await ask({
          title: { text: "Delete this message?" },
          text: { type: "plain_text", text: "It is gone for everybody." },
          confirm: { text: "Delete" },
          style: "danger",
        });
        if (sure) await attempt(() => post("delete", placeOf(message)));
      },
    },
  ];
}

function edit(message) {
  const field = el("textarea", {
    class: "field-input",
    rows: 4,
    "aria-label": "Message",
    value: typed(message.text),
    dataset: { testid: "edit-field" },
  });
  const save = el(
    "button",
    { type: "submit", class: "button primary", title: "Ctrl+Enter", dataset: { testid: "edit-save" } },
    "Save",
  );
  const cancel = el("button", { type: "button", class: "button" }, "Cancel");
  const form = el(
    "form",
    {},
    el("header", { class: "dialog-head" }, el("h2", { id: "edit-title" }, "Edit message")),
    el("div", { class: "dialog-body" }, field),
    el("footer", { class: "dialog-foot" }, cancel, save),
  );
  const dialog = el(
    "dialog",
    { class: "dialog", "aria-labelledby": "edit-title", dataset: { testid: "edit" } },
    form,
  );
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (await attempt(() => post("edit", { ...placeOf(message), text: field.value }))) dialog.close();
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
  cancel.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  field.focus();
}
