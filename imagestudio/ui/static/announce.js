// How a run goes, for who listens: each stage once, not every second, and how it ended. A refusal speaks itself.

import { element, host, present } from "./dom.js";

const said = element("div", { id: "studio-said", role: "status", class: "unseen" });

// "Generating, 6 s of about 9 s, 40 %" is one stage, however far it is.
const stage = (status) => {
  const line = status.querySelector(".working");
  return line ? line.textContent.split(",")[0] : (status.querySelector(".done")?.textContent ?? "");
};

const follow = async (task) => {
  const status = await present(`#${task}-status`);
  let last = stage(status);
  new MutationObserver(() => {
    const now = stage(status);
    if (now === last) return;
    last = now;
    if (now) said.textContent = now;
  }).observe(status, { childList: true, subtree: true, characterData: true });
};

await present(".gradio-container .contain");
host().append(said);
for (const task of ["generate", "edit"]) follow(task);
