// The last runs under the picture: a click shows one again.

import { call } from "./api.js";
import { element, find, present } from "./dom.js";
import { TASKS } from "./form.js";
import { mat, showJob, shownJob } from "./shown-job.js";
import { texts } from "./texts.js";

/**
 * @typedef {import("./types.d.ts").Picture} Picture
 * @typedef {import("./types.d.ts").Task} Task
 */

const MOST = 24;
const text = texts("forms");

/** @param {Task} task @param {Picture[]} pictures */
const strip = (task, pictures) => {
  const current = shownJob(task);
  const runs = [...new Map(pictures.map((picture) => [picture.job_id, picture])).values()];
  const button = (/** @type {Picture} */ { id, job_id, prompt }) =>
    element(
      "button",
      {
        type: "button",
        title: prompt,
        "aria-label": text("run_of", { prompt }),
        "aria-current": job_id === current && "true",
        onclick: () => showJob(task, job_id),
      },
      element("img", {
        src: `visitor/files/${id}/thumbnail`,
        alt: "",
        loading: "lazy",
        width: 64,
        height: 64,
      }),
    );
  const items = runs.map((picture) => element("li", {}, button(picture)));
  return element("ul", { class: "strip", "aria-label": text("runs") }, items);
};

/** first.js keeps their room free: on a phone they are above the form. @param {Task} task @param {boolean} any */
const remember = (task, any) => {
  try {
    if (any) localStorage.setItem(`studio.runs.${task}`, "yes");
    else localStorage.removeItem(`studio.runs.${task}`);
  } catch {
    // Forbidden: then the form moves once.
  }
  if (!any) document.documentElement.style.removeProperty(`--${task}-runs`);
};

/** @param {Task} task */
const draw = async (task) => {
  /** @type {{ pictures: Picture[] }} */
  const { pictures } = await call(`visitor/library?task=${task}&limit=${MOST}`);
  const mount = await present(`#${task}-beside`);
  mount.querySelector(".strip")?.remove();
  if (pictures.length) mount.append(strip(task, pictures));
  remember(task, pictures.length > 0);
  mount.dataset.drawn = "";
};

/** @param {Task} task */
const refresh = (task) => draw(task).catch(() => {});
// A run of one tab is in the strip of all of them.
const tabs = typeof BroadcastChannel === "function" ? new BroadcastChannel("studio.runs") : null;
tabs?.addEventListener("message", ({ data: task }) => find(`#${task}-beside`) && refresh(task));
document.addEventListener("studio:rendered", ({ detail: { task } }) => {
  refresh(task);
  if (mat(task, ".done")) tabs?.postMessage(task);
});
for (const task of TASKS) present(`#${task}-beside`).then(() => refresh(task));
