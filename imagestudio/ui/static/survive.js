// A run that is shown goes on being shown: after a sleep, a lost network, a studio that was restarted.

const STILL_MS = 6000;
const LOOK_MS = 2000;

let moved = Date.now();
let asked = false;

const running = () =>
  ["generate", "edit"]
    .map((task) => [task, document.querySelector(`#${task}-results .mat.running`)?.dataset.job])
    .find(([, job]) => job);

const reachable = () =>
  fetch("visitor", { cache: "no-store" }).then(
    (response) => response.ok,
    () => false,
  );

// The line of a running job is drawn anew each second. Where it stands still, Gradio has lost its stream: first it is
// asked again; where that does not help either, the page is loaded anew, which keeps the form and the run.
const look = async () => {
  const [task, job] = running() ?? [];
  if (!job || document.hidden || Date.now() - moved < STILL_MS) return;
  if (!(await reachable())) return;
  if (asked) return location.reload();
  asked = true;
  moved = Date.now();
  window.studio.show(task, job);
};

const isRun = ({ target }) =>
  (target instanceof Element ? target : target.parentElement)?.closest(".line, .results");
new MutationObserver((changes) => {
  if (!changes.some(isRun)) return;
  moved = Date.now();
  asked = false;
}).observe(document, { childList: true, subtree: true, characterData: true });

setInterval(look, LOOK_MS);
for (const event of ["online", "pageshow"]) addEventListener(event, () => setTimeout(look, 500));
document.addEventListener("visibilitychange", () => setTimeout(look, 500));
