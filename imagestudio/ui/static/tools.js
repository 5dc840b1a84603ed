// The small buttons beside controls: swap the sides, draw a seed, keep the last one.

const KEPT = "seed.kept";
const SEEDS = 2 ** 32;

const field = (task, name) => document.querySelector(`#${task}-${name} input`);
const taskOf = (target) => target.closest("[id$='-fields']")?.id.replace("-fields", "") ?? "generate";

const lastSeed = (task) => document.querySelector(`#${task}-line [data-seed]`)?.dataset.seed;

const keep = (task) => {
  const seed = lastSeed(task);
  if (seed && window.studio.kept(KEPT)) window.studio.change(task, { seed: Number(seed) });
};

const show = () => {
  for (const button of document.querySelectorAll("[data-tool='keep']"))
    button.setAttribute("aria-pressed", Boolean(window.studio.kept(KEPT)));
};

const tools = {
  swap: (task) => {
    const [width, height] = ["width", "height"].map((name) => field(task, name));
    const shown = (one) => one.value || one.placeholder;
    if (!width.value && !height.value && !Number(width.placeholder)) return;
    window.studio.change(task, { width: Number(shown(height)) || "", height: Number(shown(width)) || "" });
  },
  dice: (task) => window.studio.change(task, { seed: crypto.getRandomValues(new Uint32Array(1))[0] % SEEDS }),
  keep: (task) => {
    window.studio.keep(KEPT, !window.studio.kept(KEPT));
    show();
    keep(task);
  },
};

document.addEventListener("click", ({ target }) => {
  const button = target.closest?.("[data-tool]");
  if (button) tools[button.dataset.tool](taskOf(button));
});

// A control that the model does not take has no use for its tools.
document.addEventListener("studio:gated", () => {
  for (const button of document.querySelectorAll("[data-tool]"))
    button.disabled = button.closest(".pair").querySelector(`[id$='-${button.dataset.tool === "swap" ? "width" : "seed"}'] input`).disabled;
  show();
});
document.addEventListener("studio:drawn", ({ detail: { task } }) => keep(task));
