// Who the visitor is: their demo or their keys decide what runs and what it costs. `studio:visitor` tells a change.

/** @typedef {import("./types.d.ts").Visitor} Visitor */

/** @type {Visitor} */
let visitor = { demo: false, models: {} };

/** @param {Visitor} next */
export const setVisitor = (next) => {
  visitor = next;
  document.dispatchEvent(new CustomEvent("studio:visitor", { detail: next }));
};

// first.js has asked already.
const known = window.studioVisit.then(({ data }) => data && setVisitor(data)).catch(() => {});

/** The visitor, once the studio has told who that is. */
export const getVisitor = () => known.then(() => visitor);

/** @param {(visitor: Visitor) => void} follow called now, and at each change */
export const onVisitor = (follow) => {
  document.addEventListener("studio:visitor", ({ detail }) => follow(detail));
  getVisitor().then(follow);
};

/** Whether a model can't run for want of a key. @param {string} model */
export const needsKey = (model) => visitor.models[model]?.can_run === false;

export const isDemo = () => visitor.demo;
