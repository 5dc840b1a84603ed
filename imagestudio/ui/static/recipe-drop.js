// A file with a recipe, dropped anywhere on the page, brings its settings back, after asking.

import { call, messageOf } from "./api.js";
import { closest, dispatch, element, host } from "./dom.js";
import { catalog } from "./price.js";
import { texts } from "./texts.js";
import { toast } from "./toast.js";

const text = texts("library");
const sheet = element(
  "div",
  { class: "dropping", "aria-hidden": "true", hidden: true },
  element("p", {}, text("drop")),
);

/** Where a picture is dropped to be edited, it is meant for that. @param {DragEvent} event */
const isForRecipes = (event) =>
  event.dataTransfer?.types.includes("Files") &&
  !closest(event, "input[type=file], #edit-image, [data-takes-files]");

/** @param {File} file */
const read = async (file) => {
  if (file.size > catalog().maxUpload) return toast(text("recipe_none"));
  const body = new FormData();
  body.append("file", file);
  const { recipe } = await call("visitor/recipe", { method: "POST", body });
  if (!recipe) return toast(text("recipe_none"));
  const { task, fields } = recipe;
  const use = () => dispatch("studio:use", { task, fields });
  toast(text("recipe_found", { model: recipe.model_name }), { label: text("recipe_use"), run: use });
};

document.addEventListener("dragover", (event) => {
  sheet.hidden = !isForRecipes(event);
  if (sheet.hidden) return;
  event.preventDefault();
  if (!sheet.isConnected) host().append(sheet);
});
document.addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) sheet.hidden = true;
});
document.addEventListener("drop", (event) => {
  sheet.hidden = true;
  const file = event.dataTransfer?.files[0];
  if (!file || !isForRecipes(event)) return;
  event.preventDefault();
  read(file).catch((error) => toast(messageOf(error)));
});
