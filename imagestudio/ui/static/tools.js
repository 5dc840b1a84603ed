// The small buttons beside controls: swap the sides, draw a seed, keep the last one.

import { closest, find, findAll, present } from "./dom.js";
import { changeForm, TASKS } from "./form.js";
import { session } from "./storage.js";

/** @typedef {import("./types.d.ts").Task} Task */

const KEEPS_SEED = "seed.kept";
const SEEDS = 2 ** 32;

/** @param {Task} task @param {string} name */
const input = (task, name) => /** @type {HTMLInputElement | null} */ (find(`#${task}-${name} input`));

/** @param {HTMLElement} button @returns {Task} */
const taskOf = (button) => (button.closest("#edit-fields") ? "edit" : "generate");

/** @param {Task} task */
const keepSeed = (task) => {
  const seed = Number(find(`#${task}-line [data-seed]`)?.dataset.seed ?? SEEDS);
  if (seed < SEEDS && session.load(KEEPS_SEED)) changeForm(task, { seed });
};

const showPressed = () => {
  for (const button of findAll("[data-tool='keep']"))
    button.setAttribute("aria-pressed", String(Boolean(session.load(KEEPS_SEED))));
};

/** @type {Record<string, (task: Task) => void>} */
const tools = {
  swap: (task) => {
    const [width, height] = [input(task, "width"), input(task, "height")];
    if (!width || !height) return;
    if (!width.value && !height.value && !Number(width.placeholder)) return;
    /** @param {HTMLInputElement} one */
    const value = (one) => Number(one.value || one.placeholder) || "";
    changeForm(task, { width: value(height), height: value(width) });
  },
  dice: (task) => changeForm(task, { seed: crypto.getRandomValues(new Uint32Array(1))[0] % SEEDS }),
  keep: (task) => {
    session.save(KEEPS_SEED, !session.load(KEEPS_SEED));
    showPressed();
    keepSeed(task);
  },
};

document.addEventListener("click", (event) => {
  const button = closest(event, "[data-tool]");
  if (button) tools[button.dataset.tool ?? ""]?.(taskOf(button));
});

// A control that the model does not take has no use for its tools; they say so as it does.
const gate = () => {
  for (const button of findAll("[data-tool]")) {
    if (!(button instanceof HTMLButtonElement)) continue;
    const name = button.dataset.tool === "swap" ? "width" : "seed";
    const control = button.closest(".pair")?.querySelector(`[id$='-${name}']`);
    const field = control?.querySelector("input");
    if (!control || !field) continue;
    if (button.disabled !== field.disabled) button.disabled = field.disabled;
    const reason = control.querySelector(".info-text")?.textContent.trim();
    button.title = (button.disabled ? reason : button.getAttribute("aria-label")) ?? "";
  }
  showPressed();
};
document.addEventListener("studio:gated", gate);
document.addEventListener("studio:rendered", ({ detail: { task } }) => keepSeed(task));
// Gradio draws a tab when it is first opened, and says a moment later what is disabled in it.
for (const task of TASKS)
  present(`#${task}-fields .pair input`).then((field) => {
    gate();
    const changes = { subtree: true, attributeFilter: ["disabled"] };
    new MutationObserver(gate).observe(field.closest(".fields") ?? field, changes);
  });
