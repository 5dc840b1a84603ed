// The end of the top bar, the demo's banner and what a visitor should know, each line until they put it away.

import { call } from "./api.js";
import { element, present } from "./dom.js";
import { icon } from "./icons.js";
import { isRunning } from "./shown-job.js";
import { session } from "./storage.js";
import { t, texts } from "./texts.js";
import { getVisitor, onVisitor, setVisitor } from "./visitor.js";

/** @typedef {import("./types.d.ts").Visitor} Visitor */

const DISMISSED = "notices.dismissed";
const text = texts("forms");

const [today, login, notices, banner] = await Promise.all(
  ["#bar-today", "#bar-login", "#studio-notices", ".header .demo"].map(present),
);

/** Sign in, or out of the account that it names. Gradio serves both addresses. @param {Visitor} visitor */
const account = ({ kind, name }) => {
  const isIn = kind === "huggingface";
  const label = isIn ? t("log_out", { name }) : t("log_in");
  const go = () => location.assign(`${isIn ? "logout" : "login/huggingface"}?_target_url=/`);
  return element(
    "button",
    { type: "button", role: "link", class: "quiet", "aria-label": label, onclick: go },
    icon("person"),
    element("span", {}, label),
  );
};

/** @returns {string[]} */
const dismissed = () => session.load(DISMISSED) ?? [];

/** @param {string} code */
const notice = (code) => {
  const line = element("p", { class: "notice", role: "note" }, element("span", {}, t(`notices.${code}`)));
  const dismiss = () => {
    session.save(DISMISSED, [...dismissed(), code]);
    line.remove();
  };
  line.append(
    element(
      "button",
      { type: "button", class: "bare", "aria-label": text("dismiss"), onclick: dismiss },
      icon("close"),
    ),
  );
  return line;
};

onVisitor((visitor) => {
  if (visitor.today_usd === undefined) return;
  banner.hidden = !visitor.demo;
  const spent = `$${visitor.today_usd.toFixed(2)}`;
  today.textContent = visitor.demo ? text("today_demo") : text("today", { usd: spent });
  login.replaceChildren(...(visitor.takes_logins ? [account(visitor)] : []));
  const put = dismissed();
  notices.replaceChildren(...(visitor.notices ?? []).filter((code) => !put.includes(code)).map(notice));
});

// A run that ended has changed what is spent.
document.addEventListener("studio:rendered", async ({ detail: { task } }) => {
  if (isRunning(task)) return;
  setVisitor(await call("visitor").catch(getVisitor));
});
