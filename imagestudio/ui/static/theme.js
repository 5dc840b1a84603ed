// The switch between light, dark and the system's own, in the top bar. first.js applies it.

import { element, present } from "./dom.js";
import { icon } from "./icons.js";
import { t } from "./texts.js";

/** @type {("system" | "light" | "dark")[]} */
const ORDER = ["system", "light", "dark"];

// One button that goes round: it says what is chosen, and the next press is the next of three.
const next = () => {
  const { chosen, choose } = window.studioTheme;
  choose(ORDER[(ORDER.indexOf(chosen()) + 1) % ORDER.length]);
  show();
};
const button = element("button", { type: "button", class: "theme", onclick: next });

const show = () => {
  const chosen = window.studioTheme.chosen();
  const label = `${t("theme.label")}: ${t(`theme.${chosen}`)}`;
  button.replaceChildren(icon(chosen));
  button.setAttribute("aria-label", label);
  button.title = label;
};

show();
addEventListener("storage", show);
(await present("#bar-theme")).append(button);
