// One picture, large, on a neutral mat, with what is known of it beside it.

import { call, messageOf } from "./api.js";
import { actions } from "./detail-actions.js";
import { facts, lineage } from "./detail-facts.js";
import { closest, element, findAll, hasModifier, host, setAttributes } from "./dom.js";
import { downloadForm } from "./download-form.js";
import { icon } from "./icons.js";
import { t, texts } from "./texts.js";

/**
 * @typedef {import("./icons.js").IconName} IconName
 * @typedef {import("./library-source.js").LibrarySource} LibrarySource
 * @typedef {import("./types.d.ts").Picture} Picture
 * @typedef {import("./types.d.ts").PictureDetail} PictureDetail
 */

const SWIPE_PX = 56;
const NEAR_THE_END = 10;
const text = texts("library");

/** @param {IconName} mark @param {string} label @param {() => unknown} onclick @param {string} [kind] */
const button = (mark, label, onclick, kind = "round") =>
  element("button", { type: "button", class: kind, "aria-label": label, title: label, onclick }, icon(mark));

/** A drawing may hold anything: it is shown as pixels. @param {Picture} picture */
const largeUrl = ({ id, mimeType }) => `visitor/files/${id}${mimeType === "image/svg+xml" ? "/preview" : ""}`;

/** What was asked, sent and got, as it is. @param {string} title @param {unknown} value */
const raw = (title, value) =>
  element(
    "details",
    {},
    element("summary", {}, title),
    element("pre", { tabindex: "0" }, JSON.stringify(value, null, 2)),
  );

export class Detail {
  #index = -1;
  /** @type {Picture | null} one that is not in the list */
  #single = null;
  #shownId = "";

  /**
   * @param {LibrarySource} source
   * @param {{
   *   remove: (ids: string[]) => Promise<boolean>, removeJob: (detail: PictureDetail) => Promise<boolean>,
   *   setFavourite: (picture: Picture) => unknown, closed: (index: number) => void,
   * }} options
   */
  constructor(source, { remove, removeJob, setFavourite, closed }) {
    this.source = source;
    this.remove = remove;
    this.removeJob = removeJob;
    this.setFavourite = setFavourite;
    this.closed = closed;
    this.image = element("img", { draggable: "false" });
    this.image.addEventListener("load", () => this.image.classList.add("there"));
    this.frame = element("div", { class: "picture" }, this.image);
    this.back = button("left", text("previous"), () => this.step(-1), "round back");
    this.on = button("right", text("next"), () => this.step(1), "round on");
    this.heart = button("heart", text("favour"), () => this.#toggleFavourite());
    this.aside = element("div", {
      class: "facts",
      tabindex: "0",
      role: "group",
      "aria-label": text("detail"),
    });
    this.mat = element("div", { class: "mat" }, this.frame, this.back, this.on);
    const trash = button("trash", text("delete"), () => this.#delete());
    const close = button("close", text("close"), () => this.root.close());
    this.root = element(
      "dialog",
      { class: "detail", "aria-label": text("detail") },
      this.mat,
      element("aside", {}, element("div", { class: "top" }, this.heart, trash, close), this.aside),
    );
    this.root.addEventListener("keydown", (event) => this.#onKey(event));
    this.root.addEventListener("close", () => this.#onClose());
    this.#listenForSwipes();
  }

  get isOpen() {
    return this.root.open;
  }

  get picture() {
    return this.#single ?? this.source.pictures[this.#index];
  }

  /** @param {number} index */
  open(index) {
    if (!this.root.isConnected) host().append(this.root);
    this.#index = index;
    this.#single = null;
    if (!this.isOpen) this.root.showModal();
    this.root.focus();
    this.#show();
  }

  /** @param {number} by */
  step(by) {
    const to = this.#index + by;
    const { length } = this.source.pictures;
    if (to < 0 || to >= length) return;
    this.open(to);
    if (to > length - NEAR_THE_END) this.source.loadMore();
  }

  /** What changed in the list may have changed here. */
  refresh() {
    if (!this.isOpen) return;
    if (!this.#single) {
      const index = this.source.index(this.#shownId);
      const { length } = this.source.pictures;
      if (index < 0 && !length) return this.root.close();
      if (index < 0) return this.open(Math.min(this.#index, length - 1));
      this.#index = index;
    }
    this.#showMarks();
  }

  #showMarks() {
    setAttributes(this.heart, { "aria-pressed": String(this.picture.favourite) });
    this.back.disabled = this.#index <= 0;
    this.on.disabled = this.#index >= this.source.pictures.length - 1;
  }

  async #show() {
    const { picture } = this;
    const { id, prompt, width, height } = picture;
    this.#shownId = id;
    this.#showMarks();
    this.image.classList.remove("there");
    const thumbnail = `url("visitor/files/${id}/thumbnail")`;
    this.frame.style.cssText = `--width:${width}px;--ratio:${width && height ? width / height : 1};background-image:${thumbnail}`;
    setAttributes(this.image, {
      src: largeUrl(picture),
      alt: prompt,
      width: width || null,
      height: height || null,
    });
    this.aside.scrollTop = 0;
    this.aside.replaceChildren(element("p", { class: "prompt" }, prompt));
    try {
      /** @type {PictureDetail} */
      const detail = await call(`visitor/library/${id}`);
      if (this.#shownId === id) this.#showDetail(detail);
    } catch (error) {
      if (this.#shownId === id)
        this.aside.append(element("p", { class: "refusal", role: "alert" }, messageOf(error)));
    }
    for (const by of [1, -1]) {
      const near = this.source.pictures[this.#index + by];
      if (near) new Image().src = largeUrl(near); // it will be there at once
    }
  }

  /** @param {PictureDetail} detail */
  #showDetail(detail) {
    const { asked, sent, images, warnings, cost } = detail.job;
    this.aside.replaceChildren(
      element("p", { class: "prompt" }, detail.prompt),
      facts(detail),
      downloadForm(detail),
      actions(detail, { close: () => this.root.close(), removeJob: () => this.#deleteJob(detail) }),
      ...lineage(detail, (id) => this.#jump(id)),
      raw(t("asked"), asked),
      raw(t("sent"), sent),
      raw(t("got"), { images, warnings, cost }),
    );
  }

  /** To a relative, which may be far away in the list, or not in it. @param {string} id */
  async #jump(id) {
    const index = this.source.index(id);
    if (index >= 0) return this.open(index);
    this.#single = await call(`visitor/library/${id}`);
    this.root.focus();
    this.#show();
  }

  #toggleFavourite() {
    this.setFavourite(this.picture);
  }

  async #delete() {
    await this.remove([this.picture.id]);
    if (this.#single) this.root.close();
  }

  /** @param {PictureDetail} detail */
  async #deleteJob(detail) {
    if ((await this.removeJob(detail)) && this.#single) this.root.close();
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    if (closest(event, "input, select, textarea, pre")) return;
    /** @type {Record<string, () => unknown>} */
    const commands = {
      ArrowLeft: () => this.step(-1),
      ArrowRight: () => this.step(1),
      f: () => this.#toggleFavourite(),
      Delete: () => this.#delete(),
    };
    if (!(event.key in commands) || hasModifier(event)) return;
    event.preventDefault();
    commands[event.key]();
  }

  #listenForSwipes() {
    /** @type {Touch | null} */
    let from = null;
    const start = (/** @type {TouchEvent} */ { touches }) => {
      from = touches.length === 1 ? touches[0] : null;
    };
    this.mat.addEventListener("touchstart", start, { passive: true });
    this.mat.addEventListener("touchend", ({ changedTouches: [to] }) => {
      const across = from ? to.clientX - from.clientX : 0;
      const down = from ? to.clientY - from.clientY : 0;
      if (Math.abs(across) > SWIPE_PX && Math.abs(across) > 2 * Math.abs(down))
        this.step(across < 0 ? 1 : -1);
      from = null;
    });
  }

  #onClose() {
    host().append(...findAll("#toasts"));
    this.image.removeAttribute("src");
    this.closed(this.#index);
  }
}
