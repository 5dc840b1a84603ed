// A grid of pictures of any number: only the rows in sight, and some more, are in the page.

import { element } from "./dom.js";
import { named } from "./icons.js";
import { words } from "./words.js";

const GAP = 8;
const ROWS_AROUND = 3;
const cellWidth = () => (matchMedia("(max-width: 600px)").matches ? 104 : 184);

export class Grid {
  #columns = 1;
  #side = 0;
  #drawn = "";
  #cells = new Map();
  active = 0;

  // `source.pictures` are shown, `selection` (a Set of ids) is marked.
  constructor(source, selection, { activated, toggled, commanded }) {
    Object.assign(this, { source, selection, activated, toggled, commanded });
    this.sheet = element("div", { class: "sheet", role: "presentation" });
    this.root = element(
      "div",
      {
        class: "grid",
        role: "listbox",
        "aria-multiselectable": "true",
        "aria-label": words("library.pictures"),
        "aria-describedby": "library-keys",
        tabindex: "-1",
      },
      this.sheet,
    );
    this.root.addEventListener("click", (event) => this.#clicked(event));
    this.root.addEventListener("keydown", (event) => this.#pressed(event));
    new ResizeObserver(() => this.draw()).observe(this.root);
    addEventListener("scroll", () => this.draw(), { passive: true });
  }

  // Draw what is in sight. Cheap where nothing has changed.
  draw(anew = false) {
    const width = this.root.clientWidth;
    if (!width) return;
    const { pictures } = this.source;
    this.#columns = Math.max(1, Math.floor((width + GAP) / (cellWidth() + GAP)));
    this.#side = (width - GAP * (this.#columns - 1)) / this.#columns;
    const rows = Math.ceil(pictures.length / this.#columns);
    this.active = Math.max(0, Math.min(this.active, pictures.length - 1));
    const [first, last] = this.#inSight(rows);
    const drawn = [first, last, width, this.#columns].join();
    if (!anew && drawn === this.#drawn) return;
    this.#drawn = drawn;
    this.sheet.style.height = `${Math.max(0, rows * (this.#side + GAP) - GAP)}px`;
    const wanted = new Set(
      Array.from({ length: (last - first) * this.#columns }, (_, i) => first * this.#columns + i),
    );
    if (pictures.length) wanted.add(this.active); // what has the focus must not go
    this.#keep([...wanted].filter((index) => index < pictures.length).sort((one, other) => one - other));
  }

  #inSight(rows) {
    const top = this.root.getBoundingClientRect().top;
    const step = this.#side + GAP;
    const first = Math.floor(-top / step) - ROWS_AROUND;
    const last = Math.ceil((innerHeight - top) / step) + ROWS_AROUND;
    return [Math.max(0, Math.min(first, rows)), Math.max(0, Math.min(last, rows))];
  }

  #keep(indexes) {
    const { pictures } = this.source;
    const ids = new Set(indexes.map((index) => pictures[index].id));
    for (const [id, cell] of this.#cells) {
      if (ids.has(id)) continue;
      cell.remove();
      this.#cells.delete(id);
    }
    let before = null;
    for (const index of indexes) {
      const picture = pictures[index];
      const cell = this.#cells.get(picture.id) ?? this.#cell(picture);
      this.#cells.set(picture.id, cell);
      this.#place(cell, picture, index);
      const next = before ? before.nextSibling : this.sheet.firstChild;
      if (next !== cell) this.sheet.insertBefore(cell, next);
      before = cell;
    }
  }

  #cell(picture) {
    const image = element("img", {
      alt: picture.prompt,
      decoding: "async",
      draggable: "false",
      src: `visitor/files/${picture.id}/thumbnail`,
    });
    image.addEventListener("load", () => image.classList.add("there"));
    return element(
      "div",
      { class: "cell", role: "option", "data-id": picture.id },
      image,
      element("span", { class: "mark check", "aria-hidden": "true" }, named("check")),
      element(
        "span",
        { class: "mark heart", role: "img", "aria-label": words("library.a_favourite") },
        named("heart"),
      ),
    );
  }

  #place(cell, picture, index) {
    const column = index % this.#columns;
    const row = Math.floor(index / this.#columns);
    const step = this.#side + GAP;
    cell.style.cssText = `width:${this.#side}px;height:${this.#side}px;transform:translate(${column * step}px,${row * step}px)`;
    cell.dataset.index = index;
    cell.tabIndex = index === this.active ? 0 : -1;
    cell.setAttribute("aria-selected", String(this.selection.has(picture.id)));
    cell.setAttribute("aria-posinset", index + 1);
    cell.setAttribute("aria-setsize", this.source.complete ? this.source.pictures.length : -1);
    cell.classList.toggle("favourite", picture.favourite);
    cell.querySelector(".heart").hidden = !picture.favourite;
  }

  // Move to a picture and, unless told otherwise, put the focus on it.
  go(index, focus = true) {
    this.active = Math.max(0, Math.min(index, this.source.pictures.length - 1));
    this.#reveal();
    this.draw(true);
    if (focus) this.#cells.get(this.source.pictures[this.active]?.id)?.focus({ preventScroll: true });
  }

  #reveal() {
    const step = this.#side + GAP;
    const box = this.root.getBoundingClientRect();
    const top = box.top + Math.floor(this.active / this.#columns) * step;
    const bar = this.root.parentElement.querySelector(".bar")?.getBoundingClientRect().bottom ?? 0;
    const above = Math.max(0, bar) + GAP;
    if (top < above) scrollBy(0, top - above);
    else if (top + this.#side > innerHeight - GAP) scrollBy(0, top + this.#side - innerHeight + GAP);
  }

  #clicked(event) {
    const cell = event.target.closest(".cell");
    if (!cell) return;
    const index = Number(cell.dataset.index);
    const toggles = event.ctrlKey || event.metaKey || event.shiftKey || event.target.closest(".check");
    this.active = index;
    this.draw(true);
    cell.focus({ preventScroll: true });
    if (toggles) this.toggled(index, event.shiftKey);
    else this.activated(index);
  }

  #pressed(event) {
    if (event.altKey) return;
    const page = Math.max(1, Math.floor(innerHeight / (this.#side + GAP)) - 1) * this.#columns;
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
      const to = this.active + moves[event.key];
      this.go(to);
      if (event.shiftKey) this.toggled(this.active, true);
    } else if (this.commanded(event)) event.preventDefault();
  }
}
