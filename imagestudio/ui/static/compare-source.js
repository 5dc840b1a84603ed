// One comparison, followed until it has ended: through lost connections, restarts and sleep.

import { call } from "./api.js";

const WAIT_S = 20;
const BREATH_MS = 250;
const RETRY_MS = 2500;
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const PATH = "visitor/comparisons";

export class Source extends EventTarget {
  now = null;
  lost = false;
  #turn = 0;
  #key = null;

  // The newest one, if there is any.
  async latest() {
    const { comparisons } = await call(PATH);
    this.listed = comparisons;
    if (comparisons.length && !this.now) await this.open(comparisons[0].id);
    else this.#changed();
  }

  forecast(wishes, signal) {
    return call(PATH, { method: "POST", body: { dry_run: true, ...wishes }, signal });
  }

  async open(id) {
    this.now = null;
    this.#follow(await call(`${PATH}/${id}`));
  }

  // A second click, or a retry after a lost answer, has the same key: nothing is paid twice.
  async begin(body) {
    const said = JSON.stringify(body);
    if (this.#key?.said !== said)
      this.#key = { said, key: crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}` };
    const begun = await call(PATH, { method: "POST", body, headers: { "Idempotency-Key": this.#key.key } });
    this.#key = null;
    this.#follow(begun);
    this.latest().catch(() => null);
  }

  async again() {
    this.#follow(await call(`${PATH}/${this.now.id}/run`, { method: "POST", body: {} }));
  }

  async stop() {
    this.#follow(await call(`${PATH}/${this.now.id}/stop`, { method: "POST", body: {} }));
  }

  async vote(winner) {
    this.#take(await call(`${PATH}/${this.now.id}/vote`, { method: "PUT", body: { winner } }));
    this.dispatchEvent(new Event("voted"));
  }

  // How long a run has been under way.
  elapsed(place) {
    const at = this.now?.elapsed_s[place];
    return at == null ? null : at + (performance.now() - this.takenAt) / 1000;
  }

  async #follow(begun) {
    const turn = ++this.#turn;
    this.#take(begun);
    if (begun.unstarted) return this.again().catch(() => null);
    while (!this.now.ended) {
      await pause(BREATH_MS);
      if (turn !== this.#turn) return;
      const { id, version } = this.now;
      const next = await call(`${PATH}/${id}?wait=${WAIT_S}&version=${version}`).catch((error) => error);
      if (turn !== this.#turn) return;
      this.lost = next instanceof Error;
      if (!this.lost) this.#take(next);
      else {
        this.#changed();
        await pause(RETRY_MS);
      }
    }
  }

  #take(now) {
    Object.assign(this, { now, takenAt: performance.now() });
    this.#changed();
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }
}
