// Fills the forms for the rest of the page: `studio:use` brings settings, `studio:edit` a picture to edit.

import { present } from "./dom.js";
import { words } from "./words.js";

const ADDRESS = "/api/v1/image/files/";

const tab = (task) =>
  [...document.querySelectorAll('[role="tab"]')].find(
    (one) => one.textContent.trim() === words(`tabs.${task}`),
  );

const go = async (task) => {
  tab(task)?.click();
  await present(`#${task}-fill`);
};

const use = async (task, fields, whole) => {
  await go(task);
  window.studio.change(task, fields, whole);
  const prompt = await present(`#${task}-prompt textarea`);
  prompt.focus({ preventScroll: matchMedia("(min-width: 861px)").matches });
};

document.addEventListener("studio:use", ({ detail: { task, fields, source } }) =>
  use(task, source ? { ...fields, image_url: ADDRESS + source.file_id } : fields, true),
);

document.addEventListener("studio:edit", ({ detail: { file_id } }) =>
  use("edit", { image_url: ADDRESS + file_id }, false),
);

document.addEventListener("click", ({ target }) => {
  const example = target.closest?.("[data-fills]");
  if (example) use("generate", JSON.parse(example.dataset.fills), true);
  const picture = target.closest?.("[data-edits]");
  if (picture) use("edit", { image_url: ADDRESS + picture.dataset.edits }, false);
});
