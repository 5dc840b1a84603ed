// The end of the top bar, the demo's banner and what a visitor should know, each line until they put it away.

import { call } from "./api.js";
import { element, present } from "./dom.js";
import { named } from "./icons.js";
import { onVisitor } from "./visitor.js";
import { words } from "./words.js";

const DISMISSED = "notices.dismissed";
const text = (name, values) => words(`forms.${name}`, values);

const [today, login, notices, banner] = await Promise.all(
  ["#bar-today", "#bar-login", "#studio-notices", ".header .demo"].map(present),
);

// Sign in, or out of the account that it names. Gradio serves both addresses.
const account = ({ kind, name }) => {
  const [label, address] =
    kind === "huggingface" ? [words("log_out", { name }), "logout"] : [words("log_in"), "login/huggingface"];
  const go = () => location.assign(`${address}?_target_url=/`);
  return element(
    "button",
    { type: "button", role: "link", class: "quiet", "aria-label": label, onclick: go },
    named("person"),
    element("span", {}, label),
  );
};

const notice = (code) => {
  const line = element("p", { class: "notice", role: "note" }, element("span", {}, words(`notices.${code}`)));
  const dismiss = () => {
    window.studio.keep(DISMISSED, [...(window.studio.kept(DISMISSED) ?? []), code]);
    line.remove();
  };
  line.append(
    element(
      "button",
      { type: "button", class: "bare", "aria-label": text("dismiss"), onclick: dismiss },
      named("close"),
    ),
  );
  return line;
};

onVisitor((visitor) => {
  if (visitor.today_usd === undefined) return;
  banner.hidden = !visitor.demo;
  today.textContent = visitor.demo
    ? text("today_demo")
    : text("today", { usd: `$${visitor.today_usd.toFixed(2)}` });
  login.replaceChildren(...(visitor.takes_logins ? [account(visitor)] : []));
  const dismissed = window.studio.kept(DISMISSED) ?? [];
  notices.replaceChildren(...visitor.notices.filter((one) => !dismissed.includes(one)).map(notice));
});

// A run that ended has changed what is spent.
document.addEventListener("studio:drawn", async ({ detail: { task } }) => {
  if (document.querySelector(`#${task}-results .mat.running`)) return;
  window.studio.become(await call("visitor").catch(() => window.studio.told()));
});
