// The dialog for a visitor's own keys. A key is in its field until it is sent, and nowhere after that.

import { call, messageOf } from "./api.js";
import { closest, element, host } from "./dom.js";
import { refill } from "./form.js";
import { icon } from "./icons.js";
import { texts } from "./texts.js";
import { getVisitor, setVisitor } from "./visitor.js";
import { visitorData } from "./visitor-data.js";

/**
 * @typedef {import("./types.d.ts").Visitor} Visitor
 * @typedef {{ kind: string, sentence: string }} Checked
 */

const text = texts("forms");

// Another key is another visitor: what runs, what it costs.
const refresh = async () => {
  setVisitor(await call("visitor"));
  refill();
};

/**
 * One field with its buttons and its line: `send` gives what the line says then, `forget` takes back.
 *
 * @param {string} id @param {string} label @param {HTMLElement} hint
 * @param {{ held: boolean, send: (key: string) => Promise<Checked>, forget: () => Promise<unknown> }} options
 */
const keyRow = (id, label, hint, { held, send, forget }) => {
  const line = element(
    "p",
    { class: "said", role: "status", id: `${id}-said` },
    text(held ? "held" : "not_held"),
  );
  // No name and no form of its own: nothing for a password manager to keep.
  const field = element("input", {
    id,
    type: "password",
    autocomplete: "off",
    autocapitalize: "off",
    spellcheck: "false",
    placeholder: text("key_typed"),
    "aria-describedby": line.id,
    "data-1p-ignore": true,
    "data-lpignore": "true",
    "data-bwignore": true,
  });
  const say = (/** @type {string} */ sentence, kind = "") => {
    line.textContent = sentence;
    line.dataset.kind = kind;
  };
  const setHeld = (/** @type {boolean} */ on) => {
    if (on) row.dataset.held = "yes";
    else delete row.dataset.held;
  };
  const guarded = async (/** @type {() => Promise<void>} */ run) => {
    save.disabled = true;
    drop.disabled = true;
    try {
      await run();
    } catch (error) {
      say(messageOf(error), "refused");
    }
    save.disabled = false;
    drop.disabled = !row.dataset.held;
  };
  const sendKey = async () => {
    const key = field.value;
    if (!key.trim()) return field.focus();
    say(text("checking"));
    const { kind, sentence } = await send(key);
    field.value = "";
    setHeld(kind !== "refused" || Boolean(row.dataset.held));
    say(sentence, kind);
    await refresh();
  };
  const forgetKey = async () => {
    await forget();
    field.value = "";
    setHeld(false);
    say(text("forgotten"));
    await refresh();
  };
  const save = element(
    "button",
    { type: "button", class: "plain", onclick: () => guarded(sendKey) },
    text("save"),
  );
  const drop = element(
    "button",
    { type: "button", class: "quiet", disabled: !held, onclick: () => guarded(forgetKey) },
    text("forget"),
  );
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    save.click();
  });
  const row = element(
    "section",
    { class: "key" },
    element("div", { class: "head" }, element("label", { for: id }, label), hint),
    element("div", { class: "line" }, field, save, drop),
    line,
  );
  setHeld(held);
  return row;
};

/** @param {string} name @param {string} label @param {HTMLElement} hint @param {boolean} held */
const providerRow = (name, label, hint, held) =>
  keyRow(`own-${name}`, label, hint, {
    held,
    send: async (key) => {
      const { checks } = await call("visitor/keys", { method: "PUT", body: { [name]: key } });
      return { kind: checks[name], sentence: text(checks[name]) };
    },
    forget: () => call("visitor/keys", { method: "PUT", body: { [name]: null } }),
  });

/** @param {Visitor} visitor */
const accessRow = (visitor) =>
  keyRow("own-access", text("access"), element("span", { class: "hint" }, text("access_hint")), {
    held: visitor.kind === "key",
    send: async (key) => {
      const { name } = await call("visitor/access", { method: "PUT", body: { key } });
      return { kind: "works", sentence: text("entered", { name }) };
    },
    forget: () => call("visitor/access", { method: "DELETE" }),
  });

/** @param {Visitor} visitor */
const rows = ({ providers = [], keys = {} }) => {
  const link = (/** @type {string} */ page) =>
    element("a", { href: page, target: "_blank", rel: "noreferrer" }, text("key_page"));
  const hint = element("span", { class: "hint" }, text("token_hint"));
  return [
    ...providers.map(({ id, name, page }) =>
      providerRow(id, text("key_of", { provider: name }), link(page), keys[id]),
    ),
    providerRow("huggingface", text("token"), hint, keys.huggingface),
  ];
};

/** @param {HTMLElement} opener */
const open = async (opener) => {
  if (document.querySelector("dialog.keys")) return;
  const visitor = await getVisitor();
  if (!visitor.providers) return;
  const close = () => dialog.close();
  /** @type {HTMLDialogElement} */
  const dialog = element(
    "dialog",
    { class: "keys", "aria-labelledby": "keys-title" },
    element(
      "header",
      {},
      element("h2", { id: "keys-title" }, text("keys_title")),
      element(
        "button",
        { type: "button", class: "bare", "aria-label": text("close"), onclick: close },
        icon("close"),
      ),
    ),
    element("p", { class: "where" }, text(visitor.demo_forced ? "keys_forced" : "keys_where")),
    visitor.demo_forced ? [] : rows(visitor),
    visitor.takes_api_keys && accessRow(visitor),
    visitorData(visitor),
  );
  dialog.addEventListener("close", () => {
    dialog.remove();
    opener.focus();
  });
  dialog.addEventListener("click", (event) => event.target === dialog && close());
  host().append(dialog);
  dialog.showModal();
  dialog.querySelector("input")?.focus();
};

document.addEventListener("click", (event) => {
  const opener = closest(event, "[data-opens-keys]");
  if (opener) open(opener);
});
