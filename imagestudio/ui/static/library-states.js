// What stands in the grid's place while there is nothing to show in it.

import { element } from "./dom.js";
import { words } from "./words.js";

const text = (name) => words(`library.${name}`);
const button = (label, onclick) => element("button", { type: "button", class: "plain", onclick }, label);

const said = (title, hint, action, extra = null) =>
  element(
    "div",
    { class: "nothing" },
    element("h2", {}, title),
    hint && element("p", {}, hint),
    extra,
    action,
  );

// Frames where the first pictures will be: nothing jumps when they come.
const loading = () =>
  element(
    "div",
    { class: "ghosts", role: "status", "aria-label": text("loading") },
    Array.from({ length: 24 }, () => element("span")),
  );

const example = () => {
  const fields = { prompt: text("empty_example") };
  document.dispatchEvent(new CustomEvent("studio:use", { detail: { task: "generate", fields } }));
};

export const emptyState = (source, filters) => {
  if (source.failed) {
    const again = () => (source.count === null ? source.open() : source.more());
    return [
      element(
        "div",
        { role: "alert" },
        said(text("broken"), source.failed.message, button(text("retry"), again)),
      ),
    ];
  }
  if (source.count === null) return [loading()];
  if (source.pictures.length) return [];
  if (filters.any)
    return [
      said(
        text("none_title"),
        text("none_hint"),
        button(text("reset"), () => filters.reset()),
      ),
    ];
  const quote = element("blockquote", {}, text("empty_example"));
  return [said(text("empty_title"), text("empty_hint"), button(text("empty_action"), example), quote)];
};
