// The chain of edits as a tree: any picture in it can be shown, or edited once more, which begins a branch.

import { call } from "./api.js";
import { element, present } from "./dom.js";
import { words } from "./words.js";

const text = (name, values) => words(`forms.${name}`, values);
const usd = (amount) =>
  amount == null ? words("cost_unknown") : `$${amount.toFixed(4).replace(/0{1,2}$/, "")}`;

const node = ({ id, depth, prompt, shown, path_usd, job_id }, current) => {
  const label = prompt ?? text("tree_given");
  const from = () =>
    document.dispatchEvent(
      new CustomEvent("studio:edit", { detail: { file_id: id, url: `visitor/files/${id}` } }),
    );
  const show = () => window.studio.show("edit", job_id);
  const image = shown
    ? element("img", {
        src: `visitor/files/${id}/thumbnail`,
        alt: "",
        loading: "lazy",
        width: 48,
        height: 48,
      })
    : element("span", { class: "gone", "aria-hidden": "true" });
  const words_ = [
    element("strong", {}, label),
    element("span", {}, id === current ? `${usd(path_usd)} · ${text("tree_here")}` : usd(path_usd)),
  ];
  const showing =
    depth > 0 && job_id
      ? element(
          "button",
          { type: "button", class: "node", "aria-current": id === current && "true", onclick: show },
          image,
          element("span", {}, words_),
        )
      : element("span", { class: "node" }, image, element("span", {}, words_));
  const branch =
    shown &&
    element(
      "button",
      { type: "button", class: "link", "aria-label": text("tree_from", { prompt: label }), onclick: from },
      text("edit_this"),
    );
  return element("li", { style: `--depth: ${Math.min(depth, 6)}` }, showing, branch);
};

const draw = async () => {
  const mount = await present("#edit-beside");
  const mat = document.querySelector("#edit-results .mat.done");
  const current = mat?.querySelector("[data-edits]")?.dataset.edits;
  const { lineage } = current ? await call(`visitor/library/${current}`) : { lineage: { nodes: [] } };
  mount.querySelector(".tree")?.remove();
  if (lineage.nodes.length < 2) return;
  mount.prepend(
    element(
      "section",
      { class: "tree", "aria-label": text("tree") },
      element("h2", {}, text("tree")),
      element(
        "ol",
        {},
        lineage.nodes.map((one) => node(one, current)),
      ),
    ),
  );
};

document.addEventListener("studio:drawn", ({ detail: { task } }) => {
  if (task === "edit" && !document.querySelector("#edit-results .mat.running")) draw().catch(() => {});
});
