// Which picture is best: a button each, and a key.

import { text } from "./compare-said.js";
import { element } from "./dom.js";

const free = (event) =>
  !event.target.closest("input, textarea, select, dialog, [contenteditable]") &&
  !event.ctrlKey &&
  !event.metaKey &&
  !event.altKey;

export class Vote {
  // `chosen(place)` is told the vote, with null for none; `active()` says whether the keys are meant for it.
  constructor(chosen, active) {
    Object.assign(this, { chosen, active });
    this.title = element("p", { class: "title", id: "compare-vote" });
    this.buttons = element("div", { class: "choices" });
    this.said = element("p", { class: "hint", role: "status" });
    this.root = element(
      "div",
      { class: "vote", role: "group", "aria-labelledby": "compare-vote", hidden: true },
      this.title,
      this.buttons,
      this.said,
    );
    document.addEventListener("keydown", (event) => this.#pressed(event));
  }

  show(now) {
    this.root.hidden = !now?.can_vote;
    if (!now?.can_vote) return;
    this.now = now;
    const runs = now.runs.map((run, index) => ({ ...run, number: index + 1 })).filter((run) => run.picture);
    this.title.textContent = text("vote");
    this.places = new Map(runs.map((run) => [String(run.number), run.place]));
    const focused = this.buttons.contains(document.activeElement) ? document.activeElement.value : null;
    this.buttons.replaceChildren(
      ...runs.map((run) => this.#button(String(run.number), run.place, run)),
      this.#button(text("vote_none"), null, null),
    );
    if (focused !== null) [...this.buttons.children].find((one) => one.value === focused)?.focus();
    const winner = runs.find((run) => run.place === now.vote?.winner);
    const name = winner && `${winner.number}${winner.model_name ? ` · ${winner.model_name}` : ""}`;
    const keys = text("vote_keys", { count: Math.min(9, runs.length) });
    this.said.textContent = !now.vote ? keys : winner ? text("voted", { name }) : text("voted_none");
  }

  #button(label, place, run) {
    const pressed = this.now.vote != null && this.now.vote.winner === place;
    const name = run
      ? [text("picture", { number: run.number }), run.model_name].filter(Boolean).join(", ")
      : label;
    return element(
      "button",
      {
        type: "button",
        value: String(place),
        class: run ? "choice" : "choice none",
        "aria-label": name,
        "aria-pressed": String(pressed),
        onclick: () => this.chosen(place),
      },
      label,
    );
  }

  #pressed(event) {
    if (this.root.hidden || !this.active() || !free(event) || event.repeat) return;
    if (event.key !== "0" && !this.places.has(event.key)) return;
    event.preventDefault();
    this.chosen(event.key === "0" ? null : this.places.get(event.key));
  }
}
