// The pictures of the library as far as they were asked for, and what is done to them on the server.

import { call } from "./api.js";

/**
 * @typedef {import("./types.d.ts").Count} Count
 * @typedef {import("./types.d.ts").LibraryPage} LibraryPage
 * @typedef {import("./types.d.ts").Picture} Picture
 */

const PAGE = 100;
const AT_ONCE = 500;

/**
 * The ids of those that the server changed; it takes so many at a time.
 *
 * @param {"delete" | "restore"} action @param {string[]} ids
 */
const change = async (action, ids) => {
  /** @type {string[]} */
  const changed = [];
  for (let from = 0; from < ids.length; from += AT_ONCE) {
    const body = { ids: ids.slice(from, from + AT_ONCE) };
    changed.push(...(await call(`visitor/library/${action}`, { method: "POST", body })).ids);
  }
  return changed;
};

/** Tells "change" whenever its pictures do, and "answer" whenever the server has told how things are. */
export class LibrarySource extends EventTarget {
  /** @type {Picture[]} */
  pictures = [];
  /** @type {Picture[]} newer ones, which are not among them yet */
  arrived = [];
  /** @type {Count | null} */
  count = null;
  /** Whether more is to come. */
  isRunning = false;
  /** @type {Record<string, string>} */
  filter = {};
  /** @type {Error | null} */
  error = null;
  /** @type {string | null} the cursor of the next page */
  #next = null;
  /** @type {AbortController | null} */
  #loading = null;
  #isChecking = false;
  #isOutdated = false;

  get isComplete() {
    return this.count !== null && this.#next === null;
  }

  /** @param {string} id */
  index(id) {
    return this.pictures.findIndex((picture) => picture.id === id);
  }

  /** Begin anew, with this filter. */
  async open(filter = this.filter) {
    this.filter = filter;
    this.#loading?.abort();
    await this.#load(null);
  }

  /** The next page, unless it is on its way already. */
  async loadMore() {
    if (!this.#loading && this.#next !== null) await this.#load(this.#next);
  }

  /** @param {string | null} before */
  async #load(before) {
    const mine = new AbortController();
    this.#loading = mine;
    try {
      const page = await this.#ask({ limit: String(PAGE), ...(before && { before }) }, mine.signal);
      if (this.#loading !== mine) return;
      this.pictures = before ? [...this.pictures, ...page.pictures] : page.pictures;
      this.#next = page.next;
      if (!before) {
        this.count = page.count;
        this.isRunning = page.running;
        this.arrived = [];
      }
      this.error = null;
    } catch (error) {
      if (this.#loading !== mine) return;
      this.error = error instanceof Error ? error : new Error(String(error));
    }
    this.#loading = null;
    this.#changed();
    this.#answered();
  }

  /**
   * Ask for whatever came since: it is told apart, so that nothing jumps under the hand. One question at a time: the
   * older of two answers could come last. Where a run was `started`, or ended, since the one under way was asked,
   * its answer may be outdated: the next question follows it.
   */
  async checkForNew(started = false) {
    if (this.#loading || this.#isChecking) {
      this.#isOutdated ||= started;
      return;
    }
    if (this.count === null) return;
    const newest = this.arrived[0] ?? this.pictures[0];
    if (!newest) return this.open();
    this.#isChecking = true;
    const { filter } = this;
    const page = await this.#ask({ after: newest.cursor, limit: String(PAGE) }).catch(() => null);
    this.#isChecking = false;
    if (page && filter === this.filter && !this.#loading) this.#addNew(page);
    this.#answered();
  }

  /** @param {LibraryPage} page */
  #addNew(page) {
    this.isRunning = page.running;
    if (!page.pictures.length) return;
    const known = new Set([...this.arrived, ...this.pictures].map(({ id }) => id));
    this.arrived = [...page.pictures.filter(({ id }) => !known.has(id)), ...this.arrived];
    this.#changed();
  }

  #answered() {
    const isOutdated = this.#isOutdated && !this.#loading && !this.#isChecking;
    if (isOutdated) {
      this.#isOutdated = false;
      this.checkForNew();
    }
    this.dispatchEvent(new Event("answer"));
  }

  /** Put what arrived where it belongs. */
  takeIn() {
    this.pictures = [...this.arrived, ...this.pictures];
    this.#changeCount(this.arrived.length);
    this.arrived = [];
    this.#changed();
  }

  /** @param {Picture} picture */
  async setFavourite(picture, on = !picture.favourite) {
    picture.favourite = on;
    this.#changed();
    try {
      await call(`visitor/files/${picture.id}/favourite`, { method: on ? "PUT" : "DELETE" });
    } catch (error) {
      picture.favourite = !on;
      this.#changed();
      throw error;
    }
  }

  /** Deletes at once; what comes back undoes it. @param {string[]} ids */
  async remove(ids) {
    const deleted = await change("delete", ids);
    const putBack = this.#takeOut(deleted);
    return async () => putBack(await change("restore", deleted));
  }

  /** Deletes a job with its prompt and all of its pictures; what comes back undoes it. @param {string} jobId */
  async removeJob(jobId) {
    await call(`visitor/jobs/${jobId}/delete`, { method: "POST" });
    const ids = this.pictures.filter(({ job_id }) => job_id === jobId).map(({ id }) => id);
    const putBack = this.#takeOut(ids);
    return async () => {
      await call(`visitor/jobs/${jobId}/restore`, { method: "POST" });
      putBack(ids);
    };
  }

  /** Out of the list; what comes back puts those that are there again into their places. @param {string[]} ids */
  #takeOut(ids) {
    const places = ids
      .map((id) => this.index(id))
      .filter((index) => index >= 0)
      .sort((one, other) => one - other);
    const removed = places.map((index) => ({ index, picture: this.pictures[index] }));
    this.pictures = this.pictures.filter(({ id }) => !ids.includes(id));
    this.#changeCount(-removed.length);
    this.#changed();
    return (/** @type {string[]} */ restored) => {
      for (const { index, picture } of removed) {
        const isBack = restored.includes(picture.id) && this.index(picture.id) < 0;
        if (isBack) this.pictures.splice(index, 0, picture);
      }
      this.#changeCount(restored.length);
      this.#changed();
    };
  }

  /** @param {number} by */
  #changeCount(by) {
    if (!this.count || this.count.more) return;
    this.count = { ...this.count, number: Math.max(0, this.count.number + by) };
  }

  /** @param {Record<string, string>} values @param {AbortSignal} [signal] @returns {Promise<LibraryPage>} */
  #ask(values, signal) {
    const query = new URLSearchParams({ ...this.filter, ...values });
    return call(`visitor/library?${query}`, { signal });
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }
}
