// A picture to take away: as it came, or in another format and size, with its recipe if wished.

import { call } from "./api.js";
import { kind } from "./detail-facts.js";
import { element } from "./dom.js";
import { named } from "./icons.js";
import { words } from "./words.js";

const SIDES = [4096, 2048, 1024, 512];
const LOSSY = ["webp", "jpeg"];
const text = (name, values) => words(`library.${name}`, values);

const labelled = (label, field) => element("label", { class: "field" }, element("span", {}, label), field);
const options = (pairs) => pairs.map(([value, label]) => element("option", { value }, label));

export const downloadForm = (picture) => {
  const drawn = picture.mimeType === "image/svg+xml";
  const own = Math.max(picture.width, picture.height);
  const sides = SIDES.filter((side) => drawn || side < own);
  const format = element(
    "select",
    { name: "format" },
    options([
      ["original", text("original", { kind: kind(picture.mimeType) })],
      ["png", "PNG"],
      ["webp", "WebP"],
      ["jpeg", "JPEG"],
    ]),
  );
  const side = element(
    "select",
    { name: "side" },
    options([["", text("side_own")], ...sides.map((pixels) => [pixels, text("side_pixels", { pixels })])]),
  );
  const quality = element("input", { type: "range", name: "quality", min: 40, max: 100, value: 90, step: 5 });
  const shown = element("output", { class: "value" }, "90");
  const recipe = element("input", {
    type: "checkbox",
    name: "recipe",
    value: "1",
    "aria-describedby": `recipe-${picture.id}`,
  });
  const more = [
    labelled(text("side"), side),
    labelled(text("quality"), element("span", { class: "range" }, quality, shown)),
  ];
  const losses = element("div", { class: "losses", role: "status" });
  const link = element("a", { class: "plain primary", download: true }, named("download"), text("download"));
  const form = element(
    "form",
    { class: "download", onsubmit: (event) => event.preventDefault() },
    element("div", { class: "row" }, labelled(text("format"), format), ...more),
    element("label", { class: "with" }, recipe, text("recipe")),
    element("p", { class: "hint", id: `recipe-${picture.id}` }, text("recipe_hint")),
    losses,
    link,
  );
  // Of two questions on the way only the later one's answer counts.
  let asking = null;
  let asked = "format=original";
  const tell = async (query) => {
    asking?.abort();
    const mine = new AbortController();
    asking = mine;
    const known = await call(`visitor/files/${picture.id}/download/losses?${query}`, {
      signal: mine.signal,
    }).catch(() => ({ losses: [] }));
    if (mine === asking)
      losses.replaceChildren(
        ...known.losses.map((loss) => element("p", { class: "hint" }, text(`loss_${loss}`))),
      );
  };
  const follow = () => {
    const values = Object.fromEntries(new FormData(form));
    side.disabled = format.value === "original";
    quality.disabled = !LOSSY.includes(format.value);
    for (const [field, one] of [
      [more[0], side],
      [more[1], quality],
    ])
      field.classList.toggle("off", one.disabled);
    shown.textContent = quality.value;
    if (side.disabled) delete values.side;
    if (quality.disabled) delete values.quality;
    const query = new URLSearchParams(values);
    if (link.search.slice(1) === query.toString()) return;
    link.href = `visitor/files/${picture.id}/download?${query}`;
    query.delete("quality");
    if (query.toString() === asked) return;
    asked = query.toString();
    tell(asked);
  };
  form.addEventListener("input", follow);
  follow();
  return form;
};
