// The slash commands: which one is being typed, and what the one that stands there is for.

import { el } from "./dom.js";
import { store } from "./store.js";

/** Offers the commands that begin with what was typed; see `Completion`. */
export function offerCommands(before, behind) {
  const text = before + behind;
  const name = /^\/\S*$/.exec(text)?.[0].toLowerCase();
  if (name === undefined) return null;
  const found = store.commands.filter((command) => command.command.startsWith(name));
  if (!found.length) return null;
  return { label: "Commands", start: 0, end: text.length, entries: found.map(entryOf) };
}

function entryOf(command) {
  return {
    text: `${command.command} `,
    parts: [
      el("span", { class: "command-name" }, command.command),
      el("span", { class: "command-usage" }, command.usage_hint),
      el("span", { class: "command-about" }, command.description),
    ],
    dataset: { command: command.command, testid: "command" },
  };
}

/** A line about the command that a text names; `about(text)` shows or hides it. */
export class CommandHint {
  constructor() {
    this.node = el("p", { class: "command-hint", dataset: { testid: "command-hint" }, hidden: true });
  }

  /** Say what the command is for that a text already names in full. */
  about(text) {
    const name = /^(\/\S+)\s/.exec(text)?.[1];
    const command = store.commands.find((one) => one.command === name);
    this.node.hidden = !command;
    if (!command) return;
    this.node.replaceChildren(
      el("span", { class: "command-name" }, command.command),
      ` ${command.usage_hint}`,
      el("span", { class: "command-about" }, command.description),
    );
  }
}
