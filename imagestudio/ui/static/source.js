// The picture to edit where it is one of the studio's own: shown in the place of the upload field.

import { element, present } from "./dom.js";
import { words } from "./words.js";

const OWN = /^\/api\/v1\/image\/files\/([0-9a-f]{32})$/;
const text = (name) => words(`forms.${name}`);

const address = () => document.querySelector("#edit-image_url :is(input, textarea)")?.value ?? "";

const other = () => window.studio.change("edit", { image_url: "" });

let shown = null;
const draw = (mount) => {
  const id = OWN.exec(address())?.[1] ?? null;
  if (id === shown) return;
  shown = id;
  mount.closest(".fields").classList.toggle("has-source", Boolean(id));
  mount.replaceChildren(
    ...(id
      ? [
          element(
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
          ),
        ]
      : []),
  );
};

present("#edit-source").then((mount) => {
  document.addEventListener("studio:gated", ({ detail: { task } }) => task === "edit" && draw(mount));
  draw(mount);
});
