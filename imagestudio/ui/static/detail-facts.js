// What is known of a picture, as pairs of a name and a value, and how it came about.

import { element } from "./dom.js";
import { icon } from "./icons.js";
import { usd } from "./price.js";
import { language, moment, seconds, t, texts, times } from "./texts.js";

/**
 * @typedef {import("./types.d.ts").Fields} Fields
 * @typedef {import("./types.d.ts").Job} Job
 * @typedef {import("./types.d.ts").LineageNode} LineageNode
 * @typedef {import("./types.d.ts").PictureDetail} PictureDetail
 */

const text = texts("library");

/** @param {string} mimeType */
export const kind = (mimeType) => mimeType.split("/")[1].replace("+xml", "").toUpperCase();

/** @param {number} size */
const bytes = (size) => {
  const [value, unit] = size < 1e6 ? [size / 1e3, "kilobyte"] : [size / 1e6, "megabyte"];
  const maximumFractionDigits = value < 10 ? 1 : 0;
  return new Intl.NumberFormat(language, { style: "unit", unit, maximumFractionDigits }).format(value);
};

/** @param {Job} job */
const cost = ({ demo, cost: { reported_usd, estimated_usd, charged }, images }) => {
  if (demo) return t("cost_demo");
  if (charged === "no") return t("cost_none");
  const amount = reported_usd ?? estimated_usd;
  if (amount == null) return t("cost_unknown");
  const price = reported_usd == null ? t("cost_about", { usd: usd(amount) }) : usd(amount);
  return images.length > 1 ? `${price} ${text("for_pictures", { count: images.length })}` : price;
};

/** @param {Fields} controls */
const requestedSize = ({ width, height, aspect_ratio, image_size }) => {
  if (width && height) return times(Number(width), Number(height));
  return [aspect_ratio, image_size].filter(Boolean).join(" ");
};

/** @param {PictureDetail} picture */
const size = ({ width, height, controls }) => {
  const requested = requestedSize(controls);
  const actual = times(width, height);
  return requested && actual && requested !== actual
    ? `${actual} (${text("asked_size", { size: requested })})`
    : actual;
};

/** @param {PictureDetail} picture */
export const facts = (picture) => {
  const { job, provider_name: provider } = picture;
  /** @type {[string, string | number | null][]} */
  const pairs = [
    [text("model"), [picture.model_name, provider].join(" · ")],
    [text("size"), size(picture)],
    [text("file"), `${kind(picture.mimeType)}, ${bytes(picture.bytes)}`],
    [text("cost"), cost(job)],
    [text("payer"), text(`payer_${job.payer}`, { provider })],
    [text("time"), picture.seconds == null ? null : seconds(picture.seconds)],
    [text("seed"), job.seed],
    [text("made"), moment(picture.created_at, { dateStyle: "medium", timeStyle: "short" })],
  ];
  const rows = pairs
    .filter(([, value]) => value != null)
    .map(([name, value]) => element("div", {}, element("dt", {}, name), element("dd", {}, String(value))));
  return element("dl", {}, rows);
};

/** @param {LineageNode} node @param {string} current @param {(id: string) => void} jump */
const step = (node, current, jump) => {
  const label = node.prompt ?? text("given");
  if (!node.shown) return element("span", { class: "step gone", title: label }, text("gone"));
  const image = element("img", { src: `visitor/files/${node.id}/thumbnail`, alt: label, loading: "lazy" });
  if (node.id === current)
    return element("span", { class: "step here", "aria-current": "true", title: label }, image);
  if (!node.job_id) return element("span", { class: "step", title: label }, image);
  return element(
    "button",
    { type: "button", class: "step", title: label, onclick: () => jump(node.id) },
    image,
  );
};

/** @param {string} title @param {HTMLElement[]} steps @param {boolean} hasArrows */
const row = (title, steps, hasArrows) =>
  element(
    "section",
    { class: "lineage" },
    element("h3", {}, title),
    element(
      "ol",
      {},
      steps.map((one, place) => element("li", {}, hasArrows && place > 0 && icon("right"), one)),
    ),
  );

/**
 * The chain from the first picture to this one, and what was edited from it.
 *
 * @param {PictureDetail} picture @param {(id: string) => void} jump to one of them
 */
export const lineage = ({ id, lineage: { nodes, path } }, jump) => {
  const chain = path.flatMap((one) => nodes.find((node) => node.id === one) ?? []);
  const edits = nodes.filter((node) => node.parent === id);
  /** @param {LineageNode[]} list */
  const steps = (list) => list.map((node) => step(node, id, jump));
  return [
    ...(chain.length > 1 ? [row(text("lineage"), steps(chain), true)] : []),
    ...(edits.length > 0 ? [row(text("edits"), steps(edits), false)] : []),
  ];
};
