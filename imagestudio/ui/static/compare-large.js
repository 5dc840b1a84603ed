// One of the pictures as large as the screen; arrow keys go to the others, so that two can be told apart.

import { text } from "./compare-texts.js";
import { element, find, setAttributes } from "./dom.js";
import { icon } from "./icons.js";

/**
 * @typedef {import("./compare-card.js").Card} Card
 * @typedef {import("./icons.js").IconName} IconName
 */

export class Large {
  /** @type {Card | null} */
  #card = null;

  /** @param {() => Card[]} cards those of the comparison that is shown */
  constructor(cards) {
    this.cards = cards;
    this.image = element("img", { draggable: "false" });
    this.title = element("p", { class: "title" });
    /** @param {IconName} mark @param {string} name @param {() => void} run @param {string} kind */
    const round = (mark, name, run, kind) =>
      element(
        "button",
        { type: "button", class: `round ${kind}`, "aria-label": text(name), onclick: run },
        icon(mark),
      );
    this.root = element(
      "dialog",
      { class: "compare-large" },
      element(
        "div",
        { class: "top" },
        this.title,
        round("close", "close", () => this.root.close(), "close"),
      ),
      element("div", { class: "mat" }, this.image),
      round("left", "previous", () => this.#step(-1), "back"),
      round("right", "next", () => this.#step(1), "on"),
    );
    this.root.addEventListener("keydown", ({ key }) => {
      if (key === "ArrowLeft") this.#step(-1);
      if (key === "ArrowRight") this.#step(1);
    });
    this.root.addEventListener("close", () => this.#card?.frame.focus());
  }

  /** @param {Card} card */
  open(card) {
    if (!this.root.isConnected) (find(".gradio-container") ?? document.body).append(this.root);
    this.#show(card);
    if (!this.root.open) this.root.showModal();
  }

  /** @param {Card} card */
  #show(card) {
    this.#card = card;
    const { alt, src } = card.image;
    setAttributes(this.image, { src, alt });
    setAttributes(this.root, { "aria-label": alt });
    this.title.textContent = card.name.textContent.replace(/^\d+/, `${card.number} · `);
  }

  /** @param {number} by */
  #step(by) {
    const cards = this.cards().filter((card) => card.run?.picture);
    const index = this.#card ? cards.indexOf(this.#card) : -1;
    this.#show(cards[(index + by + cards.length) % cards.length]);
  }
}
