// A question before something that takes much away: it says what goes, and the answer that keeps it has the focus.

import { element, host } from "./dom.js";
import { t } from "./texts.js";

/**
 * Whether a person says yes.
 *
 * @param {string} title @param {string[]} sentences @param {string} action what yes is called
 * @returns {Promise<boolean>}
 */
export const ask = (title, sentences, action) =>
  new Promise((resolve) => {
    let isSure = false;
    const answer = (/** @type {boolean} */ yes) => {
      isSure = yes;
      dialog.close();
    };
    const keep = element(
      "button",
      { type: "button", class: "plain", onclick: () => answer(false) },
      t("privacy.keep"),
    );
    /** @type {HTMLDialogElement} */
    const dialog = element(
      "dialog",
      { class: "ask", role: "alertdialog", "aria-labelledby": "ask-title", "aria-describedby": "ask-text" },
      element("h2", { id: "ask-title" }, title),
      element("div", { id: "ask-text" }, ...sentences.map((sentence) => element("p", {}, sentence))),
      element(
        "div",
        { class: "answers" },
        keep,
        element("button", { type: "button", class: "plain danger", onclick: () => answer(true) }, action),
      ),
    );
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(isSure);
    });
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
    host().append(dialog);
    dialog.showModal();
    keep.focus();
  });
