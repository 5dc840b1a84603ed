// The pictures side by side, as large as fits; on a phone one a screen, with a pager.

import { Card } from "./compare-card.js";
import { button, text } from "./compare-said.js";
import { element } from "./dom.js";
import { named } from "./icons.js";

const GAP = 16;
const CAPTION = 92;
const VOTE = 84;
const SMALLEST = 220;

// The number of columns in which the pictures come out largest while all rows are in sight, and how tall a row
// is then; where they can't all be in sight, the rows are as low as they may be.
const arranged = (count, ratio, width, sight) => {
  const tall = (columns) => {
    const rows = Math.ceil(count / columns);
    return Math.max(
      SMALLEST,
      Math.min(across(columns, width) / ratio, (sight - GAP * (rows - 1)) / rows - CAPTION),
    );
  };
  const large = (columns) => Math.min(across(columns, width), tall(columns) * ratio);
  const tried = [4, 3, 2, 1].filter(
    (columns) => columns <= count && (columns === 1 || across(columns, width) >= SMALLEST),
  );
  const columns = tried.reduce((one, other) =>
    large(other) > large(one) && tall(other) > SMALLEST ? other : one,
  );
  return { columns, tall: Math.floor(tall(columns)) };
};
const across = (columns, width) => (width - GAP * (columns - 1)) / columns;

export class Results {
  #cards = new Map();

  constructor({ open, elapsed }) {
    Object.assign(this, { open, elapsed });
    this.list = element("ol", { class: "cards", tabindex: "-1", "aria-label": text("results") });
    this.said = element("span", { class: "page", "aria-live": "polite" });
    this.pager = element(
      "div",
      { class: "pager" },
      this.#step("left", "previous", -1),
      this.said,
      this.#step("right", "next", 1),
    );
    this.root = element("div", { class: "results" }, this.list, this.pager);
    this.list.addEventListener("scroll", () => this.#paged(), { passive: true });
    new ResizeObserver(() => this.#fit()).observe(this.root);
    setInterval(() => {
      if (this.now && !this.now.ended) for (const card of this.cards) card.tick();
    }, 1000);
  }

  get cards() {
    return [...this.#cards.values()];
  }

  show(now) {
    if (this.now?.id !== now.id || this.now.runs.length !== now.runs.length) {
      this.#cards = new Map(now.runs.map((run, place) => [run.place, new Card(place + 1, this)]));
      this.list.replaceChildren(...this.cards.map((card) => card.root));
      this.list.scrollLeft = 0;
    }
    this.now = now;
    for (const run of now.runs) this.#cards.get(run.place).show(run, { ...now, count: now.runs.length });
    const winner = now.vote?.winner;
    for (const [place, card] of this.#cards) card.root.classList.toggle("won", place === winner);
    this.#fit();
    this.#paged();
  }

  #step(mark, name, by) {
    return element(
      "button",
      { type: "button", class: "round", "aria-label": text(name), onclick: () => this.#turn(by) },
      named(mark),
    );
  }

  #turn(by) {
    const to = Math.max(0, Math.min(this.cards.length - 1, this.page + by));
    const smooth = !matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.list.scrollTo({
      left: this.cards[to].root.offsetLeft - this.list.offsetLeft,
      behavior: smooth ? "smooth" : "auto",
    });
  }

  get page() {
    return Math.round(this.list.scrollLeft / Math.max(1, this.list.clientWidth));
  }

  #paged() {
    const count = this.cards.length;
    const said = text("page", { number: this.page + 1, count });
    if (this.said.textContent !== said) this.said.textContent = said;
    const [back, on] = this.pager.querySelectorAll("button");
    back.disabled = this.page <= 0;
    on.disabled = this.page >= count - 1;
  }

  #fit() {
    if (!this.cards.length || !this.root.clientWidth) return;
    const ratio = Math.min(...this.cards.map((card) => card.ratio));
    const sight = innerHeight - (this.root.getBoundingClientRect().top + scrollY) - VOTE;
    const { columns, tall } = arranged(this.cards.length, ratio, this.root.clientWidth, sight);
    this.list.style.setProperty("--columns", String(columns));
    this.list.style.setProperty("--tall", `${tall}px`);
  }
}

export const refusals = (now, again) => {
  if (!now.refused.length) return null;
  const items = now.refused.map(({ model_name: name, error }) =>
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
