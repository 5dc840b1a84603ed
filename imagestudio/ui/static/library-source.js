// The pictures of the library as far as they were asked for, and what is done to them on the server.

import { call } from "./api.js";

const PAGE = 100;
const AT_ONCE = 500;

// The ids of those that the server changed; it takes so many at a time.
const change = async (what, ids) => {
  const changed = [];
  for (let from = 0; from < ids.length; from += AT_ONCE) {
    const body = { ids: ids.slice(from, from + AT_ONCE) };
    changed.push(...(await call(`visitor/library/${what}`, { method: "POST", body })).ids);
  }
  return changed;
};

export class Source extends EventTarget {
  pictures = [];
  arrived = [];
  count = null;
  running = false; // whether more is to come
  filter = {};
  failed = null;
  #next = null;
  #loading = null;

  get complete() {
    return this.count !== null && this.#next === null;
  }

  index(id) {
    return this.pictures.findIndex((picture) => picture.id === id);
  }

  // Begin anew, with this filter.
  async open(filter = this.filter) {
    this.filter = filter;
    this.#loading?.abort();
    await this.#load(null);
  }

  // The next page, unless it is on its way already.
  async more() {
    if (!this.#loading && this.#next !== null) await this.#load(this.#next);
  }

  async #load(before) {
    const mine = new AbortController();
    this.#loading = mine;
    try {
      const page = await this.#ask({ limit: PAGE, ...(before && { before }) }, mine.signal);
      if (this.#loading !== mine) return;
      this.pictures = before ? [...this.pictures, ...page.pictures] : page.pictures;
      this.#next = page.next;
      if (!before) Object.assign(this, { count: page.count, running: page.running, arrived: [] });
      this.failed = null;
    } catch (error) {
      if (this.#loading !== mine) return;
      this.failed = error;
    } finally {
      if (this.#loading === mine) this.#loading = null;
    }
    this.#changed();
  }

  // Whatever came since: told apart, so that nothing jumps under the hand.
  async news() {
    if (this.count === null || this.#loading) return;
    const newest = this.arrived[0] ?? this.pictures[0];
    if (!newest) return this.open();
    const filter = this.filter;
    const page = await this.#ask({ after: newest.cursor, limit: PAGE });
    if (filter !== this.filter) return;
    this.running = page.running;
    if (!page.pictures.length) return;
    const known = new Set([...this.arrived, ...this.pictures].map((picture) => picture.id));
    this.arrived = [...page.pictures.filter((picture) => !known.has(picture.id)), ...this.arrived];
    this.#changed();
  }

  // Put what arrived where it belongs.
  takeIn() {
    this.pictures = [...this.arrived, ...this.pictures];
    this.#counted(this.arrived.length);
    this.arrived = [];
    this.#changed();
  }

  async favour(picture, on = !picture.favourite) {
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

  // Deletes at once; what comes back undoes it.
  async remove(ids) {
    const gone = await change("delete", ids);
    const places = gone.map((id) => [this.index(id), id]).filter(([index]) => index >= 0);
    places.sort(([one], [other]) => one - other);
    const taken = places.map(([index]) => [index, this.pictures[index]]);
    this.pictures = this.pictures.filter((picture) => !gone.includes(picture.id));
    this.#counted(-taken.length);
    this.#changed();
    return async () => {
      const back = await change("restore", gone);
      for (const [index, picture] of taken)
        if (back.includes(picture.id) && this.index(picture.id) < 0) this.pictures.splice(index, 0, picture);
      this.#counted(back.length);
      this.#changed();
      return back;
    };
  }

  #counted(by) {
    if (this.count && !this.count.more)
      this.count = { ...this.count, number: Math.max(0, this.count.number + by) };
  }

  #ask(values, signal) {
    const query = new URLSearchParams({ ...this.filter, ...values });
    return call(`visitor/library?${query}`, { signal });
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }
}
