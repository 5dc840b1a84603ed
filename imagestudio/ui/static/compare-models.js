// The models to tick, each with its price and what it would make of the settings.

import { text } from "./compare-texts.js";
import { element } from "./dom.js";
import { usd } from "./price.js";
import { t } from "./texts.js";

/**
 * @typedef {import("./types.d.ts").ModelForecast} ModelForecast
 * @typedef {{ root: HTMLElement, box: HTMLInputElement, price: HTMLElement, about: HTMLElement }} Row
 */

/** @param {ModelForecast} forecast */
const price = ({ estimate_usd: amount }) => (amount == null ? t("price_unknown") : usd(amount));

/** "Sends 1280 × 720, no seed": only what is not as wished. @param {ModelForecast} forecast */
const deviations = ({ differences }) => {
  const parts = differences.map(({ field, used }) =>
    used == null ? text("without", { field: text(`field_${field}`) }) : String(used),
  );
  return parts.length ? text("nearest", { list: [...new Set(parts)].join(", ") }) : "";
};

/** Why, in sentences. @param {ModelForecast} forecast */
const reasons = ({ differences }) => differences.map(({ why }) => why).join(" ");

export class Models {
  /** @type {ModelForecast[]} */
  forecasts = [];
  /** @type {Map<string, Row>} */
  #rows = new Map();

  /** @param {string[]} chosen @param {() => void} changed */
  constructor(chosen, changed) {
    this.chosen = new Set(chosen);
    this.changed = changed;
    this.count = element("span", { class: "count", "aria-live": "polite" });
    this.list = element("ul");
    this.root = element(
      "fieldset",
      { class: "models" },
      element("legend", {}, text("models"), this.count),
      this.list,
    );
  }

  /** Those that are ticked and can run, in the list's order. */
  get ticked() {
    return this.forecasts.filter(({ can_run, model }) => can_run && this.chosen.has(model));
  }

  /** @param {string[]} models */
  choose(models) {
    this.chosen = new Set(models);
    this.#draw();
  }

  /** @param {ModelForecast[]} forecasts */
  show(forecasts) {
    this.forecasts = forecasts;
    this.#draw();
  }

  #draw() {
    for (const forecast of this.forecasts) {
      const { can_run: canRun, model, provider_name: provider } = forecast;
      const row = this.#rows.get(model) ?? this.#addRow(forecast);
      row.box.disabled = !canRun;
      row.box.checked = canRun && this.chosen.has(model);
      row.root.classList.toggle("off", !canRun);
      row.price.textContent = price(forecast);
      const about = [provider, deviations(forecast)].filter(Boolean).join(" · ");
      row.about.textContent = canRun ? about : t("forms.missing", { provider });
      row.about.title = canRun ? reasons(forecast) : "";
    }
    const count = this.ticked.length;
    this.count.textContent = count ? text("chosen", { count }) : "";
  }

  /** @param {ModelForecast} forecast */
  #addRow({ model, model_name: name }) {
    const price = element("span", { class: "price", id: `compare-price-${model}` });
    const about = element("span", { class: "said", id: `compare-said-${model}` });
    const box = element("input", {
      type: "checkbox",
      name: "model",
      value: model,
      "aria-label": name,
      "aria-describedby": `${price.id} ${about.id}`,
    });
    box.addEventListener("change", () => {
      if (box.checked) this.chosen.add(model);
      else this.chosen.delete(model);
      this.#draw();
      this.changed();
    });
    const label = element("label", {}, box, element("span", { class: "name" }, name), price);
    const root = element("li", {}, label, about);
    this.list.append(root);
    const row = { root, box, price, about };
    this.#rows.set(model, row);
    return row;
  }
}
