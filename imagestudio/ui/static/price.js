// What a run costs, by the models' price rules. catalog/price.py has the same; a browser test holds the two together.

/**
 * @typedef {import("./types.d.ts").Catalog} Catalog
 * @typedef {import("./types.d.ts").Fields} Fields
 * @typedef {import("./types.d.ts").ModelData} ModelData
 * @typedef {import("./types.d.ts").PriceRule} PriceRule
 */

const MEGAPIXEL = 1024 * 1024;

/** @type {Catalog | undefined} */
let data;

/** The models, as the page brings them. */
export const catalog = () => {
  data ??= /** @type {Catalog} */ (JSON.parse(document.getElementById("studio-catalog")?.textContent ?? ""));
  return data;
};

/** "$0.04", "$0.0336": at least two decimals, at most four. @param {number} amount */
export const usd = (amount) => `$${amount.toFixed(4).replace(/0{1,2}$/, "")}`;

/**
 * The pixels that these settings will make, or null where only the upstream knows.
 *
 * @param {ModelData} model @param {Fields} asked @param {number | null} given
 */
const pixels = (model, asked, given) => {
  const size = model.ratios[String(asked.aspect_ratio)] ?? model.size;
  if (!asked.width && !asked.height) return size ? size[0] * size[1] : given;
  const [width, height] = model.size ?? [0, 0];
  return Number(asked.width || width) * Number(asked.height || height);
};

/** @type {Record<string, (rule: PriceRule, pixels: number | null, size: string | undefined) => number | null>} */
const rules = {
  PerImage: (rule) => rule.usd,
  PerMegapixel: (rule, pixels) => pixels && (rule.usd * pixels) / MEGAPIXEL,
  FirstMegapixel: (rule, pixels) =>
    pixels && rule.first + rule.further * Math.max(0, Math.ceil(pixels / MEGAPIXEL) - 1),
  BySize: (rule, _, size) => rule.usd[size || rule.default],
};

/**
 * US dollars for a run, or null where it is unknown. An edit may be as large as the picture given.
 *
 * @param {ModelData} model @param {Fields} asked @param {number | null} [given] its pixels
 */
export const estimate = (model, asked, given = null) => {
  const flag = Object.keys(model.rules).find((name) => name && asked[name]);
  const rule = model.rules[flag ?? ""];
  const size = asked.image_size ? String(asked.image_size) : undefined;
  const one = rules[rule.rule]?.(rule, pixels(model, asked, given), size);
  return one == null ? null : one * Number(asked.num_images || 1);
};
