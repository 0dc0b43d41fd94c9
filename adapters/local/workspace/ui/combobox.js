// A field to search and choose in: one choice or several, from a list or from what the bot offers.

import { el, newId, place } from "./dom.js";
import { icon } from "./icons.js";

const TYPING_PAUSE_MS = 200;

/**
 * `search(query)` gives {value, label, hint?, group?, raw} entries; `changed(entries)` hears what is chosen.
 * `multi` allows several, up to `most`.
 */
export class Combobox {
  constructor({
    search,
    changed,
    chosen = [],
    multi = false,
    most = Infinity,
    placeholder,
    shortest = 0,
    props = {},
  }) {
    Object.assign(this, { search, changed, chosen, multi, most, shortest });
    this.entries = [];
    this.active = -1;
    this.asked = 0;
    this.listId = newId("listbox");
    this.input = el("input", {
      ...props,
      type: "text",
      class: "combo-input",
      role: "combobox",
      autocomplete: "off",
      placeholder,
      "aria-expanded": "false",
      "aria-controls": this.listId,
      "aria-autocomplete": "list",
      "aria-haspopup": "listbox",
    });
    this.placeholder = placeholder ?? "";
    this.chips = el("span", { class: "chips" });
    this.list = el(
      "ul",
      {
        class: "listbox",
        role: "listbox",
        id: this.listId,
        popover: "manual",
        "aria-multiselectable": multi,
      },
    );
    this.node = el(
      "div",
      { class: `combo ${multi ? "multi" : ""}` },
      this.chips,
      this.input,
      icon("chevron", "combo-mark"),
      this.list,
    );
    this.#listen();
    this.#showChosen();
  }

  #listen() {
    const { input } = this;
    input.addEventListener("focus", () => input.select());
    input.addEventListener("click", () => this.#ask(this.#query()));
    input.addEventListener("input", () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.#ask(input.value), TYPING_PAUSE_MS);
    });
    input.addEventListener("keydown", (event) => this.#key(event));
    input.addEventListener("blur", () => {
      this.#close();
      if (!this.multi && !input.value && this.chosen.length) this.#set([]);
      else this.#showChosen();
    });
    // The field keeps the focus while a choice is pressed.
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
  }

  // What is in the field is a question, unless it is the name of what was chosen before.
  #query() {
    return !this.multi && this.chosen[0]?.label === this.input.value ? "" : this.input.value;
  }

  async #ask(query) {
    clearTimeout(this.timer);
    const number = ++this.asked;
    if (query.length < this.shortest) {
      this.#note(`Type at least ${this.shortest} character${this.shortest > 1 ? "s" : ""}`);
      return;
    }
    if (!this.open) this.#note("Searching …");
    const found = await this.search(query);
    if (number !== this.asked || document.activeElement !== this.input) return;
    this.entries = found;
    this.#draw();
  }

  #note(text) {
    this.entries = [];
    this.active = -1;
    this.list.replaceChildren(el("li", { class: "listbox-note", role: "presentation" }, text));
    this.#show();
  }

  #draw() {
    if (this.entries.length === 0) return this.#note("Nothing matches");
    const values = new Set(this.chosen.map((entry) => entry.value));
    this.list.replaceChildren(
      ...this.entries.flatMap((entry, index) => {
        const group = entry.group && entry.group !== this.entries[index - 1]?.group;
        const heading = group ? [el(
          "li",
          { class: "listbox-group", role: "presentation" },
          entry.group,
        )] : [];
        const option = el(
          "li",
          {
            role: "option",
            id: `${this.listId}-${index}`,
            "aria-selected": String(values.has(entry.value)),
            dataset: { value: entry.value, testid: "option" },
          },
          el("span", {}, entry.label),
          entry.hint ? el("span", { class: "listbox-hint" }, entry.hint) : null,
        );
        option.addEventListener("click", () => this.#choose(entry));
        return [...heading, option];
      }),
    );
    this.#show();
    this.#activate(0);
    return undefined;
  }

  #show() {
    if (!this.open) this.list.showPopover();
    this.open = true;
    this.input.setAttribute("aria-expanded", "true");
    place(this.list, this.node, { width: true });
  }

  #close() {
    clearTimeout(this.timer);
    this.asked += 1;
    if (this.open) this.list.hidePopover();
    this.list.replaceChildren();
    this.open = false;
    this.active = -1;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }

  #activate(index) {
    const options = this.list.querySelectorAll("[role=option]");
    options[this.active]?.classList.remove("active");
    this.active = index;
    options[index]?.classList.add("active");
    options[index]?.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", `${this.listId}-${index}`);
  }

  #key(event) {
    const count = this.entries.length;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!this.open) this.#ask(this.#query());
      else if (count) this.#activate((this.active + (event.key === "ArrowDown" ? 1 : -1) + count) % count);
    } else if (event.key === "Enter" && this.open && this.active >= 0 && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      this.#choose(this.entries[this.active]);
    } else if (event.key === "Enter" && !this.open && !event.ctrlKey && !event.metaKey) {
      event.preventDefault(); // it opens the list; a form is not sent from here
      this.#ask(this.#query());
    } else if (event.key === "Escape" && this.open) {
      event.preventDefault();
      event.stopPropagation();
      this.#close();
    } else if (event.key === "Backspace" && this.multi && !this.input.value && this.chosen.length) {
      this.#set(this.chosen.slice(0, -1));
    }
  }

  #choose(entry) {
    if (!this.multi) this.#set([entry]);
    else if (this.chosen.some((one) => one.value === entry.value)) {
      this.#set(this.chosen.filter((one) => one.value !== entry.value));
    } else if (this.chosen.length < this.most) this.#set([...this.chosen, entry]);
    this.#close();
  }

  #set(chosen) {
    this.chosen = chosen;
    this.#showChosen();
    this.changed(chosen);
  }

  #showChosen() {
    if (!this.multi) {
      this.input.value = this.chosen[0]?.label ?? "";
      return;
    }
    this.input.value = "";
    this.input.placeholder = this.chosen.length ? "" : this.placeholder;
    this.chips.replaceChildren(...this.chosen.map((entry) => this.#chip(entry)));
  }

  #chip(entry) {
    const remove = el("button", { type: "button", "aria-label": `Remove ${entry.label}` }, icon("close"));
    remove.addEventListener("click", () => {
      this.#set(this.chosen.filter((one) => one.value !== entry.value));
      this.input.focus();
    });
    return el("span", { class: "chip" }, entry.label, remove);
  }
}
