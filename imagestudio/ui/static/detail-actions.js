// What can be done with a picture besides taking it away.

import { call, messageOf } from "./api.js";
import { dispatch, element, fileUrl, newKey } from "./dom.js";
import { icon } from "./icons.js";
import { usd } from "./price.js";
import { t, texts } from "./texts.js";
import { copy, toast } from "./toast.js";

/** @typedef {import("./types.d.ts").PictureDetail} PictureDetail */

const text = texts("library");

/** What the forms take over. A picture that was edited goes along by its id. @param {PictureDetail} picture */
const settings = ({ task, prompt, model, controls, input_file }) => ({
  task,
  fields: { prompt, model, ...controls },
  ...(input_file && { source: { file_id: input_file, url: fileUrl(input_file) } }),
});

/** @param {PictureDetail} picture */
const price = ({ job, estimate_usd: amount }) => {
  if (job.demo) return t("run_free");
  return amount == null ? t("price_unknown") : usd(amount);
};

/**
 * @param {() => unknown} run @param {HTMLButtonElement} [button] rests meanwhile
 */
const guarded = async (run, button) => {
  if (button) button.disabled = true;
  try {
    await run();
  } catch (error) {
    toast(messageOf(error));
  }
  if (button) button.disabled = false;
};

/** @param {import("./icons.js").IconName} mark @param {string} label @param {() => unknown} run @param {string} [kind] */
const button = (mark, label, run, kind = "plain") => {
  /** @type {HTMLButtonElement} */
  const made = element(
    "button",
    { type: "button", class: kind, onclick: () => guarded(run, made) },
    icon(mark),
    element("span", {}, label),
  );
  return made;
};

/** @param {PictureDetail} picture @param {{ close: () => void, removeJob: () => unknown }} dialog */
export const actions = (picture, { close, removeJob }) => {
  const path = `visitor/files/${picture.id}/share`;
  const revoke = async () => {
    await call(path, { method: "DELETE" });
    picture.shared_url = null;
    draw();
    toast(text("revoked"));
  };
  const share = async () => {
    /** @type {string} */
    const url = (await call(path, { method: "POST" })).url;
    picture.shared_url = url;
    draw();
    await copy(url, text("link_copied"), { label: text("revoke"), run: () => guarded(revoke) });
  };
  const copySnippet = async (/** @type {"curl" | "python"} */ name) =>
    copy((await call(`visitor/snippets/${picture.job_id}`))[name]);
  // A retry after a lost answer has the same key, and does not pay twice.
  let key = newKey();
  const runAgain = async () => {
    const headers = { "Idempotency-Key": key };
    await call(`visitor/jobs/${picture.job_id}/run-again`, { method: "POST", body: {}, headers });
    key = newKey();
    dispatch("studio:started");
    toast(text("running_again"));
  };
  const use = () => {
    close();
    dispatch("studio:use", settings(picture));
  };
  const edit = () => {
    close();
    dispatch("studio:edit", { file_id: picture.id, url: fileUrl(picture.id) });
  };
  const links = element("div", { class: "links" });
  const draw = () => {
    const isShared = Boolean(picture.shared_url);
    links.replaceChildren(
      ...(isShared ? [element("p", { class: "hint" }, text("shared"))] : []),
      button("link", text("copy_link"), share, "quiet"),
      ...(isShared ? [button("close", text("revoke"), revoke, "quiet")] : []),
      button("terminal", text("copy_curl"), () => copySnippet("curl"), "quiet"),
      button("code", text("copy_python"), () => copySnippet("python"), "quiet"),
      button("trash", t("privacy.job_delete"), removeJob, "quiet"),
    );
  };
  draw();
  return element(
    "div",
    { class: "do" },
    element(
      "div",
      { class: "main" },
      button("pencil", text("edit"), edit),
      button("sliders", text("use"), use),
      button("again", `${text("run_again")} · ${price(picture)}`, runAgain),
    ),
    links,
  );
};
