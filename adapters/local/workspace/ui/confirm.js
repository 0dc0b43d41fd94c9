// The question that is asked before a click is sent.

import { el } from "./dom.js";
import { mrkdwn } from "./mrkdwn.js";
import { withEmoji } from "./emoji.js";

const words = (text, otherwise) => withEmoji(text?.text ?? otherwise);

/** Ask as an element's `confirm` says; resolves to whether the person agreed. */
export function ask(confirm) {
  return new Promise((resolve) => {
    const body = el("p", { class: "confirm-text" });
    if (confirm.text?.type === "mrkdwn") body.append(mrkdwn(confirm.text.text));
    else body.textContent = words(confirm.text, "");
    const deny = el(
      "button",
      { type: "button", class: "button", dataset: { testid: "confirm-deny" } },
      words(confirm.deny, "Cancel"),
    );
    const style = confirm.style === "danger" ? "danger solid" : "primary";
    const yes = el(
      "button",
      { type: "button", class: `button ${style}`, dataset: { testid: "confirm-yes" } },
      words(confirm.confirm, "Yes"),
    );
    const title = el("h2", { id: "confirm-title" }, words(confirm.title, "Are you sure?"));
    const dialog = el(
      "dialog",
      { class: "dialog confirm", "aria-labelledby": "confirm-title", dataset: { testid: "confirm" } },
      title,
      body,
      el("div", { class: "dialog-foot" }, deny, yes),
    );
    let agreed = false;
    yes.addEventListener("click", () => {
      agreed = true;
      dialog.close();
    });
    deny.addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(agreed);
    });
    document.body.append(dialog);
    dialog.showModal();
    yes.focus();
  });
}
