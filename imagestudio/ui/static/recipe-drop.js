// A file with a recipe, dropped anywhere on the page, brings its settings back, after asking.

import { call } from "./api.js";
import { element, host } from "./dom.js";
import { toast } from "./toast.js";
import { words } from "./words.js";

const LARGEST = 40 * 1024 * 1024;
const text = (name, values) => words(`library.${name}`, values);
const sheet = element(
  "div",
  { class: "dropping", "aria-hidden": "true", hidden: true },
  element("p", {}, text("drop")),
);

// Where a picture is dropped to be edited, it is meant for that.
const elsewhere = (target) => target.closest?.("input[type=file], #edit-image, [data-takes-files]");
const hasFiles = (event) => event.dataTransfer?.types.includes("Files");

const read = async (file) => {
  if (file.size > LARGEST) return toast(text("recipe_none"));
  const body = new FormData();
  body.append("file", file);
  const { recipe } = await call("visitor/recipe", { method: "POST", body });
  if (!recipe) return toast(text("recipe_none"));
  const { task, fields } = recipe;
  const use = () => document.dispatchEvent(new CustomEvent("studio:use", { detail: { task, fields } }));
  return toast(text("recipe_found", { model: recipe.model_name }), { label: text("recipe_use"), run: use });
};

document.addEventListener("dragover", (event) => {
  if (!hasFiles(event) || elsewhere(event.target)) {
    sheet.hidden = true;
    return;
  }
  event.preventDefault();
  if (!sheet.isConnected) host().append(sheet);
  sheet.hidden = false;
});
document.addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) sheet.hidden = true;
});
document.addEventListener("drop", (event) => {
  sheet.hidden = true;
  if (!hasFiles(event) || elsewhere(event.target)) return;
  event.preventDefault();
  read(event.dataTransfer.files[0]).catch((error) => toast(error.message));
});
