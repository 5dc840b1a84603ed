// The page's own parts, each a module of its own. This one comes with the page, in front of Gradio, whose events call
// what is in `window.studio`; the others come once the form can be used.

import { present } from "./dom.js";
import { fill, gate, price } from "./form.js";
import { catalog, estimate } from "./price.js";
import { jobToShow, onRendered } from "./shown-job.js";
import { getVisitor, setVisitor } from "./visitor.js";

/** @typedef {import("./types.d.ts").Fields} Fields */

window.studio = {
  gate,
  price,
  fill,
  jobToShow,
  onRendered,
  getVisitor,
  setVisitor,
  /** @param {string} model @param {Fields} asked @param {number | null} [given] */
  estimate: (model, asked, given) => estimate(catalog().models[model], asked, given),
};

// What is pressed before its module is there is pressed again for it.
/** @type {Set<HTMLElement>} */
const early = new Set();
/** @param {MouseEvent} event */
const keepEarly = (event) => {
  const selector = "[data-fills], [data-edits], [data-opens-keys], [data-tool]";
  const button = event.target instanceof Element ? event.target.closest(selector) : null;
  if (!(button instanceof HTMLElement)) return;
  early.add(button);
  event.stopImmediatePropagation(); // one of them may be there before the others
};
document.addEventListener("click", keepEarly);

await present("#generate-note .price");
await Promise.all([
  import("./bar.js"),
  import("./theme.js"),
  import("./accessibility.js"),
  import("./keys.js"),
  import("./navigate.js"),
  import("./tools.js"),
  import("./history.js"),
  import("./strip.js"),
  import("./edit-extras.js"),
  import("./edit-bring.js"),
  import("./translated.js"),
  import("./survive.js"),
]);
document.removeEventListener("click", keepEarly);
for (const button of early) button.click();
await Promise.all([import("./compare.js"), import("./library.js"), import("./recipe-drop.js")]);
