// A line at the foot of the page that says what was done, with a way to undo it.

import { element, host } from "./dom.js";
import { named } from "./icons.js";
import { words } from "./words.js";

const SHOWN_MS = 10_000;

// Above an open dialog, which covers everything else.
const place = () => {
  const above = document.querySelector("dialog[open]") ?? host();
  const shelf =
    document.querySelector("#toasts") ??
    element("div", { id: "toasts", role: "status", "aria-live": "polite" });
  if (shelf.parentElement !== above) above.append(shelf);
  return shelf;
};

// toast("Deleted.", { label: "Undo", run: … }); it stays while the pointer or the keyboard is on it.
export const toast = (text, action = null) => {
  let timer;
  const close = () => {
    clearTimeout(timer);
    line.remove();
  };
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(close, SHOWN_MS);
  };
  const act = () => {
    close();
    action.run();
  };
  const line = element(
    "div",
    { class: "toast" },
    element("span", {}, text),
    action && element("button", { type: "button", class: "act", onclick: act }, action.label),
    element(
      "button",
      { type: "button", class: "bare", "aria-label": words("library.dismiss"), onclick: close },
      named("close"),
    ),
  );
  for (const event of ["pointerenter", "focusin"]) line.addEventListener(event, () => clearTimeout(timer));
  for (const event of ["pointerleave", "focusout"]) line.addEventListener(event, wait);
  place().replaceChildren(line);
  wait();
  return close;
};

export const copy = async (text, said = words("library.copied"), action = null) => {
  const done = await navigator.clipboard?.writeText(text).then(
    () => true,
    () => false,
  );
  if (done) toast(said, action);
  else toast(`${words("library.not_copied")} ${text}`, action);
};
