// A refusal of the studio's in the page's language, by its public code and details, as ui/refusals.py does it
// for what the server draws. English is what the studio says itself.

import { has, number, words } from "./words.js";

const text = (name, values) => words(`service.${name}`, values);
const FIELDS = { prompt: "prompt", model: "model", image_url: "image" };
const labelled = (field) =>
  has(`labels.${field}`) ? words(`labels.${field}`) : has(FIELDS[field]) ? words(FIELDS[field]) : field;

const range = ({ nearest, ...bounds }) => {
  const said = text(bounds.multipleOf > 1 ? "allowed.steps" : "allowed.range", bounds);
  return nearest ? text("allowed.nearest", { range: said, nearest: nearest.join(words("either")) }) : said;
};

const permitted = (allowed) => {
  if (Array.isArray(allowed)) return allowed.join(", ");
  if (allowed === null || typeof allowed !== "object" || !has("service.allowed.range")) return undefined;
  if ("minimum" in allowed) return range(allowed);
  const parts = Object.entries(allowed).filter(([name]) => has(`service.allowed.${name}`));
  return parts.map(([name, value]) => text(`allowed.${name}`, { [name]: number(value) })).join(", ") || undefined;
};

const usd = (amount) => "$" + amount.toFixed(4).replace(/0{1,2}$/, "");

const plain = ([name, value]) => [name, typeof value === "string" ? value : name.endsWith("_usd") ? usd(value) : number(value)];

const filled = (details) => {
  const simple = Object.entries(details).filter(([, value]) => ["string", "number"].includes(typeof value));
  const values = Object.fromEntries(simple.map(plain));
  if ("field" in values) values.field = labelled(values.field);
  return { ...values, allowed: permitted(details.allowed) };
};

const wanted = (code, details) => [
  ...["reason", "stage", "charged"].filter((name) => name in details).map((name) => details[name]),
  ...["allowed", "known", "id", details.field].filter(Boolean),
].map((aspect) => `${code}.${aspect}`).concat(code);

// told({ code, message, details }) is the sentence to show; a refusal without one of its own keeps the studio's.
export const told = ({ code, message, details = {} }) => {
  const values = filled(details);
  const said = wanted(code, details)
    .filter((name) => has(`service.${name}`))
    .map((name) => text(name, values))
    .find((sentence) => !/\{\w+\}/.test(sentence));
  if (said === undefined) return message;
  return has(`charged.${details.charged}`) ? `${said} ${words(`charged.${details.charged}`)}` : said;
};
