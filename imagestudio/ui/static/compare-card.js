// One model's picture, in a still frame of its shape until it is there, and what is known of it.

import { button, seconds, tell, text, usd } from "./compare-said.js";
import { element, set } from "./dom.js";
import { words } from "./words.js";

const address = (id) => new URL(`visitor/files/${id}`, document.baseURI).href;

// "Generating, 6 s, 40 %", "Queued, 2 ahead"
const working = ({ stage, provider_name: provider }, elapsed) => {
  if (!stage) return words("stages.queued");
  const name = words(`stages.${stage.name}`, { provider });
  const ahead = stage.ahead ? words("ahead", { count: stage.ahead }) : null;
  const time = stage.name === "generating" && elapsed != null ? seconds(elapsed, 0) : null;
  const part =
    stage.fraction == null ? null : words("percent", { percent: Math.round(stage.fraction * 100) });
  return [name, ahead, time, part].filter(Boolean).join(", ");
};

const cost = ({ demo, cost: { reported_usd: reported, estimated_usd: estimated, charged } }) => {
  if (demo) return words("cost_demo");
  if (charged === "no") return words("cost_none");
  if (reported != null) return usd(reported);
  return estimated == null ? words("cost_unknown") : words("cost_about", { usd: usd(estimated) });
};

const failure = (run) => {
  if (run.error) return run.error.message;
  if (run.status === "canceled") return text("canceled");
  return run.status === "succeeded" ? text("gone") : text("no_picture");
};

export class Card {
  constructor(number, { open, elapsed }) {
    Object.assign(this, { number, open, elapsed });
    this.image = element("img", { draggable: "false", hidden: true });
    this.image.addEventListener("load", () => {
      this.image.classList.add("there");
      this.wait.hidden = true;
    });
    this.bar = element("i", {});
    this.words = element("p", { class: "working" });
    this.look = element(
      "button",
      { type: "button", class: "frame", onclick: () => this.open(this) },
      this.image,
    );
    this.wait = element(
      "div",
      { class: "waiting" },
      element("div", { class: "progress", "aria-hidden": "true" }, this.bar),
      this.words,
    );
    this.name = element("h3", {});
    this.facts = element("p", { class: "facts" });
    this.actions = element("div", { class: "do" });
    this.root = element(
      "li",
      { class: "card" },
      element("div", { class: "mat" }, this.look, this.wait),
      element("div", { class: "known" }, this.name, this.facts, this.actions),
    );
  }

  show(run, { hidden, ready, count, prompt }) {
    Object.assign(this, { run, prompt });
    const [across, down] = run.frame;
    this.ratio = across / down;
    this.root.style.setProperty("--ratio", String(this.ratio));
    this.root.classList.toggle("failed", !run.picture && run.status !== "queued" && run.status !== "running");
    const name = hidden ? text("hidden", { number: this.number }) : `${this.number} · ${run.model_name}`;
    this.name.replaceChildren(
      element("span", { class: "number", "aria-hidden": "true" }, String(this.number)),
      element("span", {}, hidden ? text("picture", { number: this.number }) : run.model_name),
    );
    this.#picture(run.picture, `${name}: ${prompt}`);
    this.blind = hidden ? text("blind_wait", { ready, count }) : null;
    this.tick();
    this.facts.textContent = hidden ? "" : this.#facts(run);
    this.#offer(hidden ? null : run);
  }

  // The seconds go on between the server's answers.
  tick() {
    const { run } = this;
    const under = run.status === "queued" || run.status === "running";
    this.wait.classList.toggle("over", !under && !run.picture);
    const fraction = run.stage?.fraction;
    this.bar.classList.toggle("unknown", fraction == null);
    this.bar.style.width = fraction == null ? "" : `${Math.round(fraction * 100)}%`;
    const said = run.picture
      ? ""
      : under
        ? (this.blind ?? working(run, this.elapsed(run.place)))
        : failure(run);
    if (this.words.textContent !== said) this.words.textContent = said;
  }

  #picture(picture, alt) {
    this.look.disabled = !picture;
    set(this.look, { "aria-label": picture ? `${text("large")}: ${alt}` : alt });
    this.image.hidden = !picture;
    if (picture && this.image.getAttribute("src") === picture.url) return set(this.image, { alt });
    this.wait.hidden = false;
    if (!picture) return this.image.removeAttribute("src");
    this.image.classList.remove("there");
    return set(this.image, { src: picture.url, alt });
  }

  #facts(run) {
    const made = run.picture && `${run.picture.width} × ${run.picture.height}`;
    const served = run.served_by && text("served_by", { model: run.served_by });
    return [
      run.seconds != null && run.picture && seconds(run.seconds),
      run.status !== "running" && run.status !== "queued" && cost(run),
      made,
      served,
    ]
      .filter(Boolean)
      .join(" · ");
  }

  #offer(run) {
    const shown = run ? `${run.picture?.id}` : "";
    if (this.offered === shown) return;
    this.offered = shown;
    const fields = run && { prompt: this.prompt, model: run.model, ...run.settings };
    const id = run?.picture?.id;
    this.actions.replaceChildren(
      ...(id
        ? [
            button("quiet", "pencil", text("edit"), () =>
              tell("studio:edit", { file_id: id, url: address(id) }),
            ),
          ]
        : []),
      ...(run
        ? [button("quiet", "sliders", text("use"), () => tell("studio:use", { task: "generate", fields }))]
        : []),
    );
  }
}
