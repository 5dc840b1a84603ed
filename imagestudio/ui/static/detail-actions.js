// What can be done with a picture besides taking it away.

import { call } from "./api.js";
import { element } from "./dom.js";
import { named } from "./icons.js";
import { copy, toast } from "./toast.js";
import { words } from "./words.js";

const text = (name, values) => words(`library.${name}`, values);
const tell = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));
const address = (id) => new URL(`visitor/files/${id}`, document.baseURI).href;

const newKey = () => crypto.randomUUID?.() ?? `again-${Date.now()}-${Math.random()}`;

// What the forms take over. A picture that was edited goes along by its id.
export const settings = ({ task, prompt, model, controls, input_file }) => ({
  task,
  fields: { prompt, model, ...controls },
  ...(input_file && { source: { file_id: input_file, url: address(input_file) } }),
});

export const price = ({ job, estimate_usd: usd }) => {
  if (job.demo) return words("run_free");
  return usd == null ? words("price_unknown") : `$${usd.toFixed(4).replace(/0{1,2}$/, "")}`;
};

export const actions = (known, { close }) => {
  const revoke = async () => {
    await call(`visitor/files/${known.id}/share`, { method: "DELETE" });
    known.shared_url = null;
    draw();
    toast(text("revoked"));
  };
  const share = async () => {
    known.shared_url = (await call(`visitor/files/${known.id}/share`, { method: "POST" })).url;
    draw();
    await copy(known.shared_url, text("link_copied"), { label: text("revoke"), run: () => guarded(revoke) });
  };
  const snippet = async (name) => copy((await call(`visitor/snippets/${known.job_id}`))[name]);
  // A retry after a lost answer has the same key, and does not pay twice.
  let key = newKey();
  const again = async () => {
    await call(`visitor/jobs/${known.job_id}/run-again`, {
      method: "POST",
      body: {},
      headers: { "Idempotency-Key": key },
    });
    key = newKey();
    tell("studio:begun");
    toast(text("running_again"));
  };
  const use = () => {
    close();
    tell("studio:use", settings(known));
  };
  const edit = () => {
    close();
    tell("studio:edit", { file_id: known.id, url: address(known.id) });
  };
  const guarded = async (run, target) => {
    if (target) target.disabled = true;
    await Promise.resolve(run()).catch((error) => toast(error.message));
    if (target) target.disabled = false;
  };
  const button = (name, label, run, kind = "plain") =>
    element(
      "button",
      { type: "button", class: kind, onclick: ({ currentTarget }) => guarded(run, currentTarget) },
      named(name),
      element("span", {}, label),
    );

  const links = element("div", { class: "links" });
  const draw = () =>
    links.replaceChildren(
      ...(known.shared_url ? [element("p", { class: "hint" }, text("shared"))] : []),
      button("link", text("copy_link"), share, "quiet"),
      ...(known.shared_url ? [button("close", text("revoke"), revoke, "quiet")] : []),
      button("terminal", text("copy_curl"), () => snippet("curl"), "quiet"),
      button("code", text("copy_python"), () => snippet("python"), "quiet"),
    );
  draw();
  return element(
    "div",
    { class: "do" },
    element(
      "div",
      { class: "main" },
      button("pencil", text("edit"), edit),
      button("sliders", text("use"), use),
      button("again", `${text("run_again")} · ${price(known)}`, again),
    ),
    links,
  );
};
