// Making and finding elements. Text is only ever set as text: nothing from outside becomes markup.

/**
 * @typedef {string | number | boolean | null | undefined | ((event: any) => unknown)} Attribute
 *   a listener's event is that of its name: `onclick` gets a MouseEvent
 * @typedef {Record<string, Attribute>} Attributes
 * @typedef {Node | string | false | null | undefined} Child
 */

/**
 * element("button", { class: "quiet", type: "button", onclick: … }, "Stop") — functions become listeners,
 * true an empty attribute, null and false none.
 *
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name @param {Attributes} [attributes] @param {(Child | Child[])[]} children
 * @returns {HTMLElementTagNameMap[Name]}
 */
export const element = (name, attributes = {}, ...children) => {
  const made = document.createElement(name);
  setAttributes(made, attributes);
  made.append(...children.flat().filter((child) => child != null && child !== false));
  return made;
};

/**
 * @template {Element} Target
 * @param {Target} target @param {Attributes} attributes
 */
export const setAttributes = (target, attributes) => {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") target.addEventListener(name.replace(/^on/, ""), value);
    else if (value == null || value === false) target.removeAttribute(name);
    else target.setAttribute(name, value === true ? "" : String(value));
  }
  return target;
};

/** A control with its label above. @param {string} label @param {HTMLElement} control */
export const labelled = (label, control) =>
  element("label", { class: "field" }, element("span", {}, label), control);

/** The first of them, where there is one. @param {string} selector @returns {HTMLElement | null} */
export const find = (selector) => document.querySelector(selector);

/** @param {string} selector @returns {HTMLElement[]} */
export const findAll = (selector) => [...document.querySelectorAll(selector)].filter(isHtml);

/** @param {Element} one @returns {one is HTMLElement} */
const isHtml = (one) => one instanceof HTMLElement;

/** What an event happened at or in. @param {Event} event @param {string} selector @returns {HTMLElement | null} */
export const closest = ({ target }, selector) =>
  target instanceof Element ? target.closest(selector) : null;

/** Whether a key was pressed together with another one. @param {KeyboardEvent} event */
export const hasModifier = (event) => event.ctrlKey || event.metaKey || event.altKey;

/**
 * The element, once Gradio has drawn it: it draws a tab when it is first opened.
 *
 * @param {string} selector
 * @returns {Promise<HTMLElement>}
 */
export const present = (selector) =>
  new Promise((resolve) => {
    const look = () => {
      const element = find(selector);
      if (element) {
        watch.disconnect();
        resolve(element);
      }
    };
    const watch = new MutationObserver(look);
    watch.observe(document, { childList: true, subtree: true });
    look();
  });

/** Where dialogs and what floats belong: Gradio's rules for a style sheet hold below this element only. */
export const host = () => find(".gradio-container .contain") ?? document.body;

/**
 * Ask something of another part of the page.
 *
 * @template {keyof DocumentEventMap} Name
 * @param {Name} name @param {DocumentEventMap[Name] extends CustomEvent<infer Detail> ? Detail : never} [detail]
 */
export const dispatch = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));

/** The address of a picture's file. @param {string} id */
export const fileUrl = (id) => new URL(`visitor/files/${id}`, document.baseURI).href;

/** A key with which a request that is sent twice is carried out once. */
export const newKey = () => crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
