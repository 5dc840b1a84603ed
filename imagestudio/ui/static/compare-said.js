// What several of the comparison's parts say alike.

import { element } from "./dom.js";
import { named } from "./icons.js";
import { language, words } from "./words.js";

export const text = (name, values) => words(`compare.${name}`, values);

export const usd = (amount) => `$${amount.toFixed(4).replace(/0{1,2}$/, "")}`;

export const seconds = (number, digits = 1) =>
  words("seconds", {
    seconds: number.toLocaleString(language, {
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    }),
  });

export const button = (kind, mark, label, onclick, more = {}) =>
  element(
    "button",
    { type: "button", class: kind, onclick, ...more },
    mark && named(mark),
    element("span", {}, label),
  );

// What it costs together: "$0.14", "from $0.10, 2 unknown", "free demo".
export const price = (estimates, demo) => {
  if (demo) return words("run_free");
  const known = estimates.filter((one) => one != null);
  const unknown = estimates.length - known.length;
  const sum = usd(known.reduce((all, one) => all + one, 0));
  if (!unknown) return sum;
  return known.length
    ? `${text("from_usd", { usd: sum })}, ${text("unknown", { count: unknown })}`
    : words("price_unknown");
};

// Asked of the forms; they belong to other tabs.
export const tell = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));
