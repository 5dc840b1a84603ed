// Who runs or stops by keyboard keeps their place: the button that had the focus rests while a run is under way, or
// goes. The run button has it again afterwards, unless it went elsewhere meanwhile. Stop never takes it by itself: a
// second press of Enter would stop what the first one began.

import { present } from "./dom.js";

let last = null;
document.addEventListener("focusin", ({ target }) => (last = target.id));

const follow = async (task) => {
  const run = await present(`#${task}-run`);
  const back = () => {
    const lost = [null, document.body, run].includes(document.activeElement);
    if (lost && !run.disabled && [`${task}-run`, `${task}-stop`].includes(last))
      run.focus({ preventScroll: true });
  };
  const what = { childList: true, subtree: true, attributes: true, attributeFilter: ["disabled"] };
  new MutationObserver(back).observe(run.closest(".foot"), what);
};

for (const task of ["generate", "edit"]) follow(task);
