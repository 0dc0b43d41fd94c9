// The list of slash commands that opens while one is typed.

import { el, newId } from "./dom.js";
import { store } from "./store.js";

/** The commands whose name begins with what was typed. */
export function matching(text) {
  const name = /^\/\S*$/.exec(text)?.[0].toLowerCase();
  if (name === undefined) return [];
  return store.commands.filter((command) => command.command.startsWith(name));
}

/** The command that a text already names in full, or null. */
export function named(text) {
  const name = /^(\/\S+)\s/.exec(text)?.[1];
  return store.commands.find((command) => command.command === name) ?? null;
}

/** Completes commands in a text field; `taken(command)` hears which one was chosen. */
export class Completion {
  constructor(field, taken) {
    this.field = field;
    this.taken = taken;
    this.commands = [];
    this.active = 0;
    this.dismissed = "";
    const id = newId("commands");
    this.list = el("ul", { class: "completion-list", role: "listbox", id, "aria-label": "Commands" });
    this.hint = el("p", { class: "command-hint", dataset: { testid: "command-hint" }, hidden: true });
    this.help = el("p", { class: "completion-help" }, "↑ ↓ choose · Tab or Enter take · Esc close");
    this.box = el(
      "div",
      { class: "completion", hidden: true, dataset: { testid: "completion" } },
      this.list,
      this.help,
    );
    field.setAttribute("role", "combobox");
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-haspopup", "listbox");
    field.setAttribute("aria-expanded", "false");
    field.setAttribute("aria-controls", id);
    field.addEventListener("blur", () => this.close());
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
  }

  get open() {
    return !this.box.hidden;
  }

  /** Look at what is in the field now. */
  update() {
    const text = this.field.value;
    if (text !== this.dismissed) this.dismissed = "";
    this.commands = this.dismissed ? [] : matching(text);
    this.active = 0;
    if (this.commands.length) this.#draw();
    else this.close();
    this.#showHint(named(text));
  }

  /** Whether a key was one for the list. */
  key(event) {
    if (!this.open) return false;
    const count = this.commands.length;
    if (event.key === "ArrowDown") this.#activate((this.active + 1) % count);
    else if (event.key === "ArrowUp") this.#activate((this.active - 1 + count) % count);
    else if (event.key === "Tab" || event.key === "Enter") this.#take(this.commands[this.active]);
    else if (event.key === "Escape") {
      this.dismissed = this.field.value;
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

  #draw() {
    this.list.replaceChildren(
      ...this.commands.map((command, index) => {
        const option = el(
          "li",
          {
            role: "option",
            id: `${this.list.id}-${index}`,
            dataset: { command: command.command, testid: "command" },
          },
          el("span", { class: "command-name" }, command.command),
          el("span", { class: "command-usage" }, command.usage_hint),
          el("span", { class: "command-about" }, command.description),
        );
        option.addEventListener("click", () => this.#take(command));
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

  #take(command) {
    this.close();
    this.taken(command);
  }

  #showHint(command) {
    this.hint.hidden = !command;
    if (!command) return;
    this.hint.replaceChildren(
      el("span", { class: "command-name" }, command.command),
      ` ${command.usage_hint}`,
      el("span", { class: "command-about" }, command.description),
    );
  }
}
