// Pictures that come to Edit otherwise than as a chosen file: pasted, by the clipboard's icon, or dragged from another
// window as an address. What can't be taken is said, and what to do instead.

import { closest, dispatch, find, present } from "./dom.js";
import { changeForm } from "./form.js";
import { texts } from "./texts.js";
import { toast } from "./toast.js";

const text = texts("forms");
const PLACE = "#edit-image, #edit-source";
const OWN = /\/(?:visitor|api\/v1\/image)\/files\/([0-9a-f]{32})(?:\/thumbnail)?$/;

const isShown = () => Boolean(find("#edit-prompt")?.checkVisibility()) && !find("dialog[open]");

/** Hand it to Gradio's field, in place of what was there. @param {File} file */
const give = async (file) => {
  if (!file.type.startsWith("image/")) return toast(text("paste_none"));
  const address = /** @type {HTMLInputElement | null} */ (find("#edit-image_url :is(input, textarea)"));
  if (address?.value) changeForm("edit", { image_url: "" });
  const input = /** @type {HTMLInputElement} */ (await present("#edit-image input[type=file]"));
  const chosen = new DataTransfer();
  chosen.items.add(file);
  input.files = chosen.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
};

document.addEventListener("paste", (event) => {
  const file = event.clipboardData?.files[0];
  if (!file || !isShown()) return;
  // Of a text with pictures in it a field takes the text.
  const isForField = closest(event, "input, textarea") && event.clipboardData.types.includes("text/plain");
  if (isForField) return;
  event.preventDefault();
  give(file);
});

/** Many browsers have no such thing, and none has it over plain http. */
const readClipboard = async () => {
  const items = await navigator.clipboard?.read?.().catch(() => null);
  if (!items) return toast(text("paste_by_key"));
  for (const item of items) {
    const type = item.types.find((one) => one.startsWith("image/"));
    if (type) return give(new File([await item.getType(type)], `clipboard.${type.slice(6)}`, { type }));
  }
  toast(text("paste_none"));
};

// In front of Gradio's own, which knows only the best case.
document.addEventListener(
  "click",
  (event) => {
    if (!closest(event, "#edit-image .source-selection button:last-of-type")) return;
    event.stopImmediatePropagation();
    readClipboard();
  },
  true,
);

/** Whether an address is dragged over the place for the picture. @param {DragEvent} event */
const isAddress = (event) =>
  Boolean(event.dataTransfer?.types.includes("text/uri-list") && closest(event, PLACE));

/** The picture's rather than that of what it links to. @param {DataTransfer} dragged */
const addressOf = (dragged) => {
  const html = new DOMParser().parseFromString(dragged.getData("text/html"), "text/html");
  const lines = dragged.getData("text/uri-list").split(/\r?\n/);
  const listed = lines.find((line) => line && !line.startsWith("#"));
  return html.querySelector("img")?.getAttribute("src") || listed || "";
};

/** @param {string} address */
const takeAddress = (address) => {
  const own = address.startsWith(location.origin) && OWN.exec(new URL(address).pathname)?.[1];
  if (own) return dispatch("studio:edit", { file_id: own, url: address });
  if (/^(https?|data):/i.test(address)) return changeForm("edit", { image_url: address });
  toast(text("drop_other"));
};

document.addEventListener("dragover", (event) => isAddress(event) && event.preventDefault(), true);
document.addEventListener(
  "drop",
  (event) => {
    // Where the browser brought the picture itself, Gradio takes it.
    if (!isAddress(event) || !event.dataTransfer || event.dataTransfer.files.length) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    takeAddress(addressOf(event.dataTransfer));
  },
  true,
);
