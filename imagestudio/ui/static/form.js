// The forms of Generate and Edit, without asking the server: gate the controls of a model, tell the price, fill in
// what was there before or comes from elsewhere. Gradio calls `gate`, `price` and `fill` with its components' values.

import { catalog, estimate, usd } from "./price.js";
import { session } from "./storage.js";
import { getVisitor, isDemo, needsKey } from "./visitor.js";

/**
 * @typedef {import("./types.d.ts").Fields} Fields
 * @typedef {import("./types.d.ts").FieldValue} FieldValue
 * @typedef {import("./types.d.ts").ModelData} ModelData
 * @typedef {import("./types.d.ts").Task} Task
 * @typedef {{ url?: string } | null | undefined} Upload a file as Gradio's Image has it
 */

const OWN_FILE = /^\/api\/v1\/image\/files\/([0-9a-f]{32})$/;

/** @type {readonly Task[]} */
export const TASKS = ["generate", "edit"];

/**
 * The id of the studio's own file at an address, if it is one.
 *
 * @param {string | null | undefined} address
 */
export const ownFile = (address) => OWN_FILE.exec(address ?? "")?.[1] ?? null;

/** What Gradio takes for a change of a component. @param {object} change */
const update = (change) => ({ __type__: "update", ...change });

/** @param {Task} task @returns {Fields | null} */
const loadForm = (task) => session.load(`form.${task}`);

/** @param {Task} task @param {Fields} fields */
const saveForm = (task, fields) => session.save(`form.${task}`, { ...loadForm(task), ...fields });

/**
 * The pixels of the picture to edit, or null: none, or one that can't be read.
 *
 * @param {Upload} upload @param {string | undefined} address
 */
const pixelsOf = async (upload, address) => {
  const own = ownFile(address);
  const url = upload?.url ?? (own && `visitor/files/${own}`);
  if (!url) return null;
  const image = new Image();
  image.src = url;
  return image.decode().then(
    () => image.naturalWidth * image.naturalHeight,
    () => null,
  );
};

/**
 * The line under the model, and the run button: what it costs, and a key that is missing.
 *
 * @param {Task} task @param {string} id @param {Fields} asked @param {number | null} given
 */
const priceTexts = (task, id, asked, given) => {
  const { models, words } = catalog();
  const model = models[id];
  const amount = estimate(model, asked, given);
  const bySize = amount == null && task === "edit";
  const price = amount != null ? usd(amount) : bySize ? model.rules[""].words : words.unknown;
  const onRun = isDemo() ? words.free : bySize ? words.bySize : price;
  const isListed = model.listed && model.listed !== usd(amount ?? 0).slice(1);
  const note = [
    price,
    isListed && words.listed.replace("{price}", `$${model.listed}`),
    isDemo() && words.demo,
  ];
  const key = needsKey(id)
    ? `<p class="mark">${model.missing} <button type="button" class="link" data-opens-keys>${words.addKey}</button></p>`
    : "";
  const html = `${model.note}${key}<p class="price">${note.filter(Boolean).join(" · ")}</p>`;
  return [update({ value: html }), update({ value: `${words.run[task]}  ·  ${onRun}` })];
};

/**
 * The controls' values by name, null for those that the model does not take.
 *
 * @param {ModelData} model @param {string[]} names @param {any[]} values
 * @returns {Fields}
 */
const takenValues = (model, names, values) =>
  Object.fromEntries(names.map((name, i) => [name, model.controls[name].taken ? values[i] : null]));

/**
 * Values: model, controls, an edit's image and its address.
 *
 * @param {Task} task @param {string[]} names @param {any[]} values
 */
export const price = async (task, names, [id, ...values]) => {
  await getVisitor();
  const model = catalog().models[id];
  const [upload, address] = values.slice(names.length);
  const asked = Object.fromEntries(names.map((name, i) => [name, values[i]]));
  saveForm(task, { model: id, ...asked, ...(task === "edit" && { image_url: address }) });
  return priceTexts(task, id, takenValues(model, names, values), await pixelsOf(upload, address));
};

/** @param {ModelData} model @param {string[]} names */
const controlStates = (model, names) =>
  names.map((name) => {
    const { taken: interactive, info, placeholder } = model.controls[name];
    return { interactive, info, placeholder: placeholder || " " };
  });

/** Once Gradio has drawn what it was answered. @param {"studio:gated" | "studio:rendered"} event @param {Task} task */
export const announce = (event, task) =>
  setTimeout(() => document.dispatchEvent(new CustomEvent(event, { detail: { task } })));

/**
 * Values: as for `price`.
 *
 * @param {Task} task @param {string[]} names @param {any[]} values
 */
export const gate = async (task, names, values) => {
  const texts = await price(task, names, values);
  announce("studio:gated", task);
  return [...controlStates(catalog().models[values[0]], names).map(update), ...texts];
};

/** @param {Task} task */
const modelChoices = (task) =>
  Object.entries(catalog().models)
    .filter(([, model]) => model.task === task)
    .map(([id, { label }]) => [needsKey(id) ? `${label} · ${catalog().words.missing}` : label, id]);

/**
 * What waits to be filled into a form; `whole` empties what is not named.
 *
 * @type {Record<Task, { fields: Fields, whole: boolean } | null>}
 */
const pending = { generate: null, edit: null };
for (const task of TASKS) {
  const fields = loadForm(task);
  if (fields) pending[task] = { fields, whole: true };
}

/**
 * Values: prompt, an edit's image_url, model, controls, an edit's image. It gates as well. Only what is to be filled in
 * is set: anything else may have been typed on since Gradio read it.
 *
 * @param {Task} task @param {string[]} names @param {any[]} values
 */
export const fill = async (task, names, values) => {
  await getVisitor();
  const { models } = catalog();
  const texts = task === "edit" ? ["prompt", "image_url"] : ["prompt"];
  const order = [...texts, "model", ...names];
  const current = Object.fromEntries(order.map((name, i) => [name, values[i]]));
  const { fields, whole } = pending[task] ?? { fields: /** @type {Fields} */ ({}), whole: false };
  pending[task] = null;
  /** @param {string} name @returns {Fields} */
  const change = (name) => {
    if (fields[name] != null) return { value: fields[name] };
    if (!whole || name === "prompt" || name === "model") return {};
    return { value: typeof current[name] === "boolean" ? false : "" };
  };
  const changes = Object.fromEntries(order.map((name) => [name, change(name)]));
  if (models[String(changes.model.value)]?.task !== task) changes.model = {};
  const next = Object.fromEntries(order.map((name) => [name, changes[name].value ?? current[name]]));
  const upload = fields.image_url ? null : values[order.length];
  const settings = names.map((name) => next[name]);
  const priceUpdates = await price(task, names, [next.model, ...settings, upload, next.image_url]);
  for (const name of texts) if ("value" in changes[name]) saveForm(task, { [name]: next[name] });
  announce("studio:gated", task);
  return [
    ...texts.map((name) => update(changes[name])),
    update({ ...changes.model, choices: modelChoices(task) }),
    ...controlStates(models[next.model], names).map((state, i) => update({ ...state, ...changes[names[i]] })),
    ...priceUpdates,
    ...(task === "edit" ? [fields.image_url ? update({ value: null }) : update({})] : []),
  ];
};

/** Tell prices and models anew, as for another visitor. */
export const refill = () => {
  for (const task of TASKS) document.getElementById(`${task}-fill`)?.click();
};

/**
 * Change a form's fields from outside. Its tab must have been opened: Gradio draws it then.
 *
 * @param {Task} task @param {Fields} fields @param {boolean} [whole] empty what is not named
 */
export const changeForm = (task, fields, whole = false) => {
  pending[task] = { fields, whole };
  document.getElementById(`${task}-fill`)?.click();
};

/** The task in whose form an event happened. @param {Event} event @param {string} selector @returns {Task | null} */
const taskAt = ({ target }, selector) => {
  const id = target instanceof Element ? target.closest(selector)?.id : null;
  return TASKS.find((task) => id?.startsWith(`${task}-`)) ?? null;
};

document.addEventListener("input", (event) => {
  const task = taskAt(event, "#generate-prompt, #edit-prompt");
  if (task) saveForm(task, { prompt: /** @type {HTMLTextAreaElement} */ (event.target).value });
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  const task = taskAt(event, "#generate-prompt, #edit-prompt");
  if (!task) return;
  event.preventDefault();
  document.getElementById(`${task}-run`)?.click();
});

// On a phone the picture is above the form.
document.addEventListener("click", (event) => {
  const isRun = event.target instanceof Element && event.target.closest("[id$='-run']");
  if (isRun && matchMedia("(max-width: 860px)").matches) scrollTo(0, 0);
});
