// Builds DOM nodes. Text only ever becomes a text node, and addresses go through `safeUrl`, so
// nothing that a message says can turn into markup or script.

const SAFE = new Set(["http:", "https:", "mailto:"]);

/** An element with attributes, `class`, `dataset` and `on` listeners, and children. */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) set(node, name, value);
  for (const child of children.flat()) {
    if (child !== null && child !== undefined && child !== false) node.append(child);
  }
  return node;
}

function set(node, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name === "on") {
    for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
  } else if (name === "dataset") {
    for (const [key, entry] of Object.entries(value)) {
      if (entry !== null && entry !== undefined) node.dataset[key] = entry;
    }
  } else if (name === "value" || name === "checked") {
    node[name] = value;
  } else {
    node.setAttribute(name, value === true ? "" : String(value));
  }
}

/** The address if it is one a person may follow (http, https or mailto), or null. */
export function safeUrl(address) {
  try {
    const url = new URL(address);
    return SAFE.has(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

/** A link that opens beside the page; an unsafe address becomes plain text. */
export function link(address, label, props = {}) {
  const href = safeUrl(address);
  const text = label || address;
  if (!href) return el("span", props, text);
  return el("a", { ...props, href, target: "_blank", rel: "noopener noreferrer" }, text);
}

let lastId = 0;

/** An id that no other element of the page has. */
export function newId(prefix) {
  lastId += 1;
  return `${prefix}-${lastId}`;
}

/** Replace all children. */
export function fill(node, ...children) {
  node.replaceChildren(...children.flat().filter((child) => child));
}

/** Put a hidden popup below (or, without room, above) what it belongs to. */
export function place(popup, anchor, { width = false, end = false } = {}) {
  const box = anchor.getBoundingClientRect();
  if (width) popup.style.width = `${box.width}px`;
  const size = popup.getBoundingClientRect();
  const below = window.innerHeight - box.bottom;
  const top = below >= size.height + 8 || below >= box.top ? box.bottom + 4 : box.top - size.height - 4;
  const left = end ? box.right - size.width : box.left;
  popup.style.top = `${Math.max(4, Math.min(top, window.innerHeight - size.height - 4))}px`;
  popup.style.left = `${Math.max(4, Math.min(left, window.innerWidth - size.width - 4))}px`;
}
