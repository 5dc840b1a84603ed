// The page's texts, and how numbers and times are written, in the language that the browser asks for. The texts come
// in the page, from ui/page_data.py.

/** @typedef {Record<string, string | number | null | undefined>} Values */

const source = document.getElementById("studio-words");
/** @type {Record<string, string>} */
const templates = JSON.parse(source?.textContent ?? "{}");

export const language = source?.lang || "en";
document.documentElement.lang = language;

/** t("ahead", { count: 2 }) @param {string} key @param {Values} [values] */
export const t = (key, values = {}) =>
  templates[key].replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));

/**
 * The texts of one part of the page: `texts("library")("close")` is "library.close".
 *
 * @param {string} part
 * @returns {(name: string, values?: Values) => string}
 */
export const texts = (part) => (name, values) => t(`${part}.${name}`, values);

/** "3.2 s" @param {number} number @param {number} [digits] */
export const seconds = (number, digits) =>
  t("seconds", {
    seconds: number.toLocaleString(language, {
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    }),
  });

/** "1024 × 768"; nothing where that is not known. @param {number} width @param {number} height */
export const times = (width, height) => (width && height ? `${width} × ${height}` : "");

/** @param {number} value */
export const count = (value) => value.toLocaleString(language);

/**
 * A sentence with a number, which one thing has another of.
 *
 * @param {string} name @param {number} number
 */
export const counted = (name, number) => t(number === 1 ? `${name}_one` : name, { count: count(number) });

/** When something was, by this clock. @param {string} at @param {Intl.DateTimeFormatOptions} style */
export const moment = (at, style) => new Date(at).toLocaleString(language, style);
