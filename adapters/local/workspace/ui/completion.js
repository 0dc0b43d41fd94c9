// The list that opens above a text field while something is typed that can be completed.

import { el, newId } from "./dom.js";

/**
 * Completes what is typed in a field. A source is a function of the text before the caret and of
 * the one behind it. It gives null or what it offers: {label, start, end, entries}, where an entry
 * {text, parts, dataset} is to stand in the place of what is between `start` and `end`. The first
 * source that offers anything is shown; `taken()` hears that an entry was put in.
 */
export class Completion {
  #offer = null;
  #caret = 0; // where it was when the offer was made
  #dismissed = null; // the beginning of the word for which the list was closed

  constructor(field, { sources, taken, testid }) {
    this.field = field;
    this.sources = sources;
    this.taken = taken;
    this.active = 0;
    const id = newId("completion");
    this.list = el("ul", { class: "completion-list", role: "listbox", id });
    this.help = el("p", { class: "completion-help" }, "↑ ↓ choose · Tab or Enter take · Esc close");
    this.box = el(
      "div",
      { class: "completion", hidden: true, dataset: { testid } },
      this.list,
      this.help,
    );
    field.setAttribute("role", "combobox");
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-haspopup", "listbox");
    field.setAttribute("aria-expanded", "false");
    field.setAttribute("aria-controls", id);
    field.addEventListener("blur", () => this.close());
    for (const type of ["keyup", "click"]) field.addEventListener(type, () => this.#followCaret());
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
  }

  get open() {
    return !this.box.hidden;
  }

  /** Look at what is in the field now. */
  update() {
    const { value, selectionStart, selectionEnd } = this.field;
    this.#caret = selectionEnd;
    let offer = null;
    if (selectionStart === selectionEnd) {
      const parts = [value.slice(0, selectionStart), value.slice(selectionEnd)];
      for (const source of this.sources) offer ??= source(...parts);
    }
    if (!offer || this.#wordOf(offer) !== this.#dismissed) this.#dismissed = null;
    this.#offer = this.#dismissed === null ? offer : null;
    if (this.#offer) this.#draw();
    else this.close();
  }

  /** Whether a key was one for the list. */
  key(event) {
    if (!this.open || event.shiftKey || event.altKey || event.ctrlKey || event.metaKey) return false;
    const { entries } = this.#offer;
    const count = entries.length;
    if (event.key === "ArrowDown") this.#activate((this.active + 1) % count);
    else if (event.key === "ArrowUp") this.#activate((this.active - 1 + count) % count);
    else if (event.key === "Tab" || event.key === "Enter") this.#take(entries[this.active]);
    else if (event.key === "Escape") {
      this.#dismissed = this.#wordOf(this.#offer);
      this.close();
    } else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  /** Close the list. */
  close() {
    this.box.hidden = true;
    this.field.setAttribute("aria-expanded", "false");
    this.field.removeAttribute("aria-activedescendant");
  }

  // A word is the same for as long as it is one offer's, at the same place.
  #wordOf({ label, start }) {
    return `${label}: ${this.field.value.slice(0, start)}`;
  }

  // An arrow or a click may lead away from the word that the list is for.
  #followCaret() {
    if (this.open && this.field.selectionEnd !== this.#caret) this.update();
  }

  #draw() {
    const { label, entries } = this.#offer;
    this.list.setAttribute("aria-label", label);
    this.list.replaceChildren(
      ...entries.map((entry, index) => {
        const id = `${this.list.id}-${index}`;
        const option = el("li", { role: "option", id, dataset: entry.dataset }, entry.parts);
        option.addEventListener("click", () => this.#take(entry));
        return option;
      }),
    );
    this.box.hidden = false;
    this.field.setAttribute("aria-expanded", "true");
    this.#activate(0);
  }

  #activate(index) {
    this.active = index;
    [...this.list.children].forEach((
      option,
      at,
    ) => option.setAttribute("aria-selected", String(at === index)));
    this.list.children[index]?.scrollIntoView({ block: "nearest" });
    this.field.setAttribute("aria-activedescendant", `${this.list.id}-${index}`);
  }

  #take(entry) {
    const { start, end } = this.#offer;
    this.close();
    this.field.focus();
    this.field.setRangeText(entry.text, start, end, "end");
    this.taken();
  }
}
