// The models to tick, each with its price and what it would make of the settings.

import { text, usd } from "./compare-said.js";
import { element } from "./dom.js";
import { words } from "./words.js";

const cost = ({ estimate_usd: amount }) => (amount == null ? words("price_unknown") : usd(amount));

// "Sends 1280 × 720, no seed": only what is not as wished.
const differing = ({ differences }) => {
  const said = differences.map(({ field, used }) =>
    used == null ? text("without", { field: text(`field_${field}`) }) : String(used),
  );
  return said.length ? text("nearest", { list: [...new Set(said)].join(", ") }) : "";
};

// Why, in sentences.
const because = ({ differences }) => differences.map(({ why }) => why).join(" ");

export class Models {
  lines = [];
  #rows = new Map();

  constructor(chosen, changed) {
    this.chosen = new Set(chosen);
    this.changed = changed;
    this.count = element("span", { class: "count", "aria-live": "polite" });
    this.list = element("ul", {});
    this.root = element(
      "fieldset",
      { class: "models" },
      element("legend", {}, text("models"), this.count),
      this.list,
    );
  }

  // Those that are ticked and can run, in the list's order.
  get ticked() {
    return this.lines.filter((line) => line.can_run && this.chosen.has(line.model));
  }

  choose(models) {
    this.chosen = new Set(models);
    this.#draw();
  }

  show(lines) {
    this.lines = lines;
    this.#draw();
  }

  #draw() {
    for (const line of this.lines) {
      const row = this.#rows.get(line.model) ?? this.#made(line);
      row.box.disabled = !line.can_run;
      row.box.checked = line.can_run && this.chosen.has(line.model);
      row.root.classList.toggle("off", !line.can_run);
      row.price.textContent = cost(line);
      const needed = words("forms.missing", { provider: line.provider_name });
      row.said.textContent = line.can_run
        ? [line.provider_name, differing(line)].filter(Boolean).join(" · ")
        : needed;
      row.said.title = line.can_run ? because(line) : "";
    }
    const count = this.ticked.length;
    this.count.textContent = count ? text("chosen", { count }) : "";
  }

  #made(line) {
    const [priced, described] = ["price", "said"].map((part) => `compare-${part}-${line.model}`);
    const about = { "aria-label": line.model_name, "aria-describedby": `${priced} ${described}` };
    const box = element("input", { type: "checkbox", name: "model", value: line.model, ...about });
    const price = element("span", { class: "price", id: priced });
    const said = element("span", { class: "said", id: described });
    box.addEventListener("change", () => {
      if (box.checked) this.chosen.add(line.model);
      else this.chosen.delete(line.model);
      this.#draw();
      this.changed();
    });
    const root = element(
      "li",
      {},
      element("label", {}, box, element("span", { class: "name" }, line.model_name), price),
      said,
    );
    this.list.append(root);
    const row = { root, box, price, said };
    this.#rows.set(line.model, row);
    return row;
  }
}
