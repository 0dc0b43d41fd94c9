// Block Kit: one maker per block type. An unknown type is said, never left out silently.

import { el, link, newId } from "./dom.js";
import { renderElement } from "./elements.js";
import { withEmoji } from "./emoji.js";
import { icon } from "./icons.js";
import { inputBlock } from "./input_block.js";
import { mrkdwn } from "./mrkdwn.js";
import { image } from "./picture.js";
import { richText } from "./richtext.js";
import { table } from "./table.js";

const MAKERS = {
  header: (block) => el("h3", { class: "b-header" }, withEmoji(block.text.text)),
  section,
  divider: () => el("hr", { class: "b-divider" }),
  context,
  actions,
  context_actions: actions,
  image: imageBlock,
  input: inputBlock,
  rich_text: richText,
  table,
  data_table: table,
  markdown: (block) => el("div", { class: "b-text b-markdown" }, mrkdwn(block.text)),
  video: (block) => el(
    "p",
    { class: "b-text" },
    link(block.title_url ?? block.video_url, textOf(block.title)),
    el("span", { class: "dim" }, ` ${block.alt_text}`),
  ),
  file: (block) => el("p", { class: "dim" }, `File ${block.external_id}`),
  plan,
  task_card: taskCard,
  alert,
  container,
  card,
  carousel: (
    block,
    surface,
  ) => el("div", { class: "b-carousel", tabindex: 0 }, block.elements.map((one) => card(one, surface))),
};

const TASK = {
  pending: ["Pending", "○"],
  in_progress: ["In progress", "◐"],
  complete: ["Complete", "✓"],
  error: ["Error", "✕"],
};

/** The nodes of the blocks of a message, a modal or the home tab. */
export function renderBlocks(blocks, surface) {
  return blocks.map((block) => {
    const make = MAKERS[block.type];
    const node = make ? make(block, surface) : unknown(block.type);
    node.classList.add("block");
    node.dataset.blockId = block.block_id ?? "";
    node.dataset.blockType = block.type;
    return node;
  });
}

/** All [block id, action id] pairs of a view. */
export function elementIds(blocks) {
  return blocks.flatMap((block) => {
    const elements = [block.element, block.accessory, ...(block.elements ?? [])];
    return elements.filter((one) => one?.action_id).map((one) => [block.block_id, one.action_id]);
  });
}

function unknown(type) {
  return el(
    "p",
    { class: "unknown", dataset: { testid: "unknown-block" } },
    icon("info"),
    `cannot show block type ${type}`,
  );
}

const textOf = (object) => withEmoji(object?.text ?? "");

/** A text object as nodes. */
function words(object) {
  return object.type === "mrkdwn" ? mrkdwn(object.text) : document.createTextNode(withEmoji(object.text));
}

const slotOf = (block, element, surface) => ({ element, blockId: block.block_id, surface, inInput: null });

function section(block, surface) {
  const body = el("div", { class: "b-body" });
  if (block.text) body.append(el("div", { class: "b-text" }, words(block.text)));
  if (block.fields) {
    body.append(el(
      "div",
      { class: "b-fields" },
      block.fields.map((field) => el("div", { class: "b-text" }, words(field))),
    ));
  }
  const extra = block.accessory ? el(
    "div",
    { class: "b-accessory" },
    renderElement(slotOf(block, block.accessory, surface)),
  ) : null;
  return el("div", { class: "b-section" }, body, extra);
}

function context(block) {
  const parts = block.elements.map((element) =>
    element.type === "image" ? image(element) : el("span", { class: "b-text" }, words(element)),
  );
  return el("div", { class: "b-context" }, parts);
}

function actions(block, surface) {
  return el(
    "div",
    { class: "b-actions" },
    block.elements.map((element) => renderElement(slotOf(block, element, surface))),
  );
}

function imageBlock(block) {
  const title = block.title ? el("figcaption", {}, textOf(block.title)) : null;
  return el("figure", { class: "b-image" }, title, image(block, { opens: true }));
}

function plan(block, surface) {
  const tasks = (block.tasks ?? []).map((task) => taskCard(task, surface));
  const done = (block.tasks ?? []).filter((task) => task.status === "complete").length;
  const count = tasks.length ? el("span", { class: "dim" }, `${done} of ${tasks.length}`) : null;
  return el(
    "div",
    { class: "b-plan" },
    el("p", { class: "b-plan-title" }, el("strong", {}, block.title), count),
    tasks,
  );
}

function taskCard(block) {
  const [said, sign] = TASK[block.status] ?? TASK.pending;
  const more = [block.details, block.output].filter(Boolean).map(richText);
  const sources = (block.sources ?? []).map((source) => link(source.url, source.text));
  return el(
    "div",
    { class: `b-task ${block.status}` },
    el("span", { class: "task-sign", role: "img", "aria-label": said }, sign),
    el("div", { class: "task-body" }, el("span", { class: "task-title" }, block.title), more, sources),
  );
}

function alert(block) {
  const level = ["info", "warning", "error", "success"].includes(block.level) ? block.level : "info";
  const sign = { info: "info", warning: "alert", error: "alert", success: "check" }[level];
  return el(
    "div",
    { class: `b-alert ${level}`, role: level === "error" ? "alert" : "note" },
    icon(sign),
    el("div", { class: "b-text" }, words(block.text)),
  );
}

function card(block, surface) {
  const id = newId("card");
  const buttons = (block.actions ?? []).map((element) => renderElement(slotOf(block, element, surface)));
  return el(
    "div",
    { class: "b-card", role: "group", "aria-labelledby": block.title ? id : null },
    block.hero_image ? image(block.hero_image, { opens: true }) : null,
    block.title ? el("div", { class: "b-card-title", id }, words(block.title)) : null,
    block.subtitle ? el("div", { class: "dim" }, words(block.subtitle)) : null,
    block.body ? el("div", { class: "b-text" }, words(block.body)) : null,
    buttons.length ? el("div", { class: "b-actions" }, buttons) : null,
  );
}

function container(block, surface) {
  const title = block.rich_text_title ? richText(block.rich_text_title) : textOf(block.title);
  const children = renderBlocks(block.child_blocks, surface);
  if (!block.is_collapsible) {
    return el(
      "div",
      { class: "b-container" },
      el("div", { class: "b-card-title" }, title),
      children,
    );
  }
  return el(
    "details",
    { class: "b-container", open: !block.default_collapsed },
    el("summary", { class: "b-card-title" }, title),
    children,
  );
}
