// What an edit has besides its form: the picture it is made of, the line between before and after, and the chain of
// edits as a tree.

import { call } from "./api.js";
import { dispatch, element, find, present } from "./dom.js";
import { changeForm, ownFile } from "./form.js";
import { usd } from "./price.js";
import { isRunning, mat, showJob } from "./shown-job.js";
import { t, texts } from "./texts.js";

/**
 * @typedef {import("./types.d.ts").Lineage} Lineage
 * @typedef {import("./types.d.ts").LineageNode} LineageNode
 */

const text = texts("forms");

/** In the place of the upload field, where the picture is one of the studio's own. @param {string} id */
const sourceFigure = (id) => {
  const other = () => changeForm("edit", { image_url: "" });
  return element(
    "figure",
    { class: "source" },
    element("img", { src: `visitor/files/${id}/thumbnail`, alt: text("source") }),
    element(
      "figcaption",
      {},
      element("strong", {}, text("source")),
      element("span", {}, text("source_own")),
      element("button", { type: "button", class: "link", onclick: other }, text("source_other")),
    ),
  );
};

/** @type {string | null} */
let sourceId = null;
/** @param {HTMLElement} mount */
const drawSource = (mount) => {
  const field = /** @type {HTMLInputElement | null} */ (find("#edit-image_url :is(input, textarea)"));
  const id = ownFile(field?.value);
  if (id === sourceId) return;
  sourceId = id;
  mount.closest(".fields")?.classList.toggle("has-source", Boolean(id));
  mount.replaceChildren(...(id ? [sourceFigure(id)] : []));
};

/** A slider moves the line between them, by mouse, touch and keyboard. @param {Element} image @param {string} before */
const drawBeforeAfter = (image, before) => {
  // No <img>: the only ones among the results are results.
  const first = element("div", { class: "first", style: `background-image: url("${before}")` });
  const pair = element("div", { class: "before-after", style: "--at: 50%" });
  const range = element("input", {
    type: "range",
    min: 0,
    max: 100,
    step: 1,
    value: 50,
    "aria-label": text("before_after"),
  });
  range.addEventListener("input", () => pair.style.setProperty("--at", `${range.value}%`));
  image.replaceWith(pair);
  pair.append(
    image,
    first,
    element("i", { class: "edge", "aria-hidden": "true" }),
    range,
    element("span", { class: "tag left" }, text("before")),
    element("span", { class: "tag right" }, text("after")),
  );
};

/** Any picture of the tree can be shown, or edited once more, which begins a branch. @param {LineageNode} node @param {string} current */
const treeNode = ({ id, depth, prompt, shown, path_usd, job_id }, current) => {
  const label = prompt ?? text("tree_given");
  const edit = () => dispatch("studio:edit", { file_id: id, url: `visitor/files/${id}` });
  const isCurrent = id === current;
  const image = shown
    ? element("img", {
        src: `visitor/files/${id}/thumbnail`,
        alt: "",
        loading: "lazy",
        width: 48,
        height: 48,
      })
    : element("span", { class: "gone", "aria-hidden": "true" });
  const cost = path_usd == null ? t("cost_unknown") : usd(path_usd);
  const about = element(
    "span",
    {},
    element("strong", {}, label),
    element("span", {}, isCurrent ? `${cost} · ${text("tree_here")}` : cost),
  );
  const show = () => job_id && showJob("edit", job_id);
  const part =
    depth > 0 && job_id
      ? element(
          "button",
          { type: "button", class: "node", "aria-current": isCurrent && "true", onclick: show },
          image,
          about,
        )
      : element("span", { class: "node" }, image, about);
  const from = { "aria-label": text("tree_from", { prompt: label }), onclick: edit };
  const branch = shown && element("button", { type: "button", class: "link", ...from }, text("edit_this"));
  return element("li", { style: `--depth: ${Math.min(depth, 6)}` }, part, branch);
};

const drawTree = async () => {
  const mount = await present("#edit-beside");
  const current = find("#edit-results .mat.done [data-edits]")?.dataset.edits;
  /** @type {Lineage} */
  const { nodes } = current ? (await call(`visitor/library/${current}`)).lineage : { nodes: [] };
  mount.querySelector(".tree")?.remove();
  if (!current || nodes.length < 2) return;
  const items = nodes.map((node) => treeNode(node, current));
  mount.prepend(
    element(
      "section",
      { class: "tree", "aria-label": text("tree") },
      element("h2", {}, text("tree")),
      element("ol", {}, items),
    ),
  );
};

present("#edit-source").then((mount) => {
  document.addEventListener("studio:gated", ({ detail: { task } }) => task === "edit" && drawSource(mount));
  drawSource(mount);
});
document.addEventListener("studio:rendered", ({ detail: { task } }) => {
  const result = mat(task, "[data-before]");
  const image = result?.querySelector("figure > img");
  if (image) drawBeforeAfter(image, result?.dataset.before ?? "");
  if (task === "edit" && !isRunning(task)) drawTree().catch(() => {});
});
