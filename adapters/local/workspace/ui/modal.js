// The modals that are open, one above the other; the upper one is shown in a dialog.

import { post } from "./api.js";
import { elementIds, renderBlocks } from "./blocks.js";
import { el, fill } from "./dom.js";
import { withEmoji } from "./emoji.js";
import { icon } from "./icons.js";
import { showError } from "./input_block.js";
import { Surface, Values, whileBusy } from "./interaction.js";
import { problems } from "./validity.js";
import { attempt, toast } from "./toast.js";

const FIELDS = "input, textarea, select, .choices input, .b-actions button, .b-accessory button";
const stack = []; // {view, values, sending}; the last is the promise that ends with a submission
let dialog = null;

/** A view was opened (alone) or pushed (above the one it names as the one before it). */
export function viewOpened(view) {
  const below = stack.findIndex((one) => one.view.id === view.previous_view_id);
  stack.length = below + 1;
  stack.push({ view, values: new Values(), sending: null });
  draw({ fresh: true });
}

/** A view has new content; what was entered into elements that stay is kept. */
export function viewUpdated(view) {
  const entry = stack.find((one) => one.view.id === view.id || one.view.root_view_id === view.id);
  if (!entry) return;
  entry.view = view;
  entry.values.keep(elementIds(view.blocks));
  if (entry === stack.at(-1)) draw({ fresh: false });
}

/** A view is gone, and those above it. */
export function viewClosed(id) {
  const at = stack.findIndex((one) => one.view.id === id);
  if (at < 0) return;
  stack.length = at;
  draw({ fresh: true });
}

/** Forget all views (somebody else is acted as). */
export function dropViews() {
  stack.length = 0;
  draw({ fresh: true });
}

function makeDialog() {
  const node = el(
    "dialog",
    { class: "dialog modal", "aria-labelledby": "modal-title", dataset: { testid: "modal" } },
  );
  node.addEventListener("cancel", (event) => {
    event.preventDefault();
    closeTop();
  });
  // The browser closes a dialog by itself when Esc is pressed again at once. It says so a moment
  // late: when the bot has closed a view and opened another one, that is open by now.
  node.addEventListener("close", () => !node.open && stack.length && closeTop());
  node.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      node.querySelector("form")?.requestSubmit();
    }
  });
  document.body.append(node);
  return node;
}

function closeTop() {
  const { view } = stack.pop();
  draw({ fresh: true });
  attempt(() => post("close", { view_id: view.id }));
}

function draw({ fresh }) {
  dialog ??= makeDialog();
  const top = stack.at(-1);
  if (!top) {
    if (dialog.open) dialog.close();
    fill(dialog);
    return;
  }
  const focus = fresh ? null : focused();
  const caret = focus ? caretOf(document.activeElement) : null;
  const scroll = fresh ? 0 : (dialog.querySelector(".dialog-body")?.scrollTop ?? 0);
  fill(dialog, form(top));
  dialog.dataset.view = top.view.id;
  dialog.dataset.callbackId = top.view.callback_id ?? "";
  if (!dialog.open) dialog.showModal();
  dialog.querySelector(".dialog-body").scrollTop = scroll;
  const again = focus && dialog.querySelector(focus);
  (again ?? firstField()).focus();
  if (again && caret && caretOf(again)) again.setSelectionRange(...caret);
}

// Where one is writing in a field; null for what is no text.
function caretOf(field) {
  const writable = field.matches("textarea, input[type=text]") && field.role !== "combobox";
  return writable ? [field.selectionStart, field.selectionEnd] : null;
}

function focused() {
  const active = document.activeElement;
  const holder = dialog.contains(active) ? active.closest("[data-action-id]") : null;
  if (!holder) return null;
  const { actionId, blockId } = holder.dataset;
  return `[data-action-id="${CSS.escape(actionId)}"][data-block-id="${CSS.escape(blockId)}"]`;
}

function firstField() {
  const body = dialog.querySelector(".dialog-body");
  const field = body.querySelector("[data-focus]") ?? body.querySelector(FIELDS);
  return field ?? dialog.querySelector("[type=submit]") ?? dialog.querySelector("button");
}

function form(entry) {
  const { view, values } = entry;
  const surface = new Surface("modal", { view_id: view.id }, values);
  const body = el("div", { class: "dialog-body" }, renderBlocks(view.blocks, surface));
  const failure = el(
    "p",
    { class: "form-failure", role: "alert", hidden: true, dataset: { testid: "modal-failure" } },
  );
  const cross = el(
    "button",
    { type: "button", class: "icon-button", "aria-label": "Close", dataset: { testid: "modal-close-x" } },
    icon("close"),
  );
  const cancel = el(
    "button",
    { type: "button", class: "button", dataset: { testid: "modal-close" } },
    text(view.close, view.submit ? "Cancel" : "Close"),
  );
  const submit = view.submit ? el(
    "button",
    { type: "submit", class: "button primary", title: "Ctrl+Enter", dataset: { testid: "modal-submit" } },
    el("span", { class: "button-label" }, text(view.submit, "Submit")),
  ) : null;
  cross.addEventListener("click", closeTop);
  cancel.addEventListener("click", closeTop);
  const node = el(
    "form",
    { novalidate: true, autocomplete: "off" },
    el("header", { class: "dialog-head" }, el("h2", { id: "modal-title" }, text(view.title, "")), cross),
    body,
    failure,
    el("footer", { class: "dialog-foot" }, cancel, submit),
  );
  node.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!submit || entry.sending) return;
    entry.sending = send(entry, node).finally(() => (entry.sending = null));
    whileBusy(submit, () => entry.sending);
  });
  if (submit && entry.sending) whileBusy(submit, () => entry.sending);
  body.addEventListener("input", (event) => {
    const field = event.target.closest(".field.invalid");
    if (field) showError(field, null);
  });
  return node;
}

const text = (object, otherwise) => withEmoji(object?.text ?? otherwise);

async function send(entry, node) {
  fail(node, "");
  const found = problems(entry.view.blocks, entry.values);
  if (Object.keys(found).length) return show(node, found);
  let answer = {};
  try {
    answer = await post("submit", { view_id: entry.view.id, values: entry.values.all() });
  } catch (error) {
    answer = { failure: error.message };
  }
  // The bot may have changed the view meanwhile, and the form was drawn anew; or it is gone.
  const shown = entry === stack.at(-1) ? dialog.querySelector("form") : null;
  if (answer.errors && shown) show(shown, answer.errors);
  else if (shown) fail(shown, answer.failure ?? "");
  else if (answer.failure) toast(answer.failure);
  return undefined;
}

// Say what is wrong with the whole of a form, or no more.
function fail(node, sentence) {
  const failure = node.querySelector("[data-testid=modal-failure]");
  failure.textContent = sentence;
  failure.hidden = !sentence;
}

function show(node, errors) {
  let first = null;
  for (const field of node.querySelectorAll(".field[data-block-id]")) {
    const sentence = errors[field.dataset.blockId];
    showError(field, sentence);
    if (sentence) first ??= field;
  }
  const control = first?.querySelector("input, textarea, select");
  control?.focus();
  if (!first) fail(node, Object.values(errors).join(" "));
}
