// The dialog for a visitor's own keys. A key is in its field until it is sent, and nowhere after that.

import { call } from "./api.js";
import { element, host } from "./dom.js";
import { named } from "./icons.js";
import { refresh, told } from "./visitor.js";
import { words } from "./words.js";

const text = (name, values) => words(`forms.${name}`, values);

// One field with its buttons and its line: `send` gives what the line says then, `forget` takes back.
const keyRow = (id, label, hint, { held, send, forget }) => {
  const said = element(
    "p",
    { class: "said", role: "status", id: `${id}-said` },
    held ? text("held") : text("not_held"),
  );
  // No name and no form of its own: nothing for a password manager to keep.
  const field = element("input", {
    id,
    type: "password",
    autocomplete: "off",
    autocapitalize: "off",
    spellcheck: "false",
    placeholder: text("key_typed"),
    "aria-describedby": said.id,
    "data-1p-ignore": true,
    "data-lpignore": "true",
    "data-bwignore": true,
  });
  const say = (sentence, kind = "") => {
    said.textContent = sentence;
    said.dataset.kind = kind;
  };
  const guarded = async (run) => {
    for (const one of [save, drop]) one.disabled = true;
    try {
      await run();
    } catch (error) {
      say(error.message, "refused");
    }
    save.disabled = false;
    drop.disabled = !row.dataset.held;
  };
  const hold = (on) => {
    if (on) row.dataset.held = "yes";
    else delete row.dataset.held;
  };
  const save = element(
    "button",
    {
      type: "button",
      class: "plain",
      onclick: () =>
        guarded(async () => {
          const key = field.value;
          if (!key.trim()) return field.focus();
          say(text("checking"));
          const { kind, sentence } = await send(key);
          field.value = "";
          hold(kind !== "refused" || row.dataset.held);
          say(sentence, kind);
          await refresh();
        }),
    },
    text("save"),
  );
  const drop = element(
    "button",
    {
      type: "button",
      class: "quiet",
      disabled: !held,
      onclick: () =>
        guarded(async () => {
          await forget();
          field.value = "";
          hold(false);
          say(text("forgotten"));
          await refresh();
        }),
    },
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
    said,
  );
  hold(held);
  return row;
};

const providerRow = (name, label, hint, held) =>
  keyRow(`own-${name}`, label, hint, {
    held,
    send: async (key) => {
      const { checks } = await call("visitor/keys", { method: "PUT", body: { [name]: key } });
      return { kind: checks[name], sentence: text(checks[name]) };
    },
    forget: () => call("visitor/keys", { method: "PUT", body: { [name]: null } }),
  });

const accessRow = (visitor) =>
  keyRow("own-access", text("access"), element("span", { class: "hint" }, text("access_hint")), {
    held: visitor.kind === "key",
    send: async (key) => {
      const { name } = await call("visitor/access", { method: "PUT", body: { key } });
      return { kind: "works", sentence: text("entered", { name }) };
    },
    forget: () => call("visitor/access", { method: "DELETE" }),
  });

const rows = (visitor) => [
  ...visitor.providers.map(({ id, name, page }) =>
    providerRow(
      id,
      text("key_of", { provider: name }),
      element("a", { href: page, target: "_blank", rel: "noreferrer" }, text("key_page")),
      visitor.keys[id],
    ),
  ),
  providerRow(
    "huggingface",
    text("token"),
    element("span", { class: "hint" }, text("token_hint")),
    visitor.keys.huggingface,
  ),
];

const open = async (opener) => {
  if (document.querySelector("dialog.keys")) return;
  const visitor = await told();
  if (!visitor.providers) return;
  const close = () => dialog.close();
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
        named("close"),
      ),
    ),
    element("p", { class: "where" }, visitor.demo_forced ? text("keys_forced") : text("keys_where")),
    ...(visitor.demo_forced ? [] : rows(visitor)),
    visitor.takes_api_keys && accessRow(visitor),
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
  const opener = event.target.closest?.("[data-opens-keys]");
  if (opener) open(opener);
});
