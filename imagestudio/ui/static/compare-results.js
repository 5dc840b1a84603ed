// The pictures side by side, as large as fits; on a phone one a screen, with a pager.

import { Card } from "./compare-card.js";
import { button, text } from "./compare-texts.js";
import { element } from "./dom.js";
import { icon } from "./icons.js";

/** @typedef {import("./types.d.ts").Comparison} Comparison */

const GAP = 16;
const CAPTION = 92;
const VOTE = 84;
const SMALLEST = 220;

/** The width of each of some columns. @param {number} columns @param {number} width */
const across = (columns, width) => (width - GAP * (columns - 1)) / columns;

/**
 * The number of columns in which the pictures come out largest while all rows are in sight, and how tall a row
 * is then; where they can't all be in sight, the rows are as low as they may be.
 *
 * @param {number} count @param {number} ratio @param {number} width @param {number} sight the height in sight
 */
const arrange = (count, ratio, width, sight) => {
  const tall = (/** @type {number} */ columns) => {
    const rows = Math.ceil(count / columns);
    const fits = (sight - GAP * (rows - 1)) / rows - CAPTION;
    return Math.max(SMALLEST, Math.min(across(columns, width) / ratio, fits));
  };
  const large = (/** @type {number} */ columns) => Math.min(across(columns, width), tall(columns) * ratio);
  const columns = [4, 3, 2, 1]
    .filter((number) => number <= count && (number === 1 || across(number, width) >= SMALLEST))
    .reduce((one, other) => (large(other) > large(one) && tall(other) > SMALLEST ? other : one));
  return { columns, tall: Math.floor(tall(columns)) };
};

export class Results {
  /** @type {Comparison | null} */
  #comparison = null;
  /** @type {Map<number, Card>} by place */
  #cards = new Map();

  /** @param {{ open: (card: Card) => void, elapsed: (place: number) => number | null }} options of each card */
  constructor(options) {
    this.options = options;
    this.list = element("ol", { class: "cards", tabindex: "-1", "aria-label": text("results") });
    this.page = element("span", { class: "page", "aria-live": "polite" });
    this.back = this.#turner("left", "previous", -1);
    this.on = this.#turner("right", "next", 1);
    this.pager = element("div", { class: "pager" }, this.back, this.page, this.on);
    this.root = element("div", { class: "results" }, this.list, this.pager);
    this.list.addEventListener("scroll", () => this.#showPage(), { passive: true });
    new ResizeObserver(() => this.#fit()).observe(this.root);
    setInterval(() => {
      if (this.#comparison && !this.#comparison.ended) for (const card of this.cards) card.tick();
    }, 1000);
  }

  get cards() {
    return [...this.#cards.values()];
  }

  /** @param {Comparison} comparison */
  show(comparison) {
    const { id, runs } = comparison;
    if (this.#comparison?.id !== id || this.#comparison.runs.length !== runs.length) {
      this.#cards = new Map(runs.map((run, index) => [run.place, new Card(index + 1, this.options)]));
      this.list.replaceChildren(...this.cards.map((card) => card.root));
      this.list.scrollLeft = 0;
    }
    this.#comparison = comparison;
    for (const run of runs) this.#cards.get(run.place)?.show(run, comparison);
    const winner = comparison.vote?.winner;
    for (const [place, card] of this.#cards) card.root.classList.toggle("won", place === winner);
    this.#fit();
    this.#showPage();
  }

  /** @param {"left" | "right"} mark @param {string} name @param {number} by */
  #turner(mark, name, by) {
    return element(
      "button",
      { type: "button", class: "round", "aria-label": text(name), onclick: () => this.#turn(by) },
      icon(mark),
    );
  }

  /** @param {number} by */
  #turn(by) {
    const to = Math.max(0, Math.min(this.cards.length - 1, this.#pageInSight + by));
    const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const left = this.cards[to].root.offsetLeft - this.list.offsetLeft;
    this.list.scrollTo({ left, behavior: isStill ? "auto" : "smooth" });
  }

  get #pageInSight() {
    return Math.round(this.list.scrollLeft / Math.max(1, this.list.clientWidth));
  }

  #showPage() {
    const count = this.cards.length;
    const line = text("page", { number: this.#pageInSight + 1, count });
    if (this.page.textContent !== line) this.page.textContent = line;
    this.back.disabled = this.#pageInSight <= 0;
    this.on.disabled = this.#pageInSight >= count - 1;
  }

  #fit() {
    if (!this.cards.length || !this.root.clientWidth) return;
    const ratio = Math.min(...this.cards.map((card) => card.ratio));
    const sight = innerHeight - (this.root.getBoundingClientRect().top + scrollY) - VOTE;
    const { columns, tall } = arrange(this.cards.length, ratio, this.root.clientWidth, sight);
    this.list.style.setProperty("--columns", String(columns));
    this.list.style.setProperty("--tall", `${tall}px`);
  }
}

/** The models that took part in nothing, and why. @param {Comparison} comparison @param {() => unknown} again */
export const refusals = ({ refused }, again) => {
  if (!refused.length) return null;
  const items = refused.map(({ model_name: name, error }) =>
    element("li", {}, element("strong", {}, name), " ", error.message),
  );
  return element(
    "section",
    { class: "refused", role: "status" },
    element("h3", {}, text("refused")),
    element("ul", {}, items),
    button("quiet", "again", text("again"), again),
  );
};
