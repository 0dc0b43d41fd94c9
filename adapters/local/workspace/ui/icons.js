// The line icons of the page, drawn on a 20 × 20 grid for it.

const SVG = "http://www.w3.org/2000/svg";
const PATHS = {
  menu: "M3 5.5h14M3 10h14M3 14.5h14",
  close: "M5 5l10 10M15 5L5 15",
  back: "M12.5 4.5L7 10l5.5 5.5",
  more: "M4.6 10h.01M10 10h.01M15.4 10h.01",
  reply: "M3.5 5.5a2 2 0 0 1 2-2h9a2 2 0 0 1 2 2v6a2 2 0 0 1-2 2H9l-3.5 3v-3a2 2 0 0 1-2-2z",
  pin: "M7.5 3.5h5l-.7 5 2.7 3H5.5l2.7-3zM10 11.5v5",
  smile: "M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM7.3 11.6c.6 1 1.5 1.6 2.7 1.6s2.1-.6 2.7-1.6M7.6 7.9v.2M12.4 7.9v.2",
  send: "M3.5 10L16.5 4l-4 12.5-3-5.5zM9.5 11l3.2-3.2",
  lock: "M5.5 9h9v7h-9zM7.5 9V6.5a2.5 2.5 0 0 1 5 0V9",
  eye: "M2.5 10s2.7-4.7 7.5-4.7S17.5 10 17.5 10s-2.7 4.7-7.5 4.7S2.5 10 2.5 10zM10 8a2 2 0 1 0 0 4 2 2 0 0 0 0-4z",
  bolt: "M11 2.5L4.5 11.5H9l-.8 6 6.6-9H10z",
  moon: "M16 11.8A6.5 6.5 0 0 1 8.2 4a6.5 6.5 0 1 0 7.8 7.8z",
  sun: "M10 6.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM10 2v1.5M10 16.5V18M2 10h1.5M16.5 10H18M4.3 4.3l1.1 1.1M14.6 14.6l1.1 1.1M15.7 4.3l-1.1 1.1M5.4 14.6l-1.1 1.1",
  traffic: "M3 7h12.5M12 3.5L15.5 7 12 10.5M17 13H4.5M8 9.5L4.5 13 8 16.5",
  alert: "M10 3.2l7.3 13H2.7zM10 8.2v3.8M10 14v.1",
  chevron: "M5.5 8l4.5 4.5L14.5 8",
  down: "M10 4v12M5 11l5 5 5-5",
  cloud: "M6 15.5a3.5 3.5 0 0 1-.4-7 4.6 4.6 0 0 1 8.8-.6 3.8 3.8 0 0 1-.2 7.6z",
  external: "M8 4.5H4.5v11h11V12M11.5 3.5h5v5M16 4l-7 7",
  check: "M4.5 10.5l3.5 3.5 7.5-8",
  info: "M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM10 9v4.5M10 6.5v.1",
  users: "M7.5 4a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM2.5 16.5c0-3 2.2-4.7 5-4.7s5 1.7 5 4.7M13 4.5a2.7 2.7 0 0 1 0 5.2M14.5 12.2c1.9.6 3 2.1 3 4.3",
  edit: "M4 16l.8-3.6L13 4.2a1.6 1.6 0 0 1 2.3 0l.5.5a1.6 1.6 0 0 1 0 2.3l-8.2 8.2zM11.5 5.7l2.8 2.8",
  bin: "M4 6h12M8 6V4h4v2M5.5 6l.7 10h7.6l.7-10M8.5 9v4.5M11.5 9v4.5",
  bookmark: "M6 3.5h8v13l-4-3-4 3z",
  hash: "M8 3L6.5 17M13.5 3L12 17M3.5 7.5h13.5M3 12.5h13.5",
};

/** A decorative icon; what it means is said by the label of the control around it. */
export function icon(name, extra = "") {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("class", `icon icon-${name} ${extra}`);
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

/** The mark of Signalbox: a mast, its arm and its light. */
export function mark(extra = "") {
  const image = document.createElement("img");
  image.src = "/assets/icon.svg";
  image.alt = "";
  image.className = `mark ${extra}`;
  return image;
}
