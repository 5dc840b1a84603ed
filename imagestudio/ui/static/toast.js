// A line at the foot of the page that says what was done, with a way to undo it.

import { element, find, host } from "./dom.js";
import { icon } from "./icons.js";
import { t } from "./texts.js";

/** @typedef {{ label: string, run: () => unknown }} Action */

const SHOWN_MS = 10_000;

// Above an open dialog, which covers everything else.
const place = () => {
  const above = find("dialog[open]") ?? host();
  const shelf = find("#toasts") ?? element("div", { id: "toasts", role: "status", "aria-live": "polite" });
  if (shelf.parentElement !== above) above.append(shelf);
  return shelf;
};

/**
 * toast("Deleted.", { label: "Undo", run: … }); it stays while the pointer or the keyboard is on it.
 *
 * @param {string} text @param {Action | null} [action]
 */
export const toast = (text, action = null) => {
  /** @type {number | undefined} */
  let timer;
  const close = () => {
    clearTimeout(timer);
    line.remove();
  };
  const wait = () => {
    clearTimeout(timer);
    timer = window.setTimeout(close, SHOWN_MS);
  };
  const act = () => {
    close();
    action?.run();
  };
  const line = element(
    "div",
    { class: "toast" },
    element("span", {}, text),
    action && element("button", { type: "button", class: "act", onclick: act }, action.label),
    element(
      "button",
      { type: "button", class: "bare", "aria-label": t("library.dismiss"), onclick: close },
      icon("close"),
    ),
  );
  for (const event of ["pointerenter", "focusin"]) line.addEventListener(event, () => clearTimeout(timer));
  for (const event of ["pointerleave", "focusout"]) line.addEventListener(event, wait);
  place().replaceChildren(line);
  wait();
};

/** @param {string} text @param {string} [message] @param {Action | null} [action] */
export const copy = async (text, message = t("library.copied"), action = null) => {
  const isDone = await navigator.clipboard?.writeText(text).then(
    () => true,
    () => false,
  );
  toast(isDone ? message : `${t("library.not_copied")} ${text}`, action);
};
