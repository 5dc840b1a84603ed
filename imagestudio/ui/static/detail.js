// One picture, large, on a neutral mat, with what is known of it beside it.

import { call } from "./api.js";
import { actions } from "./detail-actions.js";
import { facts } from "./detail-facts.js";
import { lineage } from "./detail-lineage.js";
import { element, host, set } from "./dom.js";
import { downloadForm } from "./download-form.js";
import { named } from "./icons.js";
import { words } from "./words.js";

const SWIPE_PX = 56;
const text = (name, values) => words(`library.${name}`, values);
const button = (name, label, onclick, kind = "round") =>
  element("button", { type: "button", class: kind, "aria-label": label, title: label, onclick }, named(name));

// A drawing may hold anything: it is shown as pixels.
export const large = (picture) =>
  `visitor/files/${picture.id}${picture.mimeType === "image/svg+xml" ? "/preview" : ""}`;

export class Detail {
  #index = -1;
  #single = null;

  constructor(source, { remove, favour, closed }) {
    Object.assign(this, { source, remove, favour, closed });
    this.image = element("img", { draggable: "false" });
    this.image.addEventListener("load", () => this.image.classList.add("there"));
    this.frame = element("div", { class: "picture" }, this.image);
    this.back = button("left", text("previous"), () => this.step(-1), "round back");
    this.on = button("right", text("next"), () => this.step(1), "round on");
    this.heart = button("heart", text("favour"), () => this.favour(this.picture));
    this.aside = element("div", {
      class: "facts",
      tabindex: "0",
      role: "group",
      "aria-label": text("detail"),
    });
    this.mat = element("div", { class: "mat" }, this.frame, this.back, this.on);
    this.root = element(
      "dialog",
      { class: "detail", "aria-label": text("detail") },
      this.mat,
      element(
        "aside",
        {},
        element(
          "div",
          { class: "top" },
          this.heart,
          button("trash", text("delete"), () => this.#delete()),
          button("close", text("close"), () => this.root.close()),
        ),
        this.aside,
      ),
    );
    this.root.addEventListener("keydown", (event) => this.#pressed(event));
    this.root.addEventListener("close", () => this.#closed());
    this.#swipes();
  }

  get isOpen() {
    return this.root.open;
  }

  get picture() {
    return this.#single ?? this.source.pictures[this.#index];
  }

  open(index) {
    if (!this.root.isConnected) host().append(this.root);
    this.#index = index;
    this.#single = null;
    if (!this.isOpen) this.root.showModal();
    this.root.focus();
    this.#show();
  }

  step(by) {
    const to = this.#index + by;
    if (to < 0 || to >= this.source.pictures.length) return;
    this.open(to);
    if (to > this.source.pictures.length - 10) this.source.more();
  }

  // What changed in the list may have changed here.
  refresh() {
    if (!this.isOpen) return;
    const index = this.source.index(this.shown);
    if (!this.#single && index < 0)
      return this.source.pictures.length
        ? this.open(Math.min(this.#index, this.source.pictures.length - 1))
        : this.root.close();
    if (!this.#single) this.#index = index;
    this.#marks();
  }

  #marks() {
    set(this.heart, { "aria-pressed": String(this.picture.favourite) });
    this.back.disabled = this.#index <= 0;
    this.on.disabled = this.#index >= this.source.pictures.length - 1;
  }

  async #show() {
    const { picture } = this;
    this.shown = picture.id;
    this.#marks();
    this.image.classList.remove("there");
    this.frame.style.cssText = `--width:${picture.width}px;--ratio:${picture.width / picture.height};background-image:url("visitor/files/${picture.id}/thumbnail")`;
    set(this.image, {
      src: large(picture),
      alt: picture.prompt,
      width: picture.width,
      height: picture.height,
    });
    this.aside.scrollTop = 0;
    this.aside.replaceChildren(element("p", { class: "prompt" }, picture.prompt));
    try {
      const known = await call(`visitor/library/${picture.id}`);
      if (this.shown === picture.id) this.#tell(known);
    } catch (error) {
      if (this.shown === picture.id)
        this.aside.append(element("p", { class: "refusal", role: "alert" }, error.message));
    }
    for (const near of [1, -1]) this.#ahead(this.source.pictures[this.#index + near]);
  }

  #ahead(picture) {
    if (picture) new Image().src = large(picture);
  }

  #tell(known) {
    this.aside.replaceChildren(
      element("p", { class: "prompt" }, known.prompt),
      facts(known),
      downloadForm(known),
      actions(known, { close: () => this.root.close(), large: large(known) }),
      ...lineage(known, (id) => this.#jump(id)),
      ...["asked", "sent", "got"].map((part) => this.#part(part, known)),
    );
  }

  #part(name, known) {
    const { asked, sent, images } = known.job;
    const shown = { asked, sent, got: { images, warnings: known.job.warnings, cost: known.job.cost } }[name];
    return element(
      "details",
      {},
      element("summary", {}, words(name)),
      element("pre", { tabindex: "0" }, JSON.stringify(shown, null, 2)),
    );
  }

  // To a relative, which may be far away in the list, or not in it.
  async #jump(id) {
    const index = this.source.index(id);
    if (index >= 0) return this.open(index);
    this.#single = await call(`visitor/library/${id}`);
    this.root.focus();
    this.#show();
  }

  async #delete() {
    const { id } = this.picture;
    await this.remove([id]);
    if (this.#single) this.root.close();
  }

  #pressed(event) {
    if (event.target.closest("input, select, textarea, pre")) return;
    const commands = {
      ArrowLeft: () => this.step(-1),
      ArrowRight: () => this.step(1),
      f: () => this.favour(this.picture),
      Delete: () => this.#delete(),
    };
    if (!(event.key in commands) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    commands[event.key]();
  }

  #swipes() {
    let from = null;
    this.mat.addEventListener(
      "touchstart",
      ({ touches }) => (from = touches.length === 1 ? touches[0] : null),
      { passive: true },
    );
    this.mat.addEventListener("touchend", ({ changedTouches: [to] }) => {
      const across = from ? to.clientX - from.clientX : 0;
      if (Math.abs(across) > SWIPE_PX && Math.abs(across) > 2 * Math.abs(to.clientY - from.clientY))
        this.step(across < 0 ? 1 : -1);
      from = null;
    });
  }

  #closed() {
    host().append(...document.querySelectorAll("#toasts"));
    this.image.removeAttribute("src");
    this.closed(this.#index);
  }
}
