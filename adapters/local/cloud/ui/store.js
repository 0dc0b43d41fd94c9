// The cloud as it was last told, read anew every second while somebody looks, and what is changed.

import { post, readState } from "./api.js";
import { toast } from "./toast.js";

const PAUSE_MS = 1000;

/** What is known: `state` is null before the first answer. */
export const store = { state: null, online: true };

const listeners = new Set();
let changes = 0; // counts the beginnings and ends of changes
let timer = 0;

/** Call `listener` whenever something may have changed. */
export function onChange(listener) {
  listeners.add(listener);
}

function tell() {
  for (const listener of listeners) listener();
}

// What was read before or while something was changed may be older than the change.
async function read() {
  clearTimeout(timer);
  const before = changes;
  try {
    const state = await readState();
    if (before !== changes) return;
    Object.assign(store, { state, online: true });
    tell();
  } catch {
    store.online = false;
    tell();
  } finally {
    again();
  }
}

function again() {
  clearTimeout(timer);
  if (document.visibilityState === "visible") timer = setTimeout(read, PAUSE_MS);
}

/** Change something. What was refused is said, and every control shows again what is. */
export async function change(path, body) {
  changes += 1;
  try {
    store.state = await post(path, body);
    return true;
  } catch (error) {
    toast(error.message);
    return false;
  } finally {
    changes += 1;
    tell();
  }
}

/** Begin to look. */
export function follow() {
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && read());
  return read();
}
