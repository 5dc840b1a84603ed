// What stands in the grid's place while there is nothing to show in it.

import { dispatch, element } from "./dom.js";
import { texts } from "./texts.js";

/**
 * @typedef {import("./library-filters.js").Filters} Filters
 * @typedef {import("./library-source.js").LibrarySource} LibrarySource
 */

const FRAMES = 24;
const text = texts("library");

/** @param {string} label @param {() => unknown} onclick */
const button = (label, onclick) => element("button", { type: "button", class: "plain", onclick }, label);

/** @param {string} title @param {string} hint @param {HTMLElement[]} rest */
const nothing = (title, hint, ...rest) =>
  element("div", { class: "nothing" }, element("h2", {}, title), element("p", {}, hint), ...rest);

/** Frames where the first pictures will be: nothing jumps when they come. */
const loading = () =>
  element(
    "div",
    { class: "ghosts", role: "status", "aria-label": text("loading") },
    Array.from({ length: FRAMES }, () => element("span")),
  );

const useExample = () =>
  dispatch("studio:use", { task: "generate", fields: { prompt: text("empty_example") } });

/** @param {LibrarySource} source @param {Filters} filters @returns {HTMLElement[]} */
export const emptyState = (source, filters) => {
  if (source.error) {
    const again = () => (source.count === null ? source.open() : source.loadMore());
    const retry = button(text("retry"), again);
    return [element("div", { role: "alert" }, nothing(text("broken"), source.error.message, retry))];
  }
  if (source.count === null) return [loading()];
  if (source.pictures.length) return [];
  if (filters.isAnySet) {
    const reset = button(text("reset"), () => filters.reset());
    return [nothing(text("none_title"), text("none_hint"), reset)];
  }
  const quote = element("blockquote", {}, text("empty_example"));
  return [nothing(text("empty_title"), text("empty_hint"), quote, button(text("empty_action"), useExample))];
};
