// What a visitor can do with all that is theirs: delete it, bring it back for a day, end their session.

import { call, messageOf } from "./api.js";
import { ask } from "./ask.js";
import { element } from "./dom.js";
import { forgetAll, session } from "./storage.js";
import { t, texts } from "./texts.js";
import { toast } from "./toast.js";

/** @typedef {import("./types.d.ts").Visitor} Visitor */

const text = texts("privacy");
const DELETED = "deleted";
const EVERYTHING = "visitor/everything";

/** Nothing of before stays in this browser. */
const beginAnew = () => {
  forgetAll();
  location.reload();
};

const deleteAll = async () => {
  if (!(await ask(text("all_title"), [text("all_goes"), text("all_day")], text("delete_all")))) return;
  await call(`${EVERYTHING}?confirm=true`, { method: "DELETE" });
  forgetAll();
  session.save(DELETED, true);
  location.reload();
};

const restoreAll = async () => {
  const { jobs, pictures } = await call(`${EVERYTHING}/restore`, { method: "POST" });
  if (jobs || pictures) location.reload();
  else toast(text("nothing_to_restore"));
};

/** @param {Visitor} visitor @param {boolean} everywhere */
const end = async ({ kind, name }, everywhere) => {
  const what = kind === "session" ? "end_guest" : everywhere ? "end_everywhere" : "end_here";
  const title = text(everywhere ? "everywhere_title" : "end_title");
  if (!(await ask(title, [text(what, { name })], text(everywhere ? "everywhere" : "end")))) return;
  await call("visitor/session/end", { method: "POST", body: { everywhere } });
  beginAnew();
};

/** @param {string} label @param {() => Promise<void>} run */
const button = (label, run) => {
  /** @type {HTMLButtonElement} */
  const made = element("button", { type: "button", class: "plain" }, label);
  made.addEventListener("click", async () => {
    made.disabled = true;
    await run().catch((error) => toast(messageOf(error)));
    made.disabled = false;
  });
  return made;
};

/** @param {Visitor} visitor */
export const visitorData = (visitor) => {
  const { kind } = visitor;
  const isNamed = kind === "key" || kind === "huggingface";
  return element(
    "section",
    { class: "data" },
    element("h3", {}, text("title")),
    element("p", { class: "where" }, text("hint")),
    element(
      "div",
      { class: "line" },
      button(text("delete_all"), deleteAll),
      button(text("restore_all"), restoreAll),
      (kind === "session" || kind === "key") && button(text("end"), () => end(visitor, false)),
      isNamed && button(text("everywhere"), () => end(visitor, true)),
    ),
  );
};

if (session.load(DELETED)) {
  session.save(DELETED, null);
  const run = () => restoreAll().catch((error) => toast(messageOf(error)));
  toast(text("all_deleted"), { label: t("library.undo"), run });
}
