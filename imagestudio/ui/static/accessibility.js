// Runs for who listens to the page, and for who uses it by keyboard.

import { element, find, host, present } from "./dom.js";
import { TASKS } from "./form.js";

/** @typedef {import("./types.d.ts").Task} Task */

// How a run goes: each stage once, not every second, and how it ended. A refusal speaks itself.
const line = element("div", { id: "studio-said", role: "status", class: "unseen" });

/** "Generating, 6 s of about 9 s, 40 %" is one stage, however far it is. @param {HTMLElement} status */
const stage = (status) => {
  const working = status.querySelector(".working");
  if (working) return working.textContent.split(",")[0];
  return status.querySelector(".done")?.textContent ?? "";
};

/** @param {Task} task */
const announceStages = async (task) => {
  const status = await present(`#${task}-status`);
  let last = stage(status);
  new MutationObserver(() => {
    const current = stage(status);
    if (current === last) return;
    last = current;
    if (current) line.textContent = current;
  }).observe(status, { childList: true, subtree: true, characterData: true });
};

// Who runs or stops by keyboard keeps their place: the button that had the focus rests while a run is under way, or
// goes. The run button has it again afterwards, unless it went elsewhere meanwhile. Stop never takes it by itself: a
// second press of Enter would stop what the first one began.
let focused = "";
document.addEventListener("focusin", ({ target }) => {
  focused = target instanceof Element ? target.id : "";
});

/** @param {Task} task */
const giveFocusBack = async (task) => {
  await present(`#${task}-run`);
  const run = /** @type {HTMLButtonElement} */ (find(`#${task}-run`));
  const giveBack = () => {
    const { activeElement } = document;
    const isLost = !activeElement || activeElement === document.body || activeElement === run;
    if (isLost && !run.disabled && [`${task}-run`, `${task}-stop`].includes(focused))
      run.focus({ preventScroll: true });
  };
  const changes = { childList: true, subtree: true, attributes: true, attributeFilter: ["disabled"] };
  new MutationObserver(giveBack).observe(run.closest(".foot") ?? run, changes);
};

for (const task of TASKS) giveFocusBack(task);
await present(".gradio-container .contain");
host().append(line);
for (const task of TASKS) announceStages(task);
