// One of the pictures as large as the screen; arrow keys go to the others, so that two can be told apart.

import { text } from "./compare-said.js";
import { element, set } from "./dom.js";
import { named } from "./icons.js";

export class Large {
  // `cards()` are those of the comparison that is shown.
  constructor(cards) {
    this.cards = cards;
    this.image = element("img", { draggable: "false" });
    this.title = element("p", { class: "title" });
    const round = (mark, name, run, kind) =>
      element(
        "button",
        { type: "button", class: `round ${kind}`, "aria-label": text(name), onclick: run },
        named(mark),
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
    this.root.addEventListener("keydown", (event) => {
      const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (by) this.#step(by);
    });
    this.root.addEventListener("close", () => this.from?.look.focus());
  }

  open(card) {
    if (!this.root.isConnected) document.querySelector(".gradio-container").append(this.root);
    this.#show(card);
    if (!this.root.open) this.root.showModal();
  }

  #show(card) {
    this.from = card;
    const { alt, src } = card.image;
    set(this.image, { src, alt });
    set(this.root, { "aria-label": alt });
    this.title.textContent = card.name.textContent.replace(/^\d+/, `${card.number} · `);
  }

  #step(by) {
    const shown = this.cards().filter((card) => card.run.picture);
    this.#show(shown[(shown.indexOf(this.from) + by + shown.length) % shown.length]);
  }
}
