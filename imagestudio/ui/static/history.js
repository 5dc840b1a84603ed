// Earlier prompts: arrow up in a field that is empty, or holds one of them unchanged; arrow down comes back.

import { call } from "./api.js";
import { closest, hasModifier } from "./dom.js";
import { TASKS } from "./form.js";

/** @typedef {import("./types.d.ts").Task} Task */

/** @type {Record<Task, string[] | null>} */
const prompts = { generate: null, edit: null };
const position = { generate: -1, edit: -1 };

/** @param {HTMLTextAreaElement} field @param {string} value */
const setValue = (field, value) => {
  field.value = value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.setSelectionRange(value.length, value.length);
};

/** @param {Task} task @param {HTMLTextAreaElement} field @param {number} by */
const step = async (task, field, by) => {
  const before = field.value;
  const earlier = prompts[task] ?? (await call(`visitor/prompts?task=${task}`)).prompts;
  prompts[task] = earlier;
  if (field.value !== before) return;
  const next = Math.min(position[task] + by, earlier.length - 1);
  if (next < -1) return;
  position[task] = next;
  setValue(field, earlier[next] ?? "");
};

document.addEventListener("keydown", (event) => {
  const by = event.key === "ArrowUp" ? 1 : event.key === "ArrowDown" ? -1 : 0;
  const task = TASKS.find((name) => closest(event, `#${name}-prompt`));
  const field = event.target;
  if (!by || !task || !(field instanceof HTMLTextAreaElement)) return;
  if (hasModifier(event) || event.shiftKey || event.isComposing) return;
  const isUnchanged = field.value === (prompts[task]?.[position[task]] ?? "");
  if (!field.value) position[task] = -1;
  if (field.value && !(position[task] >= 0 && isUnchanged)) return;
  if (by < 0 && position[task] < 0) return;
  event.preventDefault();
  step(task, field, by).catch(() => {});
});

document.addEventListener("studio:rendered", ({ detail: { task } }) => {
  prompts[task] = null;
  position[task] = -1;
});
