// The job that a tab of the browser shows, and takes up again after a reload. A new one takes up what was left under
// way, or what runs, unless another tab shows that.

import { announce } from "./form.js";
import { local, session } from "./storage.js";

/** @typedef {import("./types.d.ts").Task} Task */

const ANSWER_MS = 80;

/** @type {Partial<Record<Task, string>>} */
const requested = {};
const tabs = typeof BroadcastChannel === "function" ? new BroadcastChannel("studio") : null;
tabs?.addEventListener("message", ({ data }) => data === "who" && tabs.postMessage("here"));

/** Whether this is the only tab. @returns {Promise<boolean>} */
const isAlone = () =>
  new Promise((resolve) => {
    if (!tabs) return resolve(true);
    const listen = (/** @type {MessageEvent} */ { data }) => data === "here" && resolve(false);
    tabs.addEventListener("message", listen);
    tabs.postMessage("who");
    setTimeout(() => {
      tabs.removeEventListener("message", listen);
      resolve(true);
    }, ANSWER_MS);
  });

/** @param {Task} task @returns {string} */
const takeAbandoned = (task) => {
  const id = local.load(`running.${task}`);
  local.save(`running.${task}`, null);
  return id ?? "";
};

/** The id of the job to show; "" for what runs, "none" for nothing. @param {Task} task */
export const jobToShow = async (task) => {
  const id = requested[task] ?? session.load(`job.${task}`);
  delete requested[task];
  return id || ((await isAlone()) ? takeAbandoned(task) : "none");
};

/** @param {Task} task @param {string} id */
export const showJob = (task, id) => {
  requested[task] = id;
  document.getElementById(`${task}-show`)?.click();
};

/** Gradio has drawn a job's pictures, or their frames. @param {Task} task @param {string} [id] */
export const onRendered = (task, id) => {
  if (id) session.save(`job.${task}`, id);
  announce("studio:rendered", task);
};

/** What is rendered of a tab's job: its frame or pictures. @param {Task} task @param {string} [state] */
export const mat = (task, state = "") =>
  /** @type {HTMLElement | null} */ (document.querySelector(`#${task}-results .mat${state}`));

/** @param {Task} task */
export const isRunning = (task) => mat(task, ".running") !== null;

/** The id of the job that is shown. @param {Task} task */
export const shownJob = (task) =>
  /** @type {HTMLElement | null} */ (document.querySelector(`#${task}-results [data-job]`))?.dataset.job;

// What is under way: where its tab is closed, the next one shows what became of it.
document.addEventListener("studio:rendered", ({ detail: { task } }) => {
  const id = shownJob(task);
  if (isRunning(task)) local.save(`running.${task}`, id);
  else if (id === local.load(`running.${task}`)) local.save(`running.${task}`, null);
});
