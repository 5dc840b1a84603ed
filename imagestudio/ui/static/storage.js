// What the browser keeps for the page. Where its storage is full or forbidden, it forgets.

/** @param {() => Storage} storage */
const safe = (storage) => ({
  /** @param {string} name @param {unknown} value */
  save(name, value) {
    try {
      storage().setItem(`studio.${name}`, JSON.stringify(value));
    } catch {}
  },
  /**
   * @param {string} name
   * @returns {any} what was saved: it is the caller's own
   */
  load(name) {
    try {
      return JSON.parse(storage().getItem(`studio.${name}`) ?? "null");
    } catch {
      return null;
    }
  },
});

/** For this tab, until it is closed. */
export const session = safe(() => sessionStorage);

/** For every tab of this browser. */
export const local = safe(() => localStorage);

const THEME = "studio.theme";

/** Forget all that the page keeps in this browser, prompts above all; how it looks stays. */
export const forgetAll = () => {
  for (const storage of [() => sessionStorage, () => localStorage]) {
    try {
      const names = Object.keys(storage()).filter((name) => name.startsWith("studio.") && name !== THEME);
      for (const name of names) storage().removeItem(name);
    } catch {}
  }
};
