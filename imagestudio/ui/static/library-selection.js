// The line under the filters: how many pictures there are or, while some are selected, what can be done to them.

import { element } from "./dom.js";
import { named } from "./icons.js";
import { toast } from "./toast.js";
import { words } from "./words.js";

const MOST = 500;
const text = (name, values) => words(`library.${name}`, values);
const number = (value) => value.toLocaleString(document.documentElement.lang);
const many = (name, count) => text(count === 1 ? `${name}_one` : name, { count: number(count) });

const button = (name, label, onclick) =>
  element("button", { type: "button", class: "quiet", onclick }, named(name), label);

export class SelectionLine {
  #mode = false;

  constructor(source, selection, { remove, changed }) {
    Object.assign(this, { source, selection, changed });
    this.said = element("p", { "aria-live": "polite", class: "said" });
    this.start = button("select", text("select"), () => this.begin());
    this.recipes = element("input", { type: "checkbox" });
    this.actions = [
      element("label", { class: "with" }, this.recipes, text("with_recipes")),
      button("download", text("zip"), () => this.zip()),
      button("trash", text("delete"), remove),
    ];
    this.done = button("close", text("select_end"), () => this.end());
    this.root = element(
      "div",
      { class: "line" },
      this.said,
      this.start,
      element("div", { class: "actions" }, this.actions),
      this.done,
    );
    this.draw();
  }

  get selecting() {
    return this.#mode || this.selection.size > 0;
  }

  begin() {
    this.#mode = true;
    this.draw();
    this.done.focus();
  }

  end() {
    this.#mode = false;
    this.selection.clear();
    this.draw();
    this.changed();
  }

  draw() {
    const { size } = this.selection;
    this.root.classList.toggle("selecting", this.selecting);
    this.start.hidden = this.selecting || !this.source.pictures.length;
    for (const part of [this.actions[0].parentElement, this.done]) part.hidden = !this.selecting;
    for (const action of this.actions.slice(1)) action.disabled = !size;
    const line = size ? many("selected", size) : this.#mode ? text("select_none") : this.#count();
    if (this.said.textContent !== line) this.said.textContent = line;
  }

  #count() {
    const { count } = this.source;
    if (!count?.number) return "";
    return count.more ? text("count_more", { count: number(count.number) }) : many("count", count.number);
  }

  // A form, not a fetch: the browser writes a zip of any size to the disk while it comes. In a tab of its own,
  // which closes at once: Gradio takes a form that is sent for its page's end, and hangs up.
  zip() {
    const ids = this.source.pictures.map(({ id }) => id).filter((id) => this.selection.has(id));
    const fields = { ids: ids.slice(0, MOST).join(","), ...(this.recipes.checked && { recipes: "1" }) };
    const inputs = Object.entries(fields).map(([name, value]) =>
      element("input", { type: "hidden", name, value }),
    );
    const form = element(
      "form",
      { method: "post", action: "visitor/library/zip", target: "_blank", hidden: true },
      inputs,
    );
    document.body.append(form);
    form.submit();
    form.remove();
    if (ids.length > MOST) toast(text("zip_limit", { count: number(MOST) }));
  }
}
