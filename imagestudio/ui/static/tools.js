// The small buttons beside controls: swap the sides, draw a seed, keep the last one.

import { present } from "./dom.js";

const KEPT = "seed.kept";
const SEEDS = 2 ** 32;

const field = (task, name) => document.querySelector(`#${task}-${name} input`);
const taskOf = (target) => target.closest("[id$='-fields']")?.id.replace("-fields", "") ?? "generate";

const lastSeed = (task) => document.querySelector(`#${task}-line [data-seed]`)?.dataset.seed;

const keep = (task) => {
  const seed = Number(lastSeed(task) ?? SEEDS);
  if (seed < SEEDS && window.studio.kept(KEPT)) window.studio.change(task, { seed });
};

const show = () => {
  for (const button of document.querySelectorAll("[data-tool='keep']"))
    button.setAttribute("aria-pressed", Boolean(window.studio.kept(KEPT)));
};

const tools = {
  swap: (task) => {
    const [width, height] = ["width", "height"].map((name) => field(task, name));
    const shown = (one) => one.value || one.placeholder;
    if (!width.value && !height.value && !Number(width.placeholder)) return;
    window.studio.change(task, { width: Number(shown(height)) || "", height: Number(shown(width)) || "" });
  },
  dice: (task) => window.studio.change(task, { seed: crypto.getRandomValues(new Uint32Array(1))[0] % SEEDS }),
  keep: (task) => {
    window.studio.keep(KEPT, !window.studio.kept(KEPT));
    show();
    keep(task);
  },
};

document.addEventListener("click", ({ target }) => {
  const button = target.closest?.("[data-tool]");
  if (button) tools[button.dataset.tool](taskOf(button));
});

// A control that the model does not take has no use for its tools; they say so as it does.
const gate = () => {
  for (const button of document.querySelectorAll("[data-tool]")) {
    const control = button
      .closest(".pair")
      .querySelector(`[id$='-${button.dataset.tool === "swap" ? "width" : "seed"}']`);
    const input = control?.querySelector("input");
    if (!input) continue;
    if (button.disabled !== input.disabled) button.disabled = input.disabled;
    button.title = button.disabled
      ? (control.querySelector(".info-text")?.textContent.trim() ?? "")
      : button.getAttribute("aria-label");
  }
  show();
};
document.addEventListener("studio:gated", gate);
// Gradio draws a tab when it is first opened, and says a moment later what is disabled in it.
const follow = (fields) =>
  new MutationObserver(gate).observe(fields, { subtree: true, attributeFilter: ["disabled"] });
for (const task of ["generate", "edit"])
  present(`#${task}-fields .pair input`).then((input) => {
    gate();
    follow(input.closest(".fields"));
  });
document.addEventListener("studio:drawn", ({ detail: { task } }) => keep(task));
