// Making and finding elements. Text is only ever set as text: nothing from outside becomes markup.

// element("button", { class: "quiet", type: "button", onclick: … }, "Stop") — functions become listeners,
// true an empty attribute, null and false none.
export const element = (name, attributes = {}, ...children) => {
  const made = document.createElement(name);
  set(made, attributes);
  made.append(...children.flat().filter((child) => child != null && child !== false));
  return made;
};

export const set = (target, attributes) => {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") target.addEventListener(name.replace(/^on/, ""), value);
    else if (value == null || value === false) target.removeAttribute(name);
    else target.setAttribute(name, value === true ? "" : value);
  }
  return target;
};

// An icon of Lucide's (lucide.dev, ISC licence) from its paths; decoration beside a word or an accessible name.
export const icon = (...paths) => {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  set(svg, { viewBox: "0 0 24 24", width: 16, height: 16, fill: "none", stroke: "currentColor" });
  set(svg, {
    "stroke-width": 1.5,
    "stroke-linecap": "round",
    "stroke-linejoin": "round",
    "aria-hidden": "true",
  });
  svg.append(...paths.map((d) => set(document.createElementNS(space, "path"), { d })));
  return svg;
};

// The element, once Gradio has drawn it: it draws a tab when it is first opened.
export const present = (selector) =>
  new Promise((resolve) => {
    const look = () => {
      const found = document.querySelector(selector);
      if (found) {
        watch.disconnect();
        resolve(found);
      }
    };
    const watch = new MutationObserver(look);
    watch.observe(document, { childList: true, subtree: true });
    look();
  });

// Where dialogs and what floats belong: Gradio's rules for a style sheet hold below this element only.
export const host = () => document.querySelector(".gradio-container .contain");
