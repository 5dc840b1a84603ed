// What the page does without asking the server: gate the controls of a model, tell the price, fill a form, run by
// Ctrl + Enter. static/*.js reach the forms through `window.studio`.
(() => {
  const MEGAPIXEL = 1024 * 1024;
  const OWN_FILE = /^\/api\/v1\/image\/files\/([0-9a-f]{32})$/;
  let catalog;

  // Who the visitor is: their demo or their keys decide what runs and what it costs. See GET /visitor.
  let visitor = { demo: false, models: {} };
  const become = (told) => {
    visitor = told;
    document.dispatchEvent(new CustomEvent("studio:visitor", { detail: told }));
  };
  const visiting = window.studioVisit.then(({ data: told }) => told && become(told)).catch(() => {});

  // Where the browser's store is full or forbidden, it forgets.
  const stored = (store) => ({
    keep: (name, value) => {
      try {
        store().setItem(`studio.${name}`, JSON.stringify(value));
      } catch {}
    },
    kept: (name) => {
      try {
        return JSON.parse(store().getItem(`studio.${name}`));
      } catch {
        return null;
      }
    },
  });
  const { keep, kept } = stored(() => sessionStorage);
  const everyTab = stored(() => localStorage);

  const data = () => (catalog ??= JSON.parse(document.getElementById("studio-catalog").textContent));
  const update = (change) => ({ __type__: "update", ...change });

  // The pixels that these settings will make, or null where only the upstream knows.
  const pixels = (model, asked, given) => {
    const size = model.ratios[asked.aspect_ratio] ?? model.size;
    if (!asked.width && !asked.height) return size ? size[0] * size[1] : given;
    return (asked.width || model.size[0]) * (asked.height || model.size[1]);
  };

  // catalog/price.py has the same rules; a browser test holds the two together.
  const rules = {
    PerImage: (rule) => rule.usd,
    PerMegapixel: (rule, size) => size && (rule.usd * size) / MEGAPIXEL,
    FirstMegapixel: (rule, size) =>
      size && rule.first + rule.further * Math.max(0, Math.ceil(size / MEGAPIXEL) - 1),
    BySize: (rule, _, named) => rule.usd[named || rule.default],
  };

  const taken = (model, names, values) =>
    Object.fromEntries(names.map((name, i) => [name, model.controls[name].taken ? values[i] : null]));

  // US dollars for a run, or null where it is unknown. An edit may be as large as the picture given.
  const estimate = (model, asked, given = null) => {
    const flag = Object.keys(model.rules).find((name) => name && asked[name]);
    const rule = model.rules[flag ?? ""];
    const one = rules[rule.rule]?.(rule, pixels(model, asked, given), asked.image_size);
    return one == null ? null : one * (asked.num_images || 1);
  };

  const usd = (amount) => `$${amount.toFixed(4).replace(/0{1,2}$/, "")}`;

  // The pixels of the picture to edit, or null: none, or one that can't be read.
  const measure = async (file, address) => {
    const own = OWN_FILE.exec(address ?? "");
    const url = file?.url ?? (own && `visitor/files/${own[1]}`);
    if (!url) return null;
    const image = new Image();
    image.src = url;
    return image.decode().then(
      () => image.naturalWidth * image.naturalHeight,
      () => null,
    );
  };

  const missing = (id) => visitor.models[id]?.can_run === false;

  const words = (task, id, model, asked, given) => {
    const { words } = data();
    const amount = estimate(model, asked, given);
    const bySize = amount == null && task === "edit";
    const price = amount != null ? usd(amount) : bySize ? model.rules[""].words : words.unknown;
    const onRun = visitor.demo ? words.free : amount == null && bySize ? words.bySize : price;
    const listed = model.listed && model.listed !== usd(amount ?? 0).slice(1);
    const beside = [
      listed && words.listed.replace("{price}", `$${model.listed}`),
      visitor.demo && words.demo,
    ];
    const note = [price, ...beside].filter(Boolean).join(" · ");
    const key = missing(id)
      ? `<p class="mark">${model.missing} <button type="button" class="link" data-opens-keys>${words.addKey}</button></p>`
      : "";
    const label = `${words.run[task]}  ·  ${onRun}`;
    return [update({ value: `${model.note}${key}<p class="price">${note}</p>` }), update({ value: label })];
  };

  const price = async (task, names, [id, ...values]) => {
    await visiting;
    const model = data().models[id];
    const asked = Object.fromEntries(names.map((name, i) => [name, values[i]]));
    const [file, address] = values.slice(names.length);
    keep(`form.${task}`, {
      ...kept(`form.${task}`),
      model: id,
      ...asked,
      ...(task === "edit" && { image_url: address }),
    });
    return words(task, id, model, taken(model, names, values), await measure(file, address));
  };

  const gated = (model, names) =>
    names.map((name) => {
      const { taken: interactive, info, placeholder } = model.controls[name];
      return { interactive, info, placeholder: placeholder || " " };
    });

  const tell = (name, task) =>
    setTimeout(() => document.dispatchEvent(new CustomEvent(name, { detail: { task } })));

  const gate = async (task, names, values) => {
    const model = data().models[values[0]];
    const said = await price(task, names, values);
    tell("studio:gated", task);
    return [...gated(model, names).map(update), ...said];
  };

  const choices = (task) =>
    Object.entries(data().models)
      .filter(([, model]) => model.task === task)
      .map(([id, model]) => [missing(id) ? `${model.label} · ${data().words.missing}` : model.label, id]);

  // What waits to be filled into a form: `whole` empties what is not named.
  const waiting = Object.fromEntries(
    ["generate", "edit"].map((task) => [
      task,
      kept(`form.${task}`) && { fields: kept(`form.${task}`), whole: true },
    ]),
  );

  // Its values: prompt, an edit's image_url and image, model, controls. It gates as well.
  const fill = async (task, names, values) => {
    await visiting;
    const texts = task === "edit" ? ["prompt", "image_url"] : ["prompt"];
    const order = [...texts, "model", ...names];
    const now = Object.fromEntries(order.map((name, i) => [name, values[i]]));
    const { fields = {}, whole = false } = waiting[task] ?? {};
    waiting[task] = null;
    const empty = (name) => (typeof now[name] === "boolean" ? false : "");
    const next = Object.fromEntries(
      order.map((name) => [
        name,
        fields[name] ?? (whole && name !== "prompt" && name !== "model" ? empty(name) : now[name]),
      ]),
    );
    if (data().models[next.model]?.task !== task) next.model = now.model;
    const file = fields.image_url ? null : values[order.length];
    const settings = names.map((name) => next[name]);
    const said = await price(task, names, [next.model, ...settings, file, next.image_url]);
    keep(`form.${task}`, next);
    tell("studio:gated", task);
    return [
      ...texts.map((name) => update({ value: next[name] })),
      update({ value: next.model, choices: choices(task) }),
      ...gated(data().models[next.model], names).map((how, i) => update({ ...how, value: settings[i] })),
      ...said,
      ...(task === "edit" ? [fields.image_url ? update({ value: null }) : update({})] : []),
    ];
  };

  // A form's fields from outside. Its tab must have been opened: Gradio draws it then.
  const change = (task, fields, whole = false) => {
    waiting[task] = { fields, whole };
    document.getElementById(`${task}-fill`)?.click();
  };

  document.addEventListener("input", ({ target }) => {
    const form = target.closest?.("#generate-prompt, #edit-prompt");
    if (!form) return;
    const task = form.id.split("-")[0];
    keep(`form.${task}`, { ...kept(`form.${task}`), prompt: target.value });
  });

  // What is under way: where its tab is closed, the next one shows what became of it.
  document.addEventListener("studio:drawn", ({ detail: { task } }) => {
    const shown = document.querySelector(`#${task}-results [data-job]`)?.dataset.job;
    const running = document.querySelector(`#${task}-results .mat.running`);
    if (running) everyTab.keep(`running.${task}`, shown);
    else if (shown === everyTab.kept(`running.${task}`)) everyTab.keep(`running.${task}`, null);
  });
  const takeUp = (task) => {
    const left = everyTab.kept(`running.${task}`);
    everyTab.keep(`running.${task}`, null);
    return left ?? "";
  };

  // The job that this browser tab shows, and takes up again after a reload. A new tab takes up what was left, or what
  // runs, unless another tab does.
  const showing = {};
  const others = typeof BroadcastChannel === "function" ? new BroadcastChannel("studio") : null;
  const alone = () =>
    new Promise((resolve) => {
      if (!others) return resolve(true);
      const heard = ({ data: said }) => said === "here" && resolve(false);
      others.addEventListener("message", heard);
      others.postMessage("who");
      setTimeout(() => {
        others.removeEventListener("message", heard);
        resolve(true);
      }, 80);
    });
  others?.addEventListener("message", ({ data: said }) => said === "who" && others.postMessage("here"));

  const job = async (task) => {
    const wanted = showing[task] ?? kept(`job.${task}`);
    delete showing[task];
    return wanted || ((await alone()) ? takeUp(task) : "none");
  };
  const show = (task, id) => {
    showing[task] = id;
    document.getElementById(`${task}-show`)?.click();
  };
  const drawn = (task, id) => {
    if (id) keep(`job.${task}`, id);
    tell("studio:drawn", task);
  };

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    const prompt = event.target.closest?.("[id$='-prompt']");
    if (!prompt) return;
    event.preventDefault();
    document.getElementById(prompt.id.replace("-prompt", "-run"))?.click();
  });

  // On a phone the picture is above the form.
  document.addEventListener("click", (event) => {
    const run = event.target.closest?.("[id$='-run']");
    if (run && matchMedia("(max-width: 860px)").matches) scrollTo(0, 0);
  });

  // The modules come a little later than the page: what was pressed meanwhile is pressed again for them.
  let early = new Set();
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-fills], [data-edits], [data-opens-keys], [data-tool]");
    if (!button || !early) return;
    early.add(button);
    event.stopImmediatePropagation(); // one of them may be there before the others
  });
  const ready = () => {
    const pressed = [...early];
    early = null;
    for (const button of pressed) button.click();
  };

  const told = () => visiting.then(() => visitor);
  const price_of = (id, asked, given) => estimate(data().models[id], asked, given);
  window.studio = {
    ready,
    gate,
    price,
    fill,
    change,
    job,
    show,
    drawn,
    become,
    told,
    kept,
    keep,
    estimate: price_of,
  };
})();
