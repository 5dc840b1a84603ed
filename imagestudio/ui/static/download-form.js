// A picture to take away: as it came, or in another format and size, with its recipe if wished.

import { call } from "./api.js";
import { kind } from "./detail-facts.js";
import { element, labelled } from "./dom.js";
import { icon } from "./icons.js";
import { texts } from "./texts.js";

/** @typedef {import("./types.d.ts").Picture} Picture */

const SIDES = [4096, 2048, 1024, 512];
const LOSSY = ["webp", "jpeg"];
const text = texts("library");

/** @param {string} name @param {[string | number, string][]} options */
const choice = (name, options) =>
  element(
    "select",
    { name },
    options.map(([value, label]) => element("option", { value }, label)),
  );

/** @param {Picture} picture */
export const downloadForm = (picture) => {
  const isDrawing = picture.mimeType === "image/svg+xml";
  const largest = Math.max(picture.width, picture.height);
  const sides = SIDES.filter((pixels) => isDrawing || pixels < largest);
  const format = choice("format", [
    ["original", text("original", { kind: kind(picture.mimeType) })],
    ["png", "PNG"],
    ["webp", "WebP"],
    ["jpeg", "JPEG"],
  ]);
  const side = choice("side", [
    ["", text("side_own")],
    .../** @type {[number, string][]} */ (sides.map((pixels) => [pixels, text("side_pixels", { pixels })])),
  ]);
  const quality = element("input", {
    type: "range",
    name: "quality",
    min: 40,
    max: 100,
    value: 90,
    step: 5,
  });
  const qualityValue = element("output", { class: "value" }, "90");
  const hintId = `recipe-${picture.id}`;
  const recipe = element("input", {
    type: "checkbox",
    name: "recipe",
    value: "1",
    "aria-describedby": hintId,
  });
  const sideField = labelled(text("side"), side);
  const range = element("span", { class: "range" }, quality, qualityValue);
  const qualityField = labelled(text("quality"), range);
  const losses = element("div", { class: "losses", role: "status" });
  const link = element("a", { class: "plain primary", download: true }, icon("download"), text("download"));
  const form = element(
    "form",
    { class: "download", onsubmit: (event) => event.preventDefault() },
    element("div", { class: "row" }, labelled(text("format"), format), sideField, qualityField),
    element("label", { class: "with" }, recipe, text("recipe")),
    element("p", { class: "hint", id: hintId }, text("recipe_hint")),
    losses,
    link,
  );
  // Of two questions on the way only the later one's answer counts.
  /** @type {AbortController | null} */
  let asking = null;
  let lossesOf = "format=original";
  /** @param {string} query */
  const showLosses = async (query) => {
    asking?.abort();
    const mine = new AbortController();
    asking = mine;
    const path = `visitor/files/${picture.id}/download/losses?${query}`;
    /** @type {{ losses: string[] }} */
    const known = await call(path, { signal: mine.signal }).catch(() => ({ losses: [] }));
    if (mine !== asking) return;
    losses.replaceChildren(
      ...known.losses.map((loss) => element("p", { class: "hint" }, text(`loss_${loss}`))),
    );
  };
  const follow = () => {
    side.disabled = format.value === "original";
    quality.disabled = !LOSSY.includes(format.value);
    sideField.classList.toggle("off", side.disabled);
    qualityField.classList.toggle("off", quality.disabled);
    qualityValue.textContent = quality.value;
    // A disabled field is none of the form's data.
    const query = new URLSearchParams();
    for (const [name, value] of new FormData(form)) query.set(name, String(value));
    if (link.search.slice(1) === query.toString()) return;
    link.href = `visitor/files/${picture.id}/download?${query}`;
    query.delete("quality");
    if (query.toString() === lossesOf) return;
    lossesOf = query.toString();
    showLosses(lossesOf);
  };
  form.addEventListener("input", follow);
  follow();
  return form;
};
