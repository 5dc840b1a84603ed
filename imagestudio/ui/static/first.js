// Addresses in the page are relative, for it may be served under a prefix: that ends with a slash.
if (!location.pathname.endsWith("/"))
  history.replaceState(history.state, "", `${location.pathname}/${location.search}${location.hash}`);

// Who the visitor is: asked for while Gradio is still being loaded. visitor.js waits for it.
window.studioVisit = fetch("visitor").then((response) => response.json());
window.studioVisit.catch(() => {});

// The last runs come a moment after the page: their room is free where there were any. strip.js remembers.
try {
  for (const task of ["generate", "edit"])
    if (localStorage.getItem(`studio.runs.${task}`))
      document.documentElement.style.setProperty(`--${task}-runs`, "72px");
} catch {
  // Forbidden: then the form moves once.
}

// Light, dark or as the system has it: known before anything is drawn, so that nothing flashes.
(() => {
  const NAME = "studio.theme";
  const system = matchMedia("(prefers-color-scheme: dark)");
  const root = document.documentElement;

  const chosen = () => {
    try {
      const kept = localStorage.getItem(NAME);
      return kept === "light" || kept === "dark" ? kept : "system";
    } catch {
      return "system";
    }
  };
  /** @param {"system" | "light" | "dark"} theme */
  const choose = (theme) => {
    try {
      if (theme === "system") localStorage.removeItem(NAME);
      else localStorage.setItem(NAME, theme);
    } catch {
      // Forbidden: then the next page follows the system.
    }
    apply(theme);
  };

  const apply = (theme = chosen()) => {
    const dark = theme === "system" ? system.matches : theme === "dark";
    root.style.colorScheme = dark ? "dark" : "light";
    // Until Gradio has drawn: its page has two colours, and takes one by what the system says.
    const [have, want] = system.matches ? ["-dark", ""] : ["", "-dark"];
    for (const part of ["--bg", "--col"]) {
      if (dark === system.matches) root.style.removeProperty(part + have);
      else root.style.setProperty(part + have, `var(${part}${want})`);
    }
    // Gradio sets the class by the system, at the start and whenever that changes.
    const { body } = document;
    if (body && body.classList.contains("dark") !== dark) body.classList.toggle("dark", dark);
  };

  /** @type {HTMLElement | undefined} */
  let watched;
  const watch = () => {
    if (document.body && watched !== document.body) {
      watched = document.body;
      new MutationObserver(() => apply()).observe(watched, { attributes: true, attributeFilter: ["class"] });
      apply();
    }
  };
  new MutationObserver((_, self) => {
    watch();
    if (watched) self.disconnect();
  }).observe(root, { childList: true });

  system.addEventListener("change", () => apply());
  // Another tab of this browser chose.
  addEventListener("storage", ({ key }) => key === NAME && apply());
  apply();
  watch();
  window.studioTheme = { chosen, choose };
})();
