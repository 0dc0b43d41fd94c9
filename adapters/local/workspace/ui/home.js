// The bot's home tab.

import { renderBlocks } from "./blocks.js";
import { el, fill } from "./dom.js";
import { Surface, Values } from "./interaction.js";
import { store } from "./store.js";

let shown = null;
let values = new Values();

/** Draw the home tab of the person acted as. */
export function homeTab(node) {
  const view = store.home;
  if (!view) {
    fill(
      node,
      el(
        "div",
        { class: "empty" },
        el("h2", {}, store.bot.name),
        el("p", {}, "This app has not published a home tab."),
      ),
    );
    return;
  }
  if (shown !== view.id) values = new Values();
  shown = view.id;
  const surface = new Surface("home", { view_id: view.id }, values);
  fill(
    node,
    el("div", { class: "home-page", dataset: { view: view.id } }, renderBlocks(view.blocks, surface)),
  );
}
