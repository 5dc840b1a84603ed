// What is known of a picture, as pairs of a name and a value.

import { element } from "./dom.js";
import { language, words } from "./words.js";

const text = (name, values) => words(`library.${name}`, values);
const times = (width, height) => `${width} × ${height}`;

export const kind = (mimeType) => mimeType.split("/")[1].replace("+xml", "").toUpperCase();

const amount = (usd) => `$${usd.toFixed(4).replace(/0{1,2}$/, "")}`;

const bytes = (size) => {
  const [value, unit] = size < 1e6 ? [size / 1e3, "kilobyte"] : [size / 1e6, "megabyte"];
  return new Intl.NumberFormat(language, {
    style: "unit",
    unit,
    maximumFractionDigits: value < 10 ? 1 : 0,
  }).format(value);
};

const cost = ({ demo, cost: { reported_usd, estimated_usd, charged }, images }) => {
  if (demo) return words("cost_demo");
  if (charged === "no") return words("cost_none");
  const usd = reported_usd ?? estimated_usd;
  if (usd == null) return words("cost_unknown");
  const said = reported_usd == null ? words("cost_about", { usd: amount(usd) }) : amount(usd);
  return images.length > 1 ? `${said} ${text("for_pictures", { count: images.length })}` : said;
};

const asked = ({ width, height, aspect_ratio, image_size }) => {
  if (width && height) return times(width, height);
  return [aspect_ratio, image_size].filter(Boolean).join(" ");
};

const size = ({ width, height, controls }) => {
  const wish = asked(controls);
  const got = times(width, height);
  return wish && wish !== got ? `${got} (${text("asked_size", { size: wish })})` : got;
};

export const facts = (known) => {
  const { job } = known;
  const moment = new Date(known.created_at).toLocaleString(language, {
    dateStyle: "medium",
    timeStyle: "short",
  });
  const pairs = [
    [text("model"), [known.model_name, known.provider_name].join(" · ")],
    [text("size"), size(known)],
    [text("file"), `${kind(known.mimeType)}, ${bytes(known.bytes)}`],
    [text("cost"), cost(job)],
    [text("payer"), text(`payer_${job.payer}`, { provider: known.provider_name })],
    [
      text("time"),
      known.seconds == null ? null : words("seconds", { seconds: known.seconds.toLocaleString(language) }),
    ],
    [text("seed"), job.seed],
    [text("made"), moment],
  ];
  const rows = pairs.filter(([, value]) => value != null);
  return element(
    "dl",
    {},
    rows.map(([name, value]) =>
      element("div", {}, element("dt", {}, name), element("dd", {}, String(value))),
    ),
  );
};
