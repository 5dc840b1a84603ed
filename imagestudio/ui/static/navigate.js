// Goes to a tab, and fills its form from elsewhere: `studio:use` brings settings, `studio:edit` a picture to edit, and so do
// examples and the buttons under a picture.

import { closest, findAll, present } from "./dom.js";
import { changeForm } from "./form.js";
import { t } from "./texts.js";

/**
 * @typedef {import("./types.d.ts").Fields} Fields
 * @typedef {import("./types.d.ts").Task} Task
 */

const ADDRESS = "/api/v1/image/files/";

/** Press the tab's own button, which Gradio draws. @param {Task | "library"} name */
export const showTab = (name) => {
  const label = t(`tabs.${name}`);
  findAll('[role="tab"]')
    .find((tab) => tab.textContent.trim() === label)
    ?.click();
};

/** @param {Task} task @param {Fields} fields @param {boolean} whole empty what is not named */
const use = async (task, fields, whole) => {
  showTab(task);
  await present(`#${task}-fill`);
  changeForm(task, fields, whole);
  const prompt = await present(`#${task}-prompt textarea`);
  prompt.focus({ preventScroll: matchMedia("(min-width: 861px)").matches });
};

/** @param {string} id */
const edit = (id) => use("edit", { image_url: ADDRESS + id }, false);

document.addEventListener("studio:use", ({ detail: { task, fields, source } }) =>
  use(task, source ? { ...fields, image_url: ADDRESS + source.file_id } : fields, true),
);
document.addEventListener("studio:edit", ({ detail: { file_id } }) => edit(file_id));
document.addEventListener("click", (event) => {
  const fields = closest(event, "[data-fills]")?.dataset.fills;
  if (fields) use("generate", JSON.parse(fields), true);
  const picture = closest(event, "[data-edits]")?.dataset.edits;
  if (picture) edit(picture);
});
