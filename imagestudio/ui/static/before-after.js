// What an edit was made of over what came out: a slider moves the line between them, by mouse, touch and keyboard.

import { element } from "./dom.js";
import { words } from "./words.js";

const text = (name) => words(`forms.${name}`);

const slider = (image, before) => {
  // No <img>: the only ones among the results are results.
  const first = element("div", { class: "first", style: `background-image: url("${before}")` });
  const range = element("input", {
    type: "range",
    min: 0,
    max: 100,
    step: 1,
    value: 50,
    "aria-label": text("before_after"),
  });
  const pair = element("div", { class: "before-after", style: "--at: 50%" });
  range.addEventListener("input", () => pair.style.setProperty("--at", `${range.value}%`));
  image.replaceWith(pair);
  pair.append(
    image,
    first,
    element("i", { class: "edge", "aria-hidden": "true" }),
    range,
    element("span", { class: "tag left" }, text("before")),
    element("span", { class: "tag right" }, text("after")),
  );
};

document.addEventListener("studio:drawn", ({ detail: { task } }) => {
  const mat = document.querySelector(`#${task}-results .mat[data-before]`);
  const image = mat?.querySelector("figure > img");
  if (image) slider(image, mat.dataset.before);
});
