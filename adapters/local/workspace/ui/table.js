// The table block: its first row is the heading; it scrolls inside its own box.

import { el } from "./dom.js";
import { richText } from "./richtext.js";

/** The node of a table or data_table block. */
export function table(block) {
  const [heading = [], ...rows] = block.rows;
  const settings = block.column_settings ?? [];
  const grid = el(
    "table",
    {},
    block.caption ? el("caption", {}, block.caption) : null,
    el(
      "thead",
      {},
      el("tr", {}, heading.map((cell, at) => make("th", cell, settings[at], { scope: "col" }))),
    ),
    el("tbody", {}, rows.map((row) => el("tr", {}, row.map((cell, at) => make("td", cell, settings[at]))))),
  );
  return el(
    "div",
    { class: "b-table", tabindex: 0, role: "region", "aria-label": block.caption ?? "Table" },
    grid,
  );
}

function make(tag, cell, setting, props = {}) {
  const align = [
    "center",
    "right",
  ].includes(setting?.align) ? setting.align : cell.type === "raw_number" ? "right" : "";
  const wrap = setting?.is_wrapped ? "wrap" : "";
  const content = cell.type === "rich_text" ? richText(cell) : String(cell.text ?? cell.value ?? "");
  return el(tag, { ...props, class: `${align} ${wrap}`.trim() || null }, content);
}
