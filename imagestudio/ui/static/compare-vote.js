// Which picture is best: a button each, and a key.

import { text } from "./compare-texts.js";
import { closest, element, hasModifier } from "./dom.js";

/**
 * @typedef {import("./types.d.ts").Comparison} Comparison
 * @typedef {import("./types.d.ts").ComparisonRun} Run
 */

export class Vote {
  /** @type {Map<string, number>} places by the number on the picture */
  #places = new Map();

  /**
   * @param {(place: number | null) => unknown} chosen is told the vote, null for none
   * @param {() => boolean} isActive whether the keys are meant for it
   */
  constructor(chosen, isActive) {
    this.chosen = chosen;
    this.isActive = isActive;
    this.title = element("p", { class: "title", id: "compare-vote" });
    this.buttons = element("div", { class: "choices" });
    this.line = element("p", { class: "hint", role: "status" });
    this.root = element(
      "div",
      { class: "vote", role: "group", "aria-labelledby": "compare-vote", hidden: true },
      this.title,
      this.buttons,
      this.line,
    );
    document.addEventListener("keydown", (event) => this.#onKey(event));
  }

  /** @param {Comparison | null} comparison */
  show(comparison) {
    this.root.hidden = !comparison?.can_vote;
    if (!comparison?.can_vote) return;
    const { vote } = comparison;
    const runs = comparison.runs
      .map((run, index) => ({ run, number: index + 1 }))
      .filter(({ run }) => run.picture);
    this.title.textContent = text("vote");
    this.#places = new Map(runs.map(({ run, number }) => [String(number), run.place]));
    this.#showButtons(runs, vote);
    const winner = runs.find(({ run }) => run.place === vote?.winner);
    if (!vote) this.line.textContent = text("vote_keys", { count: Math.min(9, runs.length) });
    else if (!winner) this.line.textContent = text("voted_none");
    else {
      const { number, run } = winner;
      const name = run.model_name ? `${number} · ${run.model_name}` : String(number);
      this.line.textContent = text("voted", { name });
    }
  }

  /** @param {{ run: Run, number: number }[]} runs @param {Comparison["vote"]} vote */
  #showButtons(runs, vote) {
    const active = document.activeElement;
    const focused =
      active instanceof HTMLButtonElement && this.buttons.contains(active) ? active.value : null;
    /** @param {string} label @param {number | null} place @param {string} name @param {string} kind */
    const button = (label, place, name, kind) =>
      element(
        "button",
        {
          type: "button",
          value: String(place),
          class: kind,
          "aria-label": name,
          "aria-pressed": String(vote != null && vote.winner === place),
          onclick: () => this.chosen(place),
        },
        label,
      );
    const choices = runs.map(({ run, number }) => {
      const name = [text("picture", { number }), run.model_name].filter(Boolean).join(", ");
      return button(String(number), run.place, name, "choice");
    });
    const none = button(text("vote_none"), null, text("vote_none"), "choice none");
    this.buttons.replaceChildren(...choices, none);
    if (focused !== null) [...choices, none].find((one) => one.value === focused)?.focus();
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    if (this.root.hidden || !this.isActive() || hasModifier(event) || event.repeat) return;
    if (closest(event, "input, textarea, select, dialog, [contenteditable]")) return;
    const place = event.key === "0" ? null : this.#places.get(event.key);
    if (place === undefined) return;
    event.preventDefault();
    this.chosen(place);
  }
}
