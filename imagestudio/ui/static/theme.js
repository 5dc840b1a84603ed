// The switch between light, dark and the system's own, in the top bar. first.js applies it.

import { element, icon, present } from "./dom.js";
import { words } from "./words.js";

// Lucide's monitor, sun and moon.
const PATHS = {
  system: ["M4 3h16a2 2 0 0 1 2 2v10a2 2 0 0 1-2 2H4a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2Z", "M8 21h8", "M12 17v4"],
  light: [
    "M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8Z",
    "M12 2v2",
    "M12 20v2",
    "m4.93 4.93 1.41 1.41",
    "m17.66 17.66 1.41 1.41",
    "M2 12h2",
    "M20 12h2",
    "m6.34 17.66-1.41 1.41",
    "m19.07 4.93-1.41 1.41",
  ],
  dark: [
    "M20.985 12.486a9 9 0 1 1-9.473-9.472c.405-.022.617.46.402.803a6 6 0 0 0 8.268 8.268c.344-.215.825-.004.803.401",
  ],
};
const ORDER = Object.keys(PATHS);

// One button that goes round: it says what is chosen, and the next press is the next of three.
const button = element("button", {
  type: "button",
  class: "theme",
  onclick: () => {
    window.studioTheme.choose(ORDER[(ORDER.indexOf(window.studioTheme.chosen()) + 1) % ORDER.length]);
    show();
  },
});

const show = () => {
  const chosen = window.studioTheme.chosen();
  const said = `${words("theme.label")}: ${words(`theme.${chosen}`)}`;
  button.replaceChildren(icon(...PATHS[chosen]));
  button.setAttribute("aria-label", said);
  button.title = said;
};

show();
addEventListener("storage", show);
(await present("#bar-theme")).append(button);
