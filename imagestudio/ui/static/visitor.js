// Who the visitor is, as `GET /visitor` tells it. A change reaches everything that shows it: studio:visitor.

import { call } from "./api.js";

export const told = () => window.studio.told();

// Ask anew, and let the forms follow: what runs, what it costs.
export const refresh = async () => {
  const now = await call("visitor");
  window.studio.become(now);
  for (const task of ["generate", "edit"]) document.getElementById(`${task}-fill`)?.click();
  return now;
};

export const onVisitor = (follow) => {
  document.addEventListener("studio:visitor", ({ detail }) => follow(detail));
  told().then(follow);
};
