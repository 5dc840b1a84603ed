// The line under the filters: how many pictures there are or, while some are selected, what can be done to them.

import { element } from "./dom.js";
import { icon } from "./icons.js";
import { count, counted, texts } from "./texts.js";
import { toast } from "./toast.js";

/** @typedef {import("./library-source.js").LibrarySource} LibrarySource */

const MOST = 500;
const text = texts("library");

/** @param {import("./icons.js").IconName} mark @param {string} label @param {() => unknown} onclick */
const button = (mark, label, onclick) =>
  element("button", { type: "button", class: "quiet", onclick }, icon(mark), label);

export class SelectionLine {
  #isSelecting = false;

  /**
   * @param {LibrarySource} source @param {Set<string>} selection the ids of the selected pictures
   * @param {{ remove: () => unknown, changed: () => void }} options
   */
  constructor(source, selection, { remove, changed }) {
    this.source = source;
    this.selection = selection;
    this.changed = changed;
    this.line = element("p", { "aria-live": "polite", class: "said" });
    this.start = button("select", text("select"), () => this.#begin());
    this.recipes = element("input", { type: "checkbox" });
    this.zipButton = button("download", text("zip"), () => this.#zip());
    this.deleteButton = button("trash", text("delete"), remove);
    this.actions = element(
      "div",
      { class: "actions" },
      element("label", { class: "with" }, this.recipes, text("with_recipes")),
      this.zipButton,
      this.deleteButton,
    );
    this.done = button("close", text("select_end"), () => this.end());
    this.root = element("div", { class: "line" }, this.line, this.start, this.actions, this.done);
    this.draw();
  }

  get isSelecting() {
    return this.#isSelecting || this.selection.size > 0;
  }

  end() {
    this.#isSelecting = false;
    this.selection.clear();
    this.draw();
    this.changed();
  }

  draw() {
    const { size } = this.selection;
    this.root.classList.toggle("selecting", this.isSelecting);
    this.start.hidden = this.isSelecting || !this.source.pictures.length;
    this.actions.hidden = !this.isSelecting;
    this.done.hidden = !this.isSelecting;
    this.zipButton.disabled = !size;
    this.deleteButton.disabled = !size;
    const none = this.#isSelecting ? text("select_none") : this.#count();
    const line = size ? counted("library.selected", size) : none;
    if (this.line.textContent !== line) this.line.textContent = line;
  }

  #begin() {
    this.#isSelecting = true;
    this.draw();
    this.done.focus();
  }

  #count() {
    const { number = 0, more = false } = this.source.count ?? {};
    if (!number) return "";
    return more ? text("count_more", { count: count(number) }) : counted("library.count", number);
  }

  // A form, not a fetch: the browser writes a zip of any size to the disk while it comes. In a tab of its own,
  // which closes at once: Gradio takes a form that is sent for its page's end, and hangs up.
  #zip() {
    const ids = this.source.pictures.map(({ id }) => id).filter((id) => this.selection.has(id));
    /** @param {string} name @param {string} value */
    const input = (name, value) => element("input", { type: "hidden", name, value });
    const form = element(
      "form",
      { method: "post", action: "visitor/library/zip", target: "_blank", hidden: true },
      input("ids", ids.slice(0, MOST).join(",")),
      this.recipes.checked && input("recipes", "1"),
    );
    document.body.append(form);
    form.submit();
    form.remove();
    if (ids.length > MOST) toast(text("zip_limit", { count: count(MOST) }));
  }
}
