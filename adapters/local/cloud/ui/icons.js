// The line icons of the page, drawn on a 20 × 20 grid for it.

const SVG = "http://www.w3.org/2000/svg";
const PATHS = {
  close: "M5 5l10 10M15 5L5 15",
  moon: "M16 11.8A6.5 6.5 0 0 1 8.2 4a6.5 6.5 0 1 0 7.8 7.8z",
  sun: "M10 6.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM10 2v1.5M10 16.5V18M2 10h1.5M16.5 10H18M4.3 4.3l1.1 1.1M14.6 14.6l1.1 1.1M15.7 4.3l-1.1 1.1M5.4 14.6l-1.1 1.1",
  alert: "M10 3.2l7.3 13H2.7zM10 8.2v3.8M10 14v.1",
  search: "M9 3.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11zM13 13l4 4",
  split: "M3 10h5c3 0 3-5 6-5h3M14.5 2.5L17 5l-2.5 2.5M8 10c3 0 3 5 6 5h3M14.5 12.5L17 15l-2.5 2.5",
  chevron: "M8 5.5l4.5 4.5L8 14.5",
};

/** A decorative icon; what it means is said by the label of the control around it. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("class", `icon icon-${name}`);
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}
