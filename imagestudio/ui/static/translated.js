// A browser's translator puts words into elements of its own, inside an option of a list. Gradio takes a choice from the
// very element that was pressed, and would hear of none.

import { closest } from "./dom.js";

/** Press the option itself. @param {MouseEvent} event */
const pressOption = (event) => {
  const option = closest(event, "[role=option]");
  if (!option || event.target === option) return;
  event.stopImmediatePropagation();
  if (!option.dispatchEvent(new MouseEvent(event.type, event))) event.preventDefault();
};

document.addEventListener("mousedown", pressOption, true);
document.addEventListener("click", pressOption, true);
