// What several of the comparison's parts write alike.

import { element } from "./dom.js";
import { icon } from "./icons.js";
import { usd } from "./price.js";
import { t, texts } from "./texts.js";

/** @typedef {import("./dom.js").Attributes} Attributes */

export const text = texts("compare");

/**
 * @param {string} kind its class @param {import("./icons.js").IconName | null} mark @param {string} label
 * @param {(event: MouseEvent) => unknown} onclick @param {Attributes} [more]
 */
export const button = (kind, mark, label, onclick, more = {}) =>
  element(
    "button",
    { type: "button", class: kind, onclick, ...more },
    mark && icon(mark),
    element("span", {}, label),
  );

/**
 * What it costs together: "$0.14", "from $0.10, 2 unknown", "free demo".
 *
 * @param {(number | null)[]} estimates @param {boolean} demo
 */
export const totalPrice = (estimates, demo) => {
  if (demo) return t("run_free");
  const known = estimates.filter((one) => one != null);
  const unknown = estimates.length - known.length;
  const sum = usd(known.reduce((all, one) => all + one, 0));
  if (!unknown) return sum;
  if (!known.length) return t("price_unknown");
  return `${text("from_usd", { usd: sum })}, ${text("unknown", { count: unknown })}`;
};
