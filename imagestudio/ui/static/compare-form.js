// What is to be compared: prompt, models, settings for all of them, and the price on the button that runs it.

import { messageOf, Refusal } from "./api.js";
import { Models } from "./compare-models.js";
import { button, text, totalPrice } from "./compare-texts.js";
import { element, labelled } from "./dom.js";
import { local } from "./storage.js";

/**
 * @typedef {import("./types.d.ts").Fields} Fields
 * @typedef {import("./types.d.ts").Forecast} Forecast
 */

const SAVED = "compare";
const TYPED_MS = 150;
const EXAMPLE_MODELS = 4;
const SHAPES = {
  "1:1": "square",
  "3:4": "portrait",
  "4:3": "landscape",
  "9:16": "tall",
  "16:9": "wide",
  "": "own_shape",
};

/** @param {string} name @param {string[][]} options @param {string} chosen */
const choice = (name, options, chosen) =>
  element(
    "select",
    { name },
    options.map(([value, label]) => element("option", { value, selected: value === chosen }, label)),
  );

export class Form {
  demo = true;
  busy = false;
  /** @type {number | undefined} */
  #timer;
  /** @type {string | null} the settings whose forecast is shown */
  #forecastOf = null;
  /** @type {AbortController | null} */
  #asking = null;
  #forecast = Promise.resolve();

  /**
   * @param {{
   *   run: (body: object) => Promise<void>, stop: () => unknown,
   *   forecast: (wishes: Fields, signal: AbortSignal) => Promise<Forecast>,
   * }} options `run` begins a comparison; `forecast` asks what the models make of the wishes
   */
  constructor({ run, stop, forecast }) {
    this.run = run;
    this.forecast = forecast;
    const saved = local.load(SAVED) ?? {};
    this.prompt = element("textarea", {
      id: "compare-prompt",
      name: "prompt",
      rows: 3,
      maxlength: 10000,
      placeholder: text("prompt_hint"),
    });
    this.prompt.value = saved.prompt ?? "";
    this.models = new Models(saved.models ?? [], () => this.#changed());
    const shapes = Object.entries(SHAPES).map(([ratio, name]) => [ratio, text(name)]);
    this.shape = choice("aspect_ratio", shapes, saved.aspect_ratio ?? "1:1");
    const sizes = [
      ["", text("size_auto")],
      ["1K", "1K"],
      ["2K", "2K"],
    ];
    this.size = choice("image_size", sizes, saved.image_size ?? "");
    this.seed = element("input", {
      name: "seed",
      type: "text",
      inputmode: "numeric",
      pattern: "[0-9]*",
      maxlength: 10,
      autocomplete: "off",
      placeholder: text("seed_hint"),
      value: saved.seed ?? "",
    });
    this.blind = element("input", {
      type: "checkbox",
      name: "blind",
      role: "switch",
      checked: saved.blind === true,
      "aria-describedby": "compare-blind",
    });
    this.submit = element("button", { type: "submit", class: "go", id: "compare-run" });
    this.stop = button("plain", null, text("stop"), stop, { hidden: true });
    this.refusal = element("p", { class: "refusal", role: "alert", hidden: true });
    this.root = this.#layout();
    this.root.addEventListener("input", () => this.#changed());
    this.prompt.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.#submitted(event);
    });
    this.#draw();
    this.#ask();
  }

  #layout() {
    const settings = element(
      "fieldset",
      { class: "settings" },
      element("legend", {}, text("settings")),
      labelled(text("shape"), this.shape),
      labelled(text("size"), this.size),
      labelled(text("seed"), this.seed),
    );
    const blind = element(
      "div",
      { class: "blind" },
      element("label", {}, this.blind, text("blind")),
      element("p", { id: "compare-blind" }, text("blind_hint")),
    );
    return element(
      "form",
      {
        class: "asking",
        "aria-label": text("form"),
        novalidate: true,
        onsubmit: (event) => this.#submitted(event),
      },
      element(
        "div",
        { class: "fields" },
        labelled(text("prompt"), this.prompt),
        this.models.root,
        settings,
        blind,
      ),
      element(
        "div",
        { class: "runner" },
        this.refusal,
        element("div", { class: "runs" }, this.submit, this.stop),
      ),
    );
  }

  /** The settings that are set, for all models. */
  get wishes() {
    const seed = this.seed.value.trim();
    /** @type {Fields} */
    const values = {
      aspect_ratio: this.shape.value,
      image_size: this.size.value,
      seed: /^\d+$/.test(seed) ? Number(seed) : seed,
    };
    return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ""));
  }

  /** Fills everything, to be run with one more click. */
  async fillExample() {
    this.prompt.value = text("empty_example");
    if (!this.models.forecasts.length) await this.#forecast;
    const able = this.models.forecasts.filter((one) => one.can_run);
    const first = able.filter(
      (one, place) => able.findIndex((other) => other.provider_name === one.provider_name) === place,
    );
    const others = able.filter((one) => !first.includes(one));
    this.models.choose([...first, ...others].slice(0, EXAMPLE_MODELS).map((one) => one.model));
    this.#changed();
    this.submit.focus();
  }

  /** @param {{ running: boolean }} state */
  show({ running }) {
    this.stop.hidden = !running;
    this.#draw();
  }

  /** The service's own words, where the hand is. @param {string} [message] */
  #refuse(message = "") {
    this.refusal.hidden = !message;
    this.refusal.textContent = message;
  }

  /** @param {Event} event */
  async #submitted(event) {
    event.preventDefault();
    const models = this.models.ticked.map((one) => one.model);
    if (this.busy || models.length < 2) return;
    this.busy = true;
    this.#draw();
    this.#refuse();
    try {
      await this.run({ prompt: this.prompt.value, models, blind: this.blind.checked, ...this.wishes });
    } catch (error) {
      this.#refuse(messageOf(error));
      if (error instanceof Refusal && error.details.field === "prompt") this.prompt.focus();
    } finally {
      this.busy = false;
      this.#draw();
    }
  }

  #changed() {
    this.#draw();
    local.save(SAVED, {
      prompt: this.prompt.value,
      aspect_ratio: this.shape.value,
      image_size: this.size.value,
      seed: this.seed.value,
      blind: this.blind.checked,
      models: [...this.models.chosen],
    });
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.#ask(), TYPED_MS);
  }

  #ask() {
    const { wishes } = this;
    const key = JSON.stringify(wishes);
    if (key === this.#forecastOf) return;
    this.#asking?.abort();
    const mine = new AbortController();
    this.#asking = mine;
    this.#forecast = this.forecast(wishes, mine.signal).then(
      ({ models, demo }) => {
        this.#forecastOf = key;
        this.demo = demo;
        this.models.show(models);
        this.#refuse();
        this.#draw();
      },
      (error) => {
        if (!mine.signal.aborted) this.#refuse(messageOf(error));
      },
    );
  }

  #draw() {
    const { ticked } = this.models;
    const isTooFew = ticked.length < 2;
    const estimates = ticked.map((one) => one.estimate_usd);
    const label = isTooFew
      ? text("run_few")
      : `${text("run", { count: ticked.length })} · ${totalPrice(estimates, this.demo)}`;
    if (this.submit.textContent !== label) this.submit.textContent = label;
    this.submit.disabled = isTooFew || this.busy;
    this.root.setAttribute("aria-busy", String(this.busy));
  }
}
