// When the library asks for new pictures: while something runs, and whenever somebody comes back to it; never of a
// page that nobody sees.

/** @typedef {import("./library-source.js").LibrarySource} LibrarySource */

const PAUSE_MS = 4000;

/** @param {LibrarySource} source @param {() => boolean} isVisible whether the library's tab is the one that is open */
export const followNews = (source, isVisible) => {
  let timer = 0;
  const check = (started = false) => {
    clearTimeout(timer);
    if (!document.hidden && isVisible()) source.checkForNew(started);
  };
  source.addEventListener("answer", () => {
    clearTimeout(timer);
    if (source.isRunning) timer = window.setTimeout(check, PAUSE_MS);
  });
  for (const event of ["studio:started", "studio:rendered"])
    document.addEventListener(event, () => check(true));
  document.addEventListener("visibilitychange", () => check());
  for (const event of ["focus", "online"]) addEventListener(event, () => check());
  return check;
};
