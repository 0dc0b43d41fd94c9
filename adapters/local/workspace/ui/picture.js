// Pictures: small where they are spoken of, whole in an overlay. Only what this workspace serves
// is loaded; a picture of another site becomes a link.

import { el, safeUrl } from "./dom.js";
import { icon } from "./icons.js";

const OWN = ["/files/", "/assets/"];

/** The address if it is one of this workspace's pictures, or null. */
export function ownPicture(address) {
  const href = address && safeUrl(address);
  if (!href) return null;
  const { origin, pathname } = new URL(href);
  return origin === location.origin && OWN.some((start) => pathname.startsWith(start)) ? href : null;
}

/** The picture of an image block or element; `opens` makes it a button that shows it whole. */
export function image(element, { opens = false } = {}) {
  const { image_url: address, slack_file: file, alt_text: alt, title } = element;
  const src = ownPicture(address ?? file?.url);
  if (!src) return stub(address ?? file?.url, alt);
  const picture = { src, alt, width: file?.original_w, height: file?.original_h };
  return opens ? thumbnail({ ...picture, title: title?.text }) : small(picture);
}

/** A picture no wider than the text, that opens whole when it is clicked. */
export function thumbnail(picture) {
  const button = el(
    "button",
    {
      type: "button",
      class: "thumbnail",
      title: "Show the whole picture",
      "aria-haspopup": "dialog",
      dataset: { testid: "thumbnail" },
    },
    small(picture),
  );
  button.addEventListener("click", () => show(picture));
  return button;
}

function small({ src, alt, width, height }) {
  // Its measures keep its place while it loads, so that nothing below it jumps.
  return el("img", { src, alt: alt || "Picture", width, height, class: "picture", loading: "lazy" });
}

function stub(address, alt) {
  const href = address && safeUrl(address);
  const anchor = href ? { href, target: "_blank", rel: "noopener noreferrer" } : {};
  return el(
    href ? "a" : "span",
    { class: "picture-stub", title: "Pictures of other sites are not loaded here", ...anchor },
    icon("external"),
    alt || "Picture",
  );
}

// Above everything; Esc, the cross and a click beside the picture close it.
function show({ src, alt, title, width, height }) {
  const name = title || alt || "Picture";
  const close = el(
    "button",
    { type: "button", class: "icon-button", "aria-label": "Close", dataset: { testid: "lightbox-close" } },
    icon("close"),
  );
  const dialog = el(
    "dialog",
    { class: "lightbox", "aria-label": name, dataset: { testid: "lightbox" } },
    el(
      "header",
      { class: "lightbox-head" },
      el("span", { class: "lightbox-title" }, name),
      el(
        "a",
        { href: src, target: "_blank", rel: "noopener noreferrer", class: "icon-button", "aria-label": "Open by itself" },
        icon("external"),
      ),
      close,
    ),
    el("img", { src, alt: alt || "Picture", width, height }),
  );
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  close.focus();
}
