// The Compare tab: one prompt, several models side by side, a vote, and the ranking that comes of it.

import { messageOf } from "./api.js";
import { Form } from "./compare-form.js";
import { Large } from "./compare-large.js";
import { Ranking } from "./compare-ranking.js";
import { Results, refusals } from "./compare-results.js";
import { ComparisonSource } from "./compare-source.js";
import { button, text } from "./compare-texts.js";
import { Vote } from "./compare-vote.js";
import { element, present } from "./dom.js";
import { moment } from "./texts.js";
import { toast } from "./toast.js";

/** @param {unknown} error */
const toastError = (error) => toast(messageOf(error));

class CompareTab {
  #isInSight = true;

  /** @param {HTMLElement} mount */
  constructor(mount) {
    this.mount = mount;
    this.source = new ComparisonSource();
    this.form = new Form({
      run: (body) => this.source.start(body),
      stop: () => this.source.stop().catch(toastError),
      forecast: (wishes, signal) => this.source.forecast(wishes, signal),
    });
    this.results = new Results({
      open: (card) => this.large.open(card),
      elapsed: (place) => this.source.elapsed(place),
    });
    this.large = new Large(() => this.results.cards);
    this.vote = new Vote(
      (place) => this.#vote(place),
      () => mount.offsetParent !== null,
    );
    this.ranking = new Ranking();
    this.prompt = element("p", { class: "prompt" });
    this.earlier = element("select", { "aria-label": text("earlier"), class: "earlier", hidden: true });
    this.notes = element("div", { class: "notes", "aria-live": "polite" });
    this.state = element("div", { class: "state" });
    this.top = element("div", { class: "above", hidden: true }, this.prompt, this.earlier);
    const { form, top, state, results, vote, notes, ranking } = this;
    mount.append(
      form.root,
      element("div", { class: "stage" }, top, state, results.root, vote.root, notes, ranking.root),
    );
    this.#listen();
    this.#load();
  }

  #listen() {
    const { earlier, source } = this;
    earlier.addEventListener("change", () => source.open(earlier.value).catch(toastError));
    source.addEventListener("change", () => this.#draw());
    source.addEventListener("voted", () => this.#loadRanking());
    // Who comes from another tab may have voted in another window.
    new IntersectionObserver(([{ isIntersecting }]) => {
      this.#isInSight = isIntersecting;
      if (isIntersecting) this.#loadRanking();
    }).observe(this.mount);
  }

  #load() {
    this.source.loadLatest().catch((error) => this.#showBroken(error));
  }

  #loadRanking() {
    this.ranking.load().catch((error) => this.#isInSight && toastError(error));
  }

  /** @param {number | null} place */
  #vote(place) {
    this.source.vote(place).catch((error) => toast(`${text("vote_failed")} ${messageOf(error)}`));
  }

  #draw() {
    const { comparison, isLost } = this.source;
    this.mount.classList.toggle("has", comparison !== null);
    this.mount.classList.toggle("votable", Boolean(comparison?.can_vote && !comparison.vote));
    this.top.hidden = !comparison;
    this.results.root.hidden = !comparison?.runs.length;
    this.state.replaceChildren(...(comparison ? [] : [this.#empty()]));
    this.form.show({ running: comparison?.ended === false });
    this.vote.show(comparison);
    this.#drawEarlier();
    if (!comparison) return;
    if (this.prompt.textContent !== comparison.prompt) this.prompt.textContent = comparison.prompt;
    this.results.show(comparison);
    const lost = isLost && element("p", { class: "lost" }, text("lost"));
    const refused = refusals(comparison, () => this.source.runAgain().catch(toastError));
    this.notes.replaceChildren(...[lost, refused].filter((note) => note instanceof Element));
  }

  #drawEarlier() {
    const { listed, comparison } = this.source;
    this.earlier.hidden = listed.length < 2;
    /** @type {Intl.DateTimeFormatOptions} */
    const style = { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" };
    const options = listed.map(({ id, created_at: at, prompt }) => {
      const label = `${moment(at, style)} · ${prompt.slice(0, 60)}`;
      return element("option", { value: id, selected: id === comparison?.id }, label);
    });
    this.earlier.replaceChildren(...options);
  }

  #empty() {
    return element(
      "div",
      { class: "nothing" },
      element("h2", {}, text("empty_title")),
      element("p", {}, text("empty_hint")),
      element("blockquote", {}, text("empty_example")),
      button("plain", null, text("empty_action"), () => this.form.fillExample()),
    );
  }

  /** @param {unknown} error */
  #showBroken(error) {
    const again = button("plain", "again", text("again"), () => this.#load());
    const sentences = [element("h2", {}, text("broken")), element("p", {}, messageOf(error))];
    this.state.replaceChildren(element("div", { class: "nothing", role: "alert" }, ...sentences, again));
  }
}

present("#compare").then((mount) => new CompareTab(mount));
