// What happens when an element of a message, a modal or the home tab is used.

import { ApiError, post } from "./api.js";
import { ask } from "./confirm.js";
import { on } from "./store.js";
import { attempt, toast } from "./toast.js";

const LONGEST_WAIT_MS = 4000; // Slack gives a bot three seconds

/** What was entered where, kept across a redraw: block id → action id → state. */
export class Values {
  #blocks = new Map();

  /** The state of an element, or undefined. */
  get(blockId, actionId) {
    return this.#blocks.get(blockId)?.get(actionId);
  }

  /** Remember the state of an element. */
  set(blockId, actionId, state) {
    if (!this.#blocks.has(blockId)) this.#blocks.set(blockId, new Map());
    this.#blocks.get(blockId).set(actionId, state);
  }

  /** Forget the elements that are not among these [block id, action id] pairs. */
  keep(pairs) {
    const known = new Set(pairs.map((pair) => pair.join("\u0000")));
    for (const [blockId, group] of this.#blocks) {
      for (const actionId of [...group.keys()]) {
        if (!known.has(`${blockId}\u0000${actionId}`)) group.delete(actionId);
      }
    }
  }

  /** Everything as the workspace wants it. */
  all() {
    return Object.fromEntries([...this.#blocks].map(([id, group]) => [id, Object.fromEntries(group)]));
  }
}

const waiting = new Set();

on("traffic", (entry) => {
  if (entry.kind !== "block_actions") return;
  for (const wait of waiting) if (wait.name === entry.name) wait.done();
});

// A click on a message is answered before the bot has it; the traffic says when the bot had it.
function delivered(name) {
  const wait = { name };
  const end = new Promise((resolve) => {
    wait.done = resolve;
    setTimeout(resolve, LONGEST_WAIT_MS);
  });
  waiting.add(wait);
  return { end: end.finally(() => waiting.delete(wait)), wait };
}

/**
 * Where blocks stand. `target` is {channel, ts} of a message or {view_id}. With `act` an element
 * is used, with `options` its choices are asked for.
 */
export class Surface {
  constructor(kind, target, values = new Values()) {
    this.kind = kind;
    this.target = target;
    this.values = values;
  }

  /**
   * Send that an element was used; asks first if it says so. A `button` is busy meanwhile.
   * Returns whether it was sent.
   */
  async act(element, blockId, payload = {}, button = null) {
    if (element.confirm && !(await ask(element.confirm))) return false;
    const send = () => this.#send(element, blockId, payload);
    await (button ? whileBusy(button, send) : send());
    return true;
  }

  async #send(element, blockId, payload) {
    const inView = Boolean(this.target.view_id);
    const { end, wait } = delivered(element.action_id);
    if (inView) wait.done();
    const body = { channel: null, ts: null, view_id: null, ...this.target, ...payload };
    if (inView) body.values = this.values.all();
    try {
      const answer = await post("click", { ...body, block_id: blockId, action_id: element.action_id });
      if (answer.failure) throw new ApiError(answer.failure);
      await end;
    } catch (error) {
      wait.done();
      toast(error.message);
    }
  }

  /** The options that the bot offers for what was typed. */
  async options(element, blockId, query) {
    const body = { ...this.target, block_id: blockId, action_id: element.action_id, query };
    const answer = await attempt(() => post("options", body));
    return answer?.options ?? [];
  }
}

/** Show a button as busy, and not usable, until the work is done. */
export async function whileBusy(button, work) {
  const focused = document.activeElement === button;
  button.disabled = true;
  button.setAttribute("aria-busy", "true");
  try {
    return await work();
  } finally {
    button.disabled = false;
    button.removeAttribute("aria-busy");
    if (focused && button.isConnected && document.activeElement === document.body) button.focus();
  }
}
