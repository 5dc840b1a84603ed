// Earlier prompts: arrow up in a field that is empty, or holds one of them unchanged; arrow down comes back.

import { call } from "./api.js";

const known = { generate: null, edit: null };
const at = { generate: -1, edit: -1 };

const set = (field, value) => {
  field.value = value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.setSelectionRange(value.length, value.length);
};

const step = async (task, field, by) => {
  const before = field.value;
  known[task] ??= (await call(`visitor/prompts?task=${task}`)).prompts;
  if (field.value !== before) return;
  const next = Math.min(at[task] + by, known[task].length - 1);
  if (next < -1) return;
  at[task] = next;
  set(field, known[task][next] ?? "");
};

document.addEventListener("keydown", (event) => {
  const by = { ArrowUp: 1, ArrowDown: -1 }[event.key];
  const form = event.target.closest?.("#generate-prompt, #edit-prompt");
  if (!by || !form || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || event.isComposing)
    return;
  const [task] = form.id.split("-");
  const unchanged = event.target.value === (known[task]?.[at[task]] ?? "");
  if (!event.target.value) at[task] = -1;
  if (event.target.value && !(at[task] >= 0 && unchanged)) return;
  if (by < 0 && at[task] < 0) return;
  event.preventDefault();
  step(task, event.target, by).catch(() => {});
});

document.addEventListener("studio:drawn", ({ detail: { task } }) => {
  known[task] = null;
  at[task] = -1;
});
