// What is to be compared: prompt, models, settings for all of them, and the price on the button that runs it.

import { Models } from "./compare-models.js";
import { button, price, text } from "./compare-said.js";
import { element } from "./dom.js";

const KEPT = "studio.compare";
const TYPED_MS = 150;
const EXAMPLE = 4;
const SHAPES = {
  "1:1": "square",
  "3:4": "portrait",
  "4:3": "landscape",
  "9:16": "tall",
  "16:9": "wide",
  "": "own_shape",
};

const kept = () => {
  try {
    return JSON.parse(localStorage.getItem(KEPT)) ?? {};
  } catch {
    return {};
  }
};

const field = (label, control) => element("label", { class: "field" }, element("span", {}, label), control);
const choice = (name, options, chosen) =>
  element(
    "select",
    { name },
    options.map(([value, shown]) => element("option", { value, selected: value === chosen }, shown)),
  );

export class Form {
  demo = true;
  busy = false;

  // `run(body)` begins a comparison; `forecast(wishes, signal)` asks what the models make of them.
  constructor({ run, stop, forecast }) {
    Object.assign(this, { run, forecast });
    const was = kept();
    this.prompt = element("textarea", {
      id: "compare-prompt",
      name: "prompt",
      rows: 3,
      maxlength: 10000,
      placeholder: text("prompt_hint"),
    });
    this.prompt.value = was.prompt ?? "";
    this.models = new Models(was.models ?? [], () => this.#changed());
    this.shape = choice(
      "aspect_ratio",
      Object.entries(SHAPES).map(([ratio, name]) => [ratio, text(name)]),
      was.aspect_ratio ?? "1:1",
    );
    this.size = choice(
      "image_size",
      [
        ["", text("size_auto")],
        ["1K", "1K"],
        ["2K", "2K"],
      ],
      was.image_size ?? "",
    );
    this.seed = element("input", {
      name: "seed",
      type: "text",
      inputmode: "numeric",
      pattern: "[0-9]*",
      maxlength: 10,
      autocomplete: "off",
      placeholder: text("seed_hint"),
      value: was.seed ?? "",
    });
    this.blind = element("input", {
      type: "checkbox",
      name: "blind",
      role: "switch",
      checked: was.blind === true,
      "aria-describedby": "compare-blind",
    });
    this.go = element("button", { type: "submit", class: "go", id: "compare-run" });
    this.halt = button("plain", null, text("stop"), stop, { hidden: true });
    this.refusal = element("p", { class: "refusal", role: "alert", hidden: true });
    this.root = element(
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
        field(text("prompt"), this.prompt),
        this.models.root,
        element(
          "fieldset",
          { class: "settings" },
          element("legend", {}, text("settings")),
          field(text("shape"), this.shape),
          field(text("size"), this.size),
          field(text("seed"), this.seed),
        ),
        element(
          "div",
          { class: "blind" },
          element("label", {}, this.blind, text("blind")),
          element("p", { id: "compare-blind" }, text("blind_hint")),
        ),
      ),
      element(
        "div",
        { class: "runner" },
        this.refusal,
        element("div", { class: "runs" }, this.go, this.halt),
      ),
    );
    this.root.addEventListener("input", () => this.#changed());
    this.prompt.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.#submitted(event);
    });
    this.#draw();
    this.#ask();
  }

  get wishes() {
    const values = {
      aspect_ratio: this.shape.value,
      image_size: this.size.value,
      seed: this.seed.value.trim(),
    };
    const wished = Object.fromEntries(Object.entries(values).filter(([, value]) => value));
    if (/^\d+$/.test(wished.seed)) wished.seed = Number(wished.seed);
    return wished;
  }

  // Fills everything, to be run with one more click.
  async example() {
    this.prompt.value = text("empty_example");
    if (!this.models.lines.length) await this.asked;
    const able = this.models.lines.filter((line) => line.can_run);
    const first = able.filter(
      (line, place) => able.findIndex((one) => one.provider_name === line.provider_name) === place,
    );
    this.models.choose(
      [...first, ...able.filter((line) => !first.includes(line))].slice(0, EXAMPLE).map((line) => line.model),
    );
    this.#changed();
    this.go.focus();
  }

  show({ running }) {
    this.halt.hidden = !running;
    this.#draw();
  }

  // The service's own words, where the hand is.
  refuse(message) {
    this.refusal.hidden = !message;
    this.refusal.textContent = message ?? "";
  }

  async #submitted(event) {
    event.preventDefault();
    const models = this.models.ticked.map((line) => line.model);
    if (this.busy || models.length < 2) return;
    this.busy = true;
    this.#draw();
    this.refuse(null);
    try {
      await this.run({ prompt: this.prompt.value, models, blind: this.blind.checked, ...this.wishes });
    } catch (error) {
      this.refuse(error.message);
      if (error.details?.field === "prompt") this.prompt.focus();
    } finally {
      this.busy = false;
      this.#draw();
    }
  }

  #changed() {
    this.#draw();
    const { prompt, shape, size, seed, blind, models } = this;
    const state = {
      prompt: prompt.value,
      aspect_ratio: shape.value,
      image_size: size.value,
      seed: seed.value,
      blind: blind.checked,
      models: [...models.chosen],
    };
    try {
      localStorage.setItem(KEPT, JSON.stringify(state));
    } catch {
      // Without storage the form begins anew after a reload; nothing else does.
    }
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#ask(), TYPED_MS);
  }

  #ask() {
    const wishes = this.wishes;
    const said = JSON.stringify(wishes);
    if (said === this.known) return;
    this.asking?.abort();
    const mine = new AbortController();
    this.asking = mine;
    this.asked = this.forecast(wishes, mine.signal).then(
      ({ models, demo }) => {
        this.known = said;
        this.demo = demo;
        this.models.show(models);
        this.refuse(null);
        this.#draw();
      },
      (error) => mine.signal.aborted || this.refuse(error.message),
    );
  }

  #draw() {
    const ticked = this.models.ticked;
    const few = ticked.length < 2;
    const label = few
      ? text("run_few")
      : `${text("run", { count: ticked.length })} · ${price(
          ticked.map((line) => line.estimate_usd),
          this.demo,
        )}`;
    if (this.go.textContent !== label) this.go.textContent = label;
    this.go.disabled = few || this.busy;
    this.root.setAttribute("aria-busy", String(this.busy));
  }
}
