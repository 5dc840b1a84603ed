// The library's bar: search, filters, favourites. What is set stands in the address, and is there after a reload.

import { element } from "./dom.js";
import { icon } from "./icons.js";
import { texts } from "./texts.js";

/**
 * @typedef {Record<string, string>} Values
 * @typedef {{ id: string, name: string }} Named
 */

const TYPED_MS = 180;
/** @type {Record<string, number>} how many days before today a choice begins */
const DAYS = { today: 0, week: 6, month: 29 };
const text = texts("library");

/** The date of some days ago. @param {number} ago */
const date = (ago) => {
  const at = new Date();
  at.setDate(at.getDate() - ago);
  const parts = [at.getFullYear(), at.getMonth() + 1, at.getDate()];
  return parts.map((part) => String(part).padStart(2, "0")).join("-");
};

/** A whole day here, as the server is told it: an instant with this clock's zone. @param {string} date */
const instant = (date, days = 0) => {
  const [year, month, day] = date.split("-").map(Number);
  return new Date(year, month - 1, day + days).toISOString();
};

/** What the address says, or null: it is not the library's. @returns {Values | null} */
export const fromAddress = () => {
  const [name, query] = location.hash.slice(1).split("?");
  return name === "library" ? Object.fromEntries(new URLSearchParams(query ?? "")) : null;
};

/** @param {string} name @param {string} label @param {string[][]} options @param {string} [chosen] */
const choice = (name, label, options, chosen = "") =>
  element(
    "select",
    { name, "aria-label": label, class: "chip" },
    options.map(([value, shown]) => element("option", { value, selected: value === chosen }, shown)),
  );

export class Filters {
  /** @type {number | undefined} */
  #timer;

  /**
   * @param {{ models: Named[], providers: Named[] }} choices
   * @param {(filter: Values) => void} changed is told what the server is to be asked
   */
  constructor({ models, providers }, changed) {
    this.changed = changed;
    const was = fromAddress() ?? {};
    this.search = element("input", {
      type: "search",
      name: "q",
      value: was.q ?? "",
      placeholder: text("search"),
      "aria-label": text("search"),
      autocomplete: "off",
      spellcheck: "false",
      enterkeyhint: "search",
    });
    this.clear = element(
      "button",
      {
        type: "button",
        class: "bare",
        "aria-label": text("clear_search"),
        onclick: () => this.#clearSearch(),
      },
      icon("close"),
    );
    this.selects = this.#choices(models, providers, was);
    this.when = this.selects[this.selects.length - 1];
    this.days = ["from", "to"].map((name) =>
      element("input", {
        type: "date",
        name,
        "aria-label": text(name),
        value: was[name] ?? "",
        class: "chip",
      }),
    );
    this.favourites = element(
      "button",
      {
        type: "button",
        class: "chip toggle",
        "aria-pressed": String(was.favourites === "1"),
        onclick: () => this.#toggleFavourites(),
      },
      icon("heart"),
      text("favourites"),
    );
    this.opener = element(
      "button",
      {
        type: "button",
        class: "chip toggle only-phone",
        "aria-expanded": "false",
        "aria-controls": "library-chips",
        onclick: () => this.#toggleOpen(),
      },
      icon("filters"),
      text("filters"),
    );
    this.chips = element("div", { class: "chips", id: "library-chips" }, ...this.selects, ...this.days);
    this.bar = element(
      "form",
      { class: "filters", role: "search", onsubmit: (event) => event.preventDefault() },
      element("div", { class: "search" }, icon("search"), this.search, this.clear),
      this.opener,
      this.favourites,
      this.chips,
    );
    this.search.addEventListener("input", () => this.#onTyped());
    for (const one of [...this.selects, ...this.days]) one.addEventListener("change", () => this.#apply());
    this.#draw();
  }

  /** @param {Named[]} models @param {Named[]} providers @param {Values} was */
  #choices(models, providers, was) {
    const any = (/** @type {string} */ name) => ["", text(`any_${name}`)];
    const named = (/** @type {Named[]} */ list) => list.map(({ id, name }) => [id, name]);
    const tasks = [any("task"), ["generate", text("task_generate")], ["edit", text("task_edit")]];
    const times = [...Object.keys(DAYS), "between"].map((name) => [name, text(name)]);
    return [
      choice("model", text("model"), [any("model"), ...named(models)], was.model),
      choice("provider", text("provider"), [any("provider"), ...named(providers)], was.provider),
      choice("task", text("task"), tasks, was.task),
      choice("when", text("made"), [["", text("any_time")], ...times], was.when),
    ];
  }

  /** What is set, by name. @returns {Values} */
  get values() {
    /** @type {Values} */
    const values = {};
    for (const one of [this.search, ...this.selects]) values[one.name] = one.value.trim();
    if (values.when === "between") for (const one of this.days) values[one.name] = one.value;
    if (this.favourites.getAttribute("aria-pressed") === "true") values.favourites = "1";
    return Object.fromEntries(Object.entries(values).filter(([, value]) => value));
  }

  /** As the server is asked. */
  get filter() {
    const { when, from, to, ...rest } = this.values;
    if (when in DAYS) rest.from = instant(date(DAYS[when]));
    if (from) rest.from = instant(from);
    if (to) rest.to = instant(to, 1);
    return rest;
  }

  get isAnySet() {
    return Object.keys(this.values).length > 0;
  }

  reset() {
    this.setValues({});
  }

  /** As an address says. @param {Values} values */
  setValues(values) {
    for (const one of [this.search, ...this.selects, ...this.days]) one.value = values[one.name] ?? "";
    this.favourites.setAttribute("aria-pressed", String(values.favourites === "1"));
    this.#apply();
  }

  /** The address names the library, and what is set, while its tab is looked at. @param {boolean} isHere */
  writeAddress(isHere) {
    const query = new URLSearchParams(this.values).toString();
    const hash = isHere ? `#library${query && `?${query}`}` : "";
    if (isHere || fromAddress())
      history.replaceState(history.state, "", location.pathname + location.search + hash);
  }

  #onTyped() {
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.#apply(), TYPED_MS);
    this.#draw();
  }

  #clearSearch() {
    this.search.value = "";
    this.search.focus();
    this.#apply();
  }

  #toggleFavourites() {
    const on = this.favourites.getAttribute("aria-pressed") !== "true";
    this.favourites.setAttribute("aria-pressed", String(on));
    this.#apply();
  }

  #toggleOpen() {
    const on = this.opener.getAttribute("aria-expanded") !== "true";
    this.opener.setAttribute("aria-expanded", String(on));
    this.chips.classList.toggle("open", on);
  }

  #draw() {
    this.clear.hidden = !this.search.value;
    for (const one of this.days) one.hidden = this.when.value !== "between";
    for (const one of this.selects) one.classList.toggle("on", one.value !== "");
    this.opener.classList.toggle(
      "on",
      this.selects.some((one) => one.value !== ""),
    );
  }

  #apply() {
    clearTimeout(this.#timer);
    this.#draw();
    this.writeAddress(true);
    this.changed(this.filter);
  }
}
