// What the page does without asking the server: gate the controls of a model, tell the price, run by Ctrl + Enter.
(() => {
  const MEGAPIXEL = 1024 * 1024;
  let catalog;

  const language = (navigator.language ?? "en").toLowerCase().split("-")[0];
  const languages = () => JSON.parse(document.querySelector("#studio-catalog pre").textContent);
  const data = () => {
    if (!catalog) {
      const all = languages();
      catalog = all[language] ?? all.en;
    }
    return catalog;
  };
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

  const usd = (amount) => "$" + amount.toFixed(4).replace(/0{1,2}$/, "");

  // The pixels of an uploaded picture, or null: none, or one that can't be read.
  const measure = async (file) => {
    if (!file?.url) return null;
    const image = new Image();
    image.src = file.url;
    return image.decode().then(() => image.naturalWidth * image.naturalHeight, () => null);
  };

  const words = (task, model, asked, given) => {
    const { words } = data();
    const amount = estimate(model, asked, given);
    const bySize = amount == null && task === "edit";
    const price = amount != null ? usd(amount) : bySize ? model.rules[""].words : words.unknown;
    const onRun = words.free ?? (amount != null ? price : bySize ? words.bySize : price);
    const listed = model.listed && model.listed !== usd(amount ?? 0).slice(1);
    const beside = [listed && words.listed.replace("{price}", "$" + model.listed), words.demo];
    const note = [price, ...beside].filter(Boolean).join(" · ");
    const label = `${words.run[task]}  ·  ${onRun}`;
    return [update({ value: `${model.note}<p class="price">${note}</p>` }), update({ value: label })];
  };

  const price = async (task, names, [id, ...values]) => {
    const model = data().models[id];
    return words(task, model, taken(model, names, values), await measure(values[names.length]));
  };

  const gate = async (task, names, values) => {
    const model = data().models[values[0]];
    const controls = names.map((name) => {
      const { taken: interactive, info, placeholder } = model.controls[name];
      return update({ interactive, info, placeholder: placeholder || " " });
    });
    return [...controls, ...(await price(task, names, values))];
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

  window.studio = { gate, price, estimate: (id, asked, given) => estimate(data().models[id], asked, given) };
})();
