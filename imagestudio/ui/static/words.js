// The page's texts, in the language that the browser asks for. They come in the page, from ui/gradio/page_data.py.

const source = document.getElementById("studio-words");
const texts = JSON.parse(source.textContent);

export const language = source.lang;

// words("ahead", { count: 2 })
export const words = (name, values = {}) =>
  texts[name].replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);

export const number = (value) => value.toLocaleString(language);

document.documentElement.lang = language;
