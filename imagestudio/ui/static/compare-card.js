// One model's picture, in a still frame of its shape until it is there, and what is known of it.

import { button, text } from "./compare-texts.js";
import { dispatch, element, fileUrl, setAttributes } from "./dom.js";
import { usd } from "./price.js";
import { seconds, t, times } from "./texts.js";

/**
 * @typedef {import("./types.d.ts").Comparison} Comparison
 * @typedef {import("./types.d.ts").ComparisonRun} Run
 */

/** @param {Run} run */
const isUnderWay = ({ status }) => status === "queued" || status === "running";

/** "Generating, 6 s, 40 %", "Queued, 2 ahead" @param {Run} run @param {number | null} elapsed */
const working = ({ stage, provider_name: provider }, elapsed) => {
  if (!stage) return t("stages.queued");
  const name = t(`stages.${stage.name}`, { provider });
  const ahead = stage.ahead ? t("ahead", { count: stage.ahead }) : null;
  const time = stage.name === "generating" && elapsed != null ? seconds(elapsed, 0) : null;
  const percent = stage.fraction == null ? null : Math.round(stage.fraction * 100);
  return [name, ahead, time, percent != null && t("percent", { percent })].filter(Boolean).join(", ");
};

/** @param {Run} run */
const cost = ({ demo, cost: { reported_usd: reported, estimated_usd: estimated, charged } }) => {
  if (demo) return t("cost_demo");
  if (charged === "no") return t("cost_none");
  if (reported != null) return usd(reported);
  return estimated == null ? t("cost_unknown") : t("cost_about", { usd: usd(estimated) });
};

/** @param {Run} run */
const failure = ({ error, status }) => {
  if (error) return error.message;
  if (status === "canceled") return text("canceled");
  return text(status === "succeeded" ? "gone" : "no_picture");
};

export class Card {
  /** @type {Run | null} */
  run = null;
  ratio = 1;
  #prompt = "";
  /** @type {string | null} what a blind comparison says in the place of everything else */
  #blind = null;
  /** @type {string | null} */
  #offered = null;

  /**
   * @param {number} number
   * @param {{ open: (card: Card) => void, elapsed: (place: number) => number | null }} options
   */
  constructor(number, { open, elapsed }) {
    this.number = number;
    this.elapsed = elapsed;
    this.image = element("img", { draggable: "false", hidden: true });
    this.image.addEventListener("load", () => {
      this.image.classList.add("there");
      this.wait.hidden = true;
    });
    this.bar = element("i");
    this.line = element("p", { class: "working" });
    this.frame = element("button", { type: "button", class: "frame", onclick: () => open(this) }, this.image);
    this.wait = element(
      "div",
      { class: "waiting" },
      element("div", { class: "progress", "aria-hidden": "true" }, this.bar),
      this.line,
    );
    this.name = element("h3");
    this.facts = element("p", { class: "facts" });
    this.actions = element("div", { class: "do" });
    this.root = element(
      "li",
      { class: "card" },
      element("div", { class: "mat" }, this.frame, this.wait),
      element("div", { class: "known" }, this.name, this.facts, this.actions),
    );
  }

  /** @param {Run} run @param {Comparison} comparison */
  show(run, { hidden, ready, runs, prompt }) {
    this.run = run;
    this.#prompt = prompt;
    const [across, down] = run.frame;
    this.ratio = across / down;
    this.root.style.setProperty("--ratio", String(this.ratio));
    this.root.classList.toggle("failed", !run.picture && !isUnderWay(run));
    const { number } = this;
    const name = hidden ? text("hidden", { number }) : `${number} · ${run.model_name}`;
    this.name.replaceChildren(
      element("span", { class: "number", "aria-hidden": "true" }, String(number)),
      element("span", {}, hidden ? text("picture", { number }) : run.model_name),
    );
    this.#showPicture(run.picture, `${name}: ${prompt}`);
    this.#blind = hidden ? text("blind_wait", { ready, count: runs.length }) : null;
    this.tick();
    this.facts.textContent = hidden ? "" : this.#factsOf(run);
    this.#offer(hidden ? null : run);
  }

  /** The seconds go on between the server's answers. */
  tick() {
    const { run } = this;
    if (!run) return;
    const isWorking = isUnderWay(run);
    this.wait.classList.toggle("over", !isWorking && !run.picture);
    const fraction = run.stage?.fraction;
    this.bar.classList.toggle("unknown", fraction == null);
    this.bar.style.width = fraction == null ? "" : `${Math.round(fraction * 100)}%`;
    const status = isWorking ? (this.#blind ?? working(run, this.elapsed(run.place))) : failure(run);
    const line = run.picture ? "" : status;
    if (this.line.textContent !== line) this.line.textContent = line;
  }

  /** @param {Run["picture"]} picture @param {string} alt */
  #showPicture(picture, alt) {
    const { image } = this;
    this.frame.disabled = !picture;
    setAttributes(this.frame, { "aria-label": picture ? `${text("large")}: ${alt}` : alt });
    image.hidden = !picture;
    if (picture && image.getAttribute("src") === picture.url) {
      setAttributes(image, { alt });
      return;
    }
    this.wait.hidden = false;
    if (!picture) {
      image.removeAttribute("src");
      return;
    }
    image.classList.remove("there");
    setAttributes(image, { src: picture.url, alt });
  }

  /** @param {Run} run */
  #factsOf(run) {
    const { picture } = run;
    return [
      run.seconds != null && picture && seconds(run.seconds, 1),
      !isUnderWay(run) && cost(run),
      picture && times(picture.width, picture.height),
      run.served_by && text("served_by", { model: run.served_by }),
    ]
      .filter(Boolean)
      .join(" · ");
  }

  /** @param {Run | null} run */
  #offer(run) {
    const id = run?.picture?.id;
    const offered = run ? String(id) : "";
    if (this.#offered === offered) return;
    this.#offered = offered;
    const edit = () => id && dispatch("studio:edit", { file_id: id, url: fileUrl(id) });
    const use = () => {
      if (!run) return;
      const fields = { prompt: this.#prompt, model: run.model, ...run.settings };
      dispatch("studio:use", { task: "generate", fields });
    };
    this.actions.replaceChildren(
      ...(id ? [button("quiet", "pencil", text("edit"), edit)] : []),
      ...(run ? [button("quiet", "sliders", text("use"), use)] : []),
    );
  }
}
