// How a picture came about: the chain from the first one to it, and what was edited from it.

import { element } from "./dom.js";
import { named } from "./icons.js";
import { words } from "./words.js";

const text = (name) => words(`library.${name}`);

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

const row = (title, nodes, arrows, current, jump) =>
  element(
    "section",
    { class: "lineage" },
    element("h3", {}, title),
    element(
      "ol",
      {},
      nodes.map((node, place) =>
        element("li", {}, arrows && place > 0 && named("right"), step(node, current, jump)),
      ),
    ),
  );

export const lineage = ({ id, lineage: { nodes, path } }, jump) => {
  const chain = path.map((one) => nodes.find((node) => node.id === one));
  const edits = nodes.filter((node) => node.parent === id);
  return [
    chain.length > 1 && row(text("lineage"), chain, true, id, jump),
    edits.length > 0 && row(text("edits"), edits, false, id, jump),
  ].filter(Boolean);
};
