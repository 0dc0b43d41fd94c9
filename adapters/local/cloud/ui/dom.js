// Builds and changes DOM nodes. Text only ever becomes a text node, so that no name of a service or
// revision can turn into markup or script.

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
    for (const [key, entry] of Object.entries(value)) node.dataset[key] = entry;
  } else if (name === "value" || name === "checked") {
    node[name] = value;
  } else {
    node.setAttribute(name, value === true ? "" : String(value));
  }
}

/** Replace all children. */
export function fill(node, ...children) {
  node.replaceChildren(...children.flat().filter((child) => child));
}

/** Change a text, if it is another one: what stays the same is neither drawn nor read out again. */
export function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** Change an attribute, if it has another value. */
export function mark(node, name, value) {
  if (node.getAttribute(name) !== String(value)) node.setAttribute(name, value);
}

/**
 * Show one part for each item, and keep the parts of items that stay: `parts` maps keys to parts
 * with a `node` and `update(item)`; `make(item)` builds one.
 */
export function keyed(parent, parts, items, { key, make }) {
  const wanted = new Set(items.map(key));
  for (const [name, part] of parts) {
    if (wanted.has(name)) continue;
    part.node.remove();
    parts.delete(name);
  }
  items.forEach((item, index) => {
    if (!parts.has(key(item))) parts.set(key(item), make(item));
    const part = parts.get(key(item));
    if (parent.children[index] !== part.node) parent.insertBefore(part.node, parent.children[index] ?? null);
    part.update(item);
  });
}
