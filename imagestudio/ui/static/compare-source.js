// One comparison, followed until it has ended: through lost connections, restarts and sleep.

import { call } from "./api.js";
import { newKey } from "./dom.js";

/**
 * @typedef {import("./types.d.ts").Comparison} Comparison
 * @typedef {import("./types.d.ts").Fields} Fields
 * @typedef {import("./types.d.ts").Forecast} Forecast
 * @typedef {import("./types.d.ts").ListedComparison} ListedComparison
 */

const WAIT_S = 20;
const BREATH_MS = 250;
const RETRY_MS = 2500;
const PATH = "visitor/comparisons";
const pause = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));

export class ComparisonSource extends EventTarget {
  /** @type {Comparison | null} */
  comparison = null;
  /** @type {ListedComparison[]} */
  listed = [];
  isLost = false;
  #receivedAt = 0;
  #turn = 0;
  /** @type {{ body: string, key: string } | null} */
  #sending = null;

  /** Open the newest one, if there is any. */
  async loadLatest() {
    this.listed = (await call(PATH)).comparisons;
    if (this.listed.length && !this.comparison) await this.open(this.listed[0].id);
    else this.#changed();
  }

  /** @param {Fields} wishes @param {AbortSignal} signal @returns {Promise<Forecast>} */
  forecast(wishes, signal) {
    return call(PATH, { method: "POST", body: { dry_run: true, ...wishes }, signal });
  }

  /** @param {string} id */
  async open(id) {
    this.comparison = null;
    this.#follow(await call(`${PATH}/${id}`));
  }

  /** A second click, or a retry after a lost answer, has the same key: nothing is paid twice. @param {object} body */
  async start(body) {
    const text = JSON.stringify(body);
    if (this.#sending?.body !== text) this.#sending = { body: text, key: newKey() };
    const headers = { "Idempotency-Key": this.#sending.key };
    const comparison = await call(PATH, { method: "POST", body, headers });
    this.#sending = null;
    this.#follow(comparison);
    this.loadLatest().catch(() => null);
  }

  /** Run what was refused once more. */
  async runAgain() {
    this.#follow(await call(`${this.#path}/run`, { method: "POST", body: {} }));
  }

  async stop() {
    this.#follow(await call(`${this.#path}/stop`, { method: "POST", body: {} }));
  }

  /** @param {number | null} winner its place, or null for none */
  async vote(winner) {
    this.#receive(await call(`${this.#path}/vote`, { method: "PUT", body: { winner } }));
    this.dispatchEvent(new Event("voted"));
  }

  /** For how many seconds a run has been under way. @param {number} place */
  elapsed(place) {
    const before = this.comparison?.elapsed_s[place];
    return before == null ? null : before + (performance.now() - this.#receivedAt) / 1000;
  }

  get #path() {
    return `${PATH}/${this.comparison?.id}`;
  }

  /** @param {Comparison} started */
  async #follow(started) {
    const turn = ++this.#turn;
    this.#receive(started);
    if (started.unstarted) return this.runAgain().catch(() => null);
    while (this.comparison && !this.comparison.ended) {
      await pause(BREATH_MS);
      if (turn !== this.#turn || !this.comparison) return;
      const { id, version } = this.comparison;
      const next = await call(`${PATH}/${id}?wait=${WAIT_S}&version=${version}`).catch(() => null);
      if (turn !== this.#turn) return;
      this.isLost = next === null;
      if (next) this.#receive(next);
      else {
        this.#changed();
        await pause(RETRY_MS);
      }
    }
  }

  /** @param {Comparison} comparison */
  #receive(comparison) {
    this.comparison = comparison;
    this.#receivedAt = performance.now();
    this.#changed();
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }
}
