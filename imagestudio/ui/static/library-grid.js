// A grid of pictures of any number: only the rows in sight, and some more, are in the page.

import { closest, element } from "./dom.js";
import { icon } from "./icons.js";
import { t } from "./texts.js";

/**
 * @typedef {import("./library-source.js").LibrarySource} LibrarySource
 * @typedef {import("./types.d.ts").Picture} Picture
 * @typedef {{ root: HTMLElement, heart: HTMLElement }} Cell
 */

const GAP = 8;
const ROWS_AROUND = 3;
const cellWidth = () => (matchMedia("(max-width: 600px)").matches ? 104 : 184);

/** @param {number} value @param {number} most */
const within = (value, most) => Math.max(0, Math.min(value, most));

export class Grid {
  /** The index of the picture that the keys start from. */
  active = 0;
  #columns = 1;
  #side = 0;
  #drawn = "";
  /** @type {Map<string, Cell>} by the pictures' ids */
  #cells = new Map();

  /**
   * @param {LibrarySource} source its pictures are shown
   * @param {Set<string>} selection the ids of those that are marked
   * @param {{
   *   opened: (index: number) => void, toggled: (index: number, isRange: boolean) => void,
   *   keyed: (event: KeyboardEvent) => boolean,
   * }} options `keyed` gets the keys that move nothing, and says whether it took one
   */
  constructor(source, selection, { opened, toggled, keyed }) {
    this.source = source;
    this.selection = selection;
    this.opened = opened;
    this.toggled = toggled;
    this.keyed = keyed;
    this.sheet = element("div", { class: "sheet", role: "presentation" });
    this.root = element(
      "div",
      {
        class: "grid",
        role: "listbox",
        "aria-multiselectable": "true",
        "aria-label": t("library.pictures"),
        "aria-describedby": "library-keys",
        tabindex: "-1",
      },
      this.sheet,
    );
    this.root.addEventListener("click", (event) => this.#onClick(event));
    this.root.addEventListener("keydown", (event) => this.#onKey(event));
    new ResizeObserver(() => this.draw()).observe(this.root);
    addEventListener("scroll", () => this.draw(), { passive: true });
  }

  /** Draw what is in sight. Cheap where nothing has changed. */
  draw(anew = false) {
    const width = this.root.clientWidth;
    if (!width) return;
    const { length } = this.source.pictures;
    this.#columns = Math.max(1, Math.floor((width + GAP) / (cellWidth() + GAP)));
    this.#side = (width - GAP * (this.#columns - 1)) / this.#columns;
    const rows = Math.ceil(length / this.#columns);
    this.active = within(this.active, length - 1);
    const [first, last] = this.#rowsInSight(rows);
    const drawn = [first, last, width, this.#columns].join();
    if (!anew && drawn === this.#drawn) return;
    this.#drawn = drawn;
    this.sheet.style.height = `${Math.max(0, rows * this.#step - GAP)}px`;
    const count = (last - first) * this.#columns;
    const inSight = Array.from({ length: count }, (_, i) => first * this.#columns + i);
    // What has the focus must not go.
    const indexes = [...new Set([...inSight, this.active])].filter((index) => index < length);
    indexes.sort((one, other) => one - other);
    this.#drawCells(indexes);
  }

  get #step() {
    return this.#side + GAP;
  }

  /** The first one, and the one after the last. @param {number} rows how many there are */
  #rowsInSight(rows) {
    const { top } = this.root.getBoundingClientRect();
    const first = Math.floor(-top / this.#step) - ROWS_AROUND;
    const last = Math.ceil((innerHeight - top) / this.#step) + ROWS_AROUND;
    return [within(first, rows), within(last, rows)];
  }

  /** @param {number[]} indexes */
  #drawCells(indexes) {
    const { pictures } = this.source;
    const ids = new Set(indexes.map((index) => pictures[index].id));
    for (const [id, { root }] of this.#cells) {
      if (ids.has(id)) continue;
      root.remove();
      this.#cells.delete(id);
    }
    /** @type {HTMLElement | null} */
    let before = null;
    for (const index of indexes) {
      const picture = pictures[index];
      const cell = this.#cells.get(picture.id) ?? this.#makeCell(picture);
      this.#cells.set(picture.id, cell);
      this.#placeCell(cell, picture, index);
      /** @type {ChildNode | null} */
      const next = before ? before.nextSibling : this.sheet.firstChild;
      if (next !== cell.root) this.sheet.insertBefore(cell.root, next);
      before = cell.root;
    }
  }

  /** @param {Picture} picture @returns {Cell} */
  #makeCell({ id, prompt }) {
    const src = `visitor/files/${id}/thumbnail`;
    const image = element("img", { alt: prompt, decoding: "async", draggable: "false", src });
    image.addEventListener("load", () => image.classList.add("there"));
    const heart = element(
      "span",
      { class: "mark heart", role: "img", "aria-label": t("library.a_favourite") },
      icon("heart"),
    );
    const check = element("span", { class: "mark check", "aria-hidden": "true" }, icon("check"));
    const root = element("div", { class: "cell", role: "option", "data-id": id }, image, check, heart);
    return { root, heart };
  }

  /** @param {Cell} cell @param {Picture} picture @param {number} index */
  #placeCell({ root, heart }, { id, favourite }, index) {
    const left = (index % this.#columns) * this.#step;
    const top = Math.floor(index / this.#columns) * this.#step;
    const side = `${this.#side}px`;
    root.style.cssText = `width:${side};height:${side};transform:translate(${left}px,${top}px)`;
    root.dataset.index = String(index);
    root.tabIndex = index === this.active ? 0 : -1;
    root.setAttribute("aria-selected", String(this.selection.has(id)));
    root.setAttribute("aria-posinset", String(index + 1));
    root.setAttribute("aria-setsize", String(this.source.isComplete ? this.source.pictures.length : -1));
    root.classList.toggle("favourite", favourite);
    heart.hidden = !favourite;
  }

  /** Move to a picture and, unless told otherwise, put the focus on it. @param {number} index */
  go(index, focus = true) {
    this.active = within(index, this.source.pictures.length - 1);
    this.#reveal();
    this.draw(true);
    const id = this.source.pictures[this.active]?.id;
    if (focus) this.#cells.get(id)?.root.focus({ preventScroll: true });
  }

  #reveal() {
    const row = Math.floor(this.active / this.#columns);
    const top = this.root.getBoundingClientRect().top + row * this.#step;
    const bar = this.root.parentElement?.querySelector(".bar")?.getBoundingClientRect().bottom ?? 0;
    const above = Math.max(0, bar) + GAP;
    if (top < above) scrollBy(0, top - above);
    else if (top + this.#side > innerHeight - GAP) scrollBy(0, top + this.#side - innerHeight + GAP);
  }

  /** @param {MouseEvent} event */
  #onClick(event) {
    const cell = closest(event, ".cell");
    if (!cell) return;
    const index = Number(cell.dataset.index);
    const isToggle = event.ctrlKey || event.metaKey || event.shiftKey || closest(event, ".check");
    this.active = index;
    this.draw(true);
    cell.focus({ preventScroll: true });
    if (isToggle) this.toggled(index, event.shiftKey);
    else this.opened(index);
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    if (event.altKey) return;
    const page = Math.max(1, Math.floor(innerHeight / this.#step) - 1) * this.#columns;
    /** @type {Record<string, number>} */
    const moves = {
      ArrowLeft: -1,
      ArrowRight: 1,
      ArrowUp: -this.#columns,
      ArrowDown: this.#columns,
      PageUp: -page,
      PageDown: page,
      Home: -Infinity,
      End: Infinity,
    };
    if (event.key in moves) {
      event.preventDefault();
      this.go(this.active + moves[event.key]);
      if (event.shiftKey) this.toggled(this.active, true);
    } else if (this.keyed(event)) event.preventDefault();
  }
}
