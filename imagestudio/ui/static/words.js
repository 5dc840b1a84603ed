// The page's texts, in the language that the browser asks for. They come with the page, from ui/words.

import { present } from "./dom.js";

const languages = JSON.parse((await present("#studio-words pre")).textContent);
const asked = (navigator.language ?? "en").toLowerCase().split("-")[0];

export const language = asked in languages ? asked : "en";

// words("ahead", { count: 2 })
export const words = (name, values = {}) =>
  languages[language][name].replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);

export const has = (name) => name in languages[language];

export const number = (value) => value.toLocaleString(language);

document.documentElement.lang = language;
