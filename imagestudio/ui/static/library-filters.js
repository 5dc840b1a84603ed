// The library's bar: search, filters, favourites. What is set stands in the address, and is there after a reload.

import { element, set } from "./dom.js";
import { named } from "./icons.js";
import { words } from "./words.js";

const TYPED_MS = 180;
const DAYS = { today: 0, week: 6, month: 29 };
const text = (name, values) => words(`library.${name}`, values);

const day = (ago) => {
  const date = new Date();
  date.setDate(date.getDate() - ago);
  return [date.getFullYear(), date.getMonth() + 1, date.getDate()]
    .map((part) => String(part).padStart(2, "0"))
    .join("-");
};

// A whole day here, as the server is told it: an instant with this clock's zone.
const instant = (date, days = 0) => {
  const [year, month, of] = date.split("-").map(Number);
  return new Date(year, month - 1, of + days).toISOString();
};

export const fromAddress = () => {
  const [name, query] = location.hash.slice(1).split("?");
  return name === "library" ? Object.fromEntries(new URLSearchParams(query ?? "")) : null;
};

const choice = (name, label, options, chosen) =>
  element(
    "select",
    { name, "aria-label": label, class: "chip" },
    options.map(([value, shown]) => element("option", { value, selected: value === (chosen ?? "") }, shown)),
  );

export class Filters {
  // `changed(filter)` is told what the server is to be asked.
  constructor({ models, providers }, changed) {
    this.changed = changed;
    const was = fromAddress() ?? {};
    const any = (name) => ["", text(`any_${name}`)];
    const named_ = (list) => list.map(({ id, name }) => [id, name]);
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
      { type: "button", class: "bare", "aria-label": text("clear_search"), onclick: () => this.#cleared() },
      named("close"),
    );
    this.when = choice(
      "when",
      text("made"),
      [["", text("any_time")], ...[...Object.keys(DAYS), "between"].map((name) => [name, text(name)])],
      was.when,
    );
    this.days = ["from", "to"].map((name) =>
      element("input", {
        type: "date",
        name,
        "aria-label": text(name),
        value: was[name] ?? "",
        class: "chip",
      }),
    );
    this.selects = [
      choice("model", text("model"), [any("model"), ...named_(models)], was.model),
      choice("provider", text("provider"), [any("provider"), ...named_(providers)], was.provider),
      choice(
        "task",
        text("task"),
        [any("task"), ["generate", text("task_generate")], ["edit", text("task_edit")]],
        was.task,
      ),
      this.when,
    ];
    this.favourites = element(
      "button",
      {
        type: "button",
        class: "chip toggle",
        "aria-pressed": String(was.favourites === "1"),
        onclick: () => this.#toggled(),
      },
      named("heart"),
      text("favourites"),
    );
    this.open = element(
      "button",
      {
        type: "button",
        class: "chip toggle only-phone",
        "aria-expanded": "false",
        "aria-controls": "library-chips",
        onclick: () => this.#opened(),
      },
      named("filters"),
      text("filters"),
    );
    this.chips = element("div", { class: "chips", id: "library-chips" }, ...this.selects, ...this.days);
    this.bar = element(
      "form",
      { class: "filters", role: "search", onsubmit: (event) => event.preventDefault() },
      element("div", { class: "search" }, named("search"), this.search, this.clear),
      this.open,
      this.favourites,
      this.chips,
    );
    this.search.addEventListener("input", () => this.#typed());
    for (const one of [...this.selects, ...this.days]) one.addEventListener("change", () => this.#told());
    this.#shown();
  }

  get set() {
    const values = Object.fromEntries(
      [this.search, ...this.selects].map((one) => [one.name, one.value.trim()]),
    );
    if (values.when === "between") for (const one of this.days) values[one.name] = one.value;
    if (this.favourites.getAttribute("aria-pressed") === "true") values.favourites = "1";
    return Object.fromEntries(Object.entries(values).filter(([, value]) => value));
  }

  // As the server is asked.
  get filter() {
    const { when, from, to, ...rest } = this.set;
    if (when in DAYS) rest.from = instant(day(DAYS[when]));
    if (from) rest.from = instant(from);
    if (to) rest.to = instant(to, 1);
    return rest;
  }

  get any() {
    return Object.keys(this.set).length > 0;
  }

  reset() {
    this.follow({});
  }

  // Set what an address says.
  follow(values) {
    for (const one of [this.search, ...this.selects, ...this.days]) one.value = values[one.name] ?? "";
    this.favourites.setAttribute("aria-pressed", String(values.favourites === "1"));
    this.#told();
  }

  #typed() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#told(), TYPED_MS);
    this.#shown();
  }

  #cleared() {
    this.search.value = "";
    this.search.focus();
    this.#told();
  }

  #toggled() {
    const on = this.favourites.getAttribute("aria-pressed") !== "true";
    this.favourites.setAttribute("aria-pressed", String(on));
    this.#told();
  }

  #opened() {
    const on = this.open.getAttribute("aria-expanded") !== "true";
    this.open.setAttribute("aria-expanded", String(on));
    this.chips.classList.toggle("open", on);
  }

  #shown() {
    this.clear.hidden = !this.search.value;
    for (const one of this.days) one.hidden = this.when.value !== "between";
    for (const one of this.selects) one.classList.toggle("on", one.value !== "");
    set(this.open, { class: `chip toggle only-phone${this.selects.some((one) => one.value) ? " on" : ""}` });
  }

  #told() {
    clearTimeout(this.timer);
    this.#shown();
    this.address(true);
    this.changed(this.filter);
  }

  // The address names the library, and what is set, while its tab is the one that is looked at.
  address(here) {
    const query = new URLSearchParams(this.set).toString();
    const hash = here ? `#library${query && `?${query}`}` : "";
    if (here || fromAddress())
      history.replaceState(history.state, "", location.pathname + location.search + hash);
  }
}
