// The last runs under the picture: a click shows one again.

import { call } from "./api.js";
import { element, present } from "./dom.js";
import { words } from "./words.js";

const SHOWN = 24;
const text = (name, values) => words(`forms.${name}`, values);

const strip = (task, pictures) => {
  const current = document.querySelector(`#${task}-results [data-job]`)?.dataset.job;
  const runs = [...new Map(pictures.map((picture) => [picture.job_id, picture])).values()];
  return element(
    "ul",
    { class: "strip", "aria-label": text("runs") },
    runs.map(({ id, job_id, prompt }) =>
      element(
        "li",
        {},
        element(
          "button",
          {
            type: "button",
            title: prompt,
            "aria-label": text("run_of", { prompt }),
            "aria-current": job_id === current && "true",
            onclick: () => window.studio.show(task, job_id),
          },
          element("img", {
            src: `visitor/files/${id}/thumbnail`,
            alt: "",
            loading: "lazy",
            width: 64,
            height: 64,
          }),
        ),
      ),
    ),
  );
};

// first.js keeps their room free before they are here: on a phone they are above the form.
const remember = (task, any) => {
  try {
    if (any) localStorage.setItem(`studio.runs.${task}`, "yes");
    else localStorage.removeItem(`studio.runs.${task}`);
  } catch {
    // Forbidden: then the form moves once.
  }
  if (!any) document.documentElement.style.removeProperty(`--${task}-runs`);
};

const draw = async (task) => {
  const { pictures } = await call(`visitor/library?task=${task}&limit=${SHOWN}`);
  const mount = await present(`#${task}-beside`);
  mount.querySelector(".strip")?.remove();
  if (pictures.length) mount.append(strip(task, pictures));
  remember(task, pictures.length > 0);
  mount.dataset.drawn = "";
};

const follow = (task) => draw(task).catch(() => {});
// A run of one tab is in the strip of all of them.
const tabs = typeof BroadcastChannel === "function" ? new BroadcastChannel("studio.runs") : null;
tabs?.addEventListener(
  "message",
  ({ data: task }) => document.querySelector(`#${task}-beside`) && follow(task),
);
document.addEventListener("studio:drawn", ({ detail: { task } }) => {
  follow(task);
  if (document.querySelector(`#${task}-results .mat.done`)) tabs?.postMessage(task);
});
for (const task of ["generate", "edit"]) present(`#${task}-beside`).then(() => follow(task));
