// A run that is shown goes on being shown: after a sleep, a lost network, a studio that was restarted.

import { TASKS } from "./form.js";
import { mat, showJob } from "./shown-job.js";

const STILL_MS = 6000;
const LOOK_MS = 2000;

let movedAt = Date.now();
let isAsked = false;

const isReachable = () =>
  fetch("visitor", { cache: "no-store" }).then(
    (response) => response.ok,
    () => false,
  );

// The line of a running job is drawn anew each second. Where it stands still, Gradio has lost its stream: first it is
// asked again; where that does not help either, the page is loaded anew, which keeps the form and the run.
const look = async () => {
  const task = TASKS.find((name) => mat(name, ".running")?.dataset.job);
  const id = task && mat(task, ".running")?.dataset.job;
  if (!id || document.hidden || Date.now() - movedAt < STILL_MS) return;
  if (!(await isReachable())) return;
  if (isAsked) return location.reload();
  isAsked = true;
  movedAt = Date.now();
  showJob(task, id);
};

/** @param {MutationRecord} change */
const isOfRun = ({ target }) =>
  (target instanceof Element ? target : target.parentElement)?.closest(".line, .results");
new MutationObserver((changes) => {
  if (!changes.some(isOfRun)) return;
  movedAt = Date.now();
  isAsked = false;
}).observe(document, { childList: true, subtree: true, characterData: true });

const lookSoon = () => setTimeout(look, 500);
setInterval(look, LOOK_MS);
for (const event of ["online", "pageshow"]) addEventListener(event, lookSoon);
document.addEventListener("visibilitychange", lookSoon);
