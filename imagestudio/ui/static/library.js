// The Library tab: everything that this person has made, newest first.

import { messageOf } from "./api.js";
import { ask } from "./ask.js";
import { Detail } from "./detail.js";
import { element, present } from "./dom.js";
import { icon } from "./icons.js";
import { Filters, fromAddress } from "./library-filters.js";
import { Grid } from "./library-grid.js";
import { followNews } from "./library-news.js";
import { SelectionLine } from "./library-selection.js";
import { LibrarySource } from "./library-source.js";
import { emptyState } from "./library-states.js";
import { showTab } from "./navigate.js";
import { counted, texts } from "./texts.js";
import { toast } from "./toast.js";

/**
 * @typedef {import("./types.d.ts").Picture} Picture
 * @typedef {import("./types.d.ts").PictureDetail} PictureDetail
 */

const AHEAD = "1200px";
const text = texts("library");
const privacy = texts("privacy");

/** @param {unknown} error */
const toastError = (error) => toast(messageOf(error));

class LibraryTab {
  /** @type {Set<string>} the ids of the selected pictures */
  #selection = new Set();
  /** The index that a range is selected from. */
  #anchor = 0;

  /** @param {HTMLElement} mount */
  constructor(mount) {
    this.mount = mount;
    this.source = new LibrarySource();
    const choices = JSON.parse(mount.dataset.choices ?? "");
    this.filters = new Filters(choices, (filter) => this.#openFilter(filter));
    this.grid = new Grid(this.source, this.#selection, {
      opened: (index) => (this.line.isSelecting ? this.#toggle(index, false) : this.detail.open(index)),
      toggled: (index, isRange) => this.#toggle(index, isRange),
      keyed: (event) => this.#onKey(event),
    });
    this.detail = new Detail(this.source, {
      remove: (ids) => this.#remove(ids),
      removeJob: (detail) => this.#removeJob(detail),
      setFavourite: (picture) => this.#toggleFavourite(picture),
      closed: (index) => {
        this.grid.go(index);
        this.#draw(); // what came meanwhile was kept back
      },
    });
    this.line = new SelectionLine(this.source, this.#selection, {
      remove: () => this.#remove([...this.#selection]),
      changed: () => this.grid.draw(true),
    });
    const takeIn = () => this.#takeIn();
    this.fresh = element("button", { type: "button", class: "fresh", hidden: true, onclick: takeIn });
    this.state = element("div", { class: "states" });
    this.end = element("div", { class: "end", "aria-hidden": "true" });
    this.keys = element("p", { id: "library-keys", class: "keys" }, text("keys"));
    const bar = element("div", { class: "bar" }, this.filters.bar, this.line.root);
    mount.append(bar, this.fresh, this.state, this.grid.root, this.end, this.keys);
    this.source.addEventListener("change", () => this.#draw());
    this.#loadAhead();
    this.#followTab();
    this.source.open(this.filters.filter);
  }

  /** @param {Record<string, string>} filter */
  #openFilter(filter) {
    this.#select(() => this.#selection.clear());
    this.grid.active = 0;
    this.source.open(filter);
  }

  #draw() {
    const { source, grid } = this;
    const { length } = source.arrived;
    const isAtTop = grid.root.getBoundingClientRect().top >= 0;
    if (length && isAtTop && !this.detail.isOpen) return this.#takeIn();
    this.fresh.hidden = !length;
    this.fresh.replaceChildren(icon("up"), counted("library.arrived", length));
    this.state.replaceChildren(...emptyState(source, this.filters));
    grid.root.hidden = !source.pictures.length;
    this.keys.hidden = !source.pictures.length;
    this.line.draw();
    grid.draw(true);
    this.detail.refresh();
  }

  #takeIn() {
    this.grid.active += this.source.arrived.length;
    this.source.takeIn();
    scrollTo(0, 0);
  }

  /** The next page before its end is in sight. */
  #loadAhead() {
    const watch = new IntersectionObserver(
      ([{ isIntersecting }]) => isIntersecting && this.source.loadMore(),
      {
        rootMargin: AHEAD,
      },
    );
    // Observed anew after each page: an end that stays in sight says nothing by itself.
    this.source.addEventListener("change", () => {
      watch.unobserve(this.end);
      watch.observe(this.end);
    });
  }

  /** The address while the tab is open, and what is new when somebody comes to it. */
  #followTab() {
    const isVisible = () => this.mount.offsetParent !== null;
    const check = followNews(this.source, isVisible);
    let wasVisible = false;
    new IntersectionObserver(() => {
      if (wasVisible || isVisible()) this.filters.writeAddress(isVisible());
      wasVisible ||= isVisible();
      check();
    }).observe(this.mount);
    addEventListener("hashchange", () => {
      const values = fromAddress();
      if (values) this.filters.setValues(values);
    });
  }

  /** @param {() => void} change of the selection */
  #select(change) {
    change();
    this.line.draw();
    this.grid.draw(true);
  }

  #selectAll() {
    this.#select(() => {
      for (const { id } of this.source.pictures) this.#selection.add(id);
    });
  }

  /** @param {number} index @param {boolean} isRange from the last one */
  #toggle(index, isRange) {
    const { pictures } = this.source;
    this.#select(() => {
      if (isRange) {
        const [first, last] = [this.#anchor, index].sort((one, other) => one - other);
        for (const { id } of pictures.slice(first, last + 1)) this.#selection.add(id);
        return;
      }
      const { id } = pictures[index];
      if (!this.#selection.delete(id)) this.#selection.add(id);
      this.#anchor = index;
    });
  }

  /** @param {string[]} ids */
  #remove(ids) {
    return this.#takeOut(() => this.source.remove(ids), ids, counted("library.deleted", ids.length));
  }

  /** Whether it is deleted: it is asked about first. @param {PictureDetail} detail */
  async #removeJob({ id, job, job_id, input_file, lineage }) {
    // What was made here and then edited is another run's.
    const isGiven = lineage.nodes.some((node) => node.id === input_file && node.job_id === null);
    const sentences = [
      counted("privacy.job_goes", job.images.length),
      ...(isGiven ? [privacy("job_source")] : []),
      privacy("job_day"),
    ];
    if (!(await ask(privacy("job_title"), sentences, privacy("job_delete")))) return false;
    return this.#takeOut(() => this.source.removeJob(job_id), [id], privacy("job_deleted"));
  }

  /**
   * Whether pictures were taken out of the list: it is told with a way back.
   *
   * @param {() => Promise<() => Promise<void>>} remove @param {string[]} ids @param {string} told
   */
  async #takeOut(remove, ids, told) {
    const { grid, source } = this;
    // What had the focus goes: whoever moves by keys goes on where they were.
    const isByKeys = grid.root.contains(document.activeElement);
    const keepPlace = () => {
      if (isByKeys && source.pictures.length) grid.go(grid.active);
    };
    try {
      const restore = await remove();
      this.#select(() => {
        for (const id of ids) this.#selection.delete(id);
      });
      keepPlace();
      const undo = async () => {
        await restore();
        keepPlace();
        toast(text("restored"));
      };
      const run = () => undo().catch(toastError);
      toast(told, { label: text("undo"), run });
      return true;
    } catch (error) {
      toastError(error);
      return false;
    }
  }

  /** @param {Picture} picture */
  #toggleFavourite(picture) {
    return this.source.setFavourite(picture).catch(toastError);
  }

  /** Whether it took the key. @param {KeyboardEvent} event */
  #onKey(event) {
    const { active } = this.grid;
    const picture = this.source.pictures[active];
    if (!picture) return false;
    const isWhole = event.ctrlKey || event.metaKey;
    const remove = () => this.#remove(this.#selection.size ? [...this.#selection] : [picture.id]);
    /** @type {Record<string, () => unknown>} */
    const commands = {
      Enter: () => this.detail.open(active),
      " ": () => this.#toggle(active, event.shiftKey),
      f: () => !isWhole && this.#toggleFavourite(picture),
      Delete: remove,
      Backspace: remove,
      a: () => isWhole && this.#selectAll(),
      Escape: () => this.line.end(),
    };
    const run = commands[event.key];
    return run ? run() !== false : false;
  }
}

const openFromAddress = () => fromAddress() && showTab("library");
present("#library").then((mount) => new LibraryTab(mount));
present('[role="tab"]').then(openFromAddress);
addEventListener("hashchange", openFromAddress);
