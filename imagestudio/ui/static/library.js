// The Library tab: everything that this person has made, newest first.

import { Detail } from "./detail.js";
import { element, present } from "./dom.js";
import { named } from "./icons.js";
import { Filters, fromAddress } from "./library-filters.js";
import { Grid } from "./library-grid.js";
import { SelectionLine } from "./library-selection.js";
import { Source } from "./library-source.js";
import { emptyState } from "./library-states.js";
import { toast } from "./toast.js";
import { words } from "./words.js";

const NEWS_MS = 4000;
const text = (name, values) => words(`library.${name}`, values);

export const counted = (name, number) =>
  text(number === 1 ? `${name}_one` : name, { count: number.toLocaleString(document.documentElement.lang) });

const start = (mount) => {
  const source = new Source();
  const selection = new Set();
  let anchor = 0;

  const filters = new Filters(JSON.parse(mount.dataset.choices), (filter) => {
    select(() => selection.clear());
    grid.active = 0;
    source.open(filter);
  });
  const grid = new Grid(source, selection, {
    activated: (index) => (line.selecting ? toggle(index, false) : detail.open(index)),
    toggled: (index, range) => toggle(index, range),
    commanded: (event) => command(event),
  });
  const detail = new Detail(source, { remove, favour, closed: (index) => grid.go(index) });
  const line = new SelectionLine(source, selection, {
    remove: () => remove([...selection]),
    changed: () => grid.draw(true),
  });
  const fresh = element("button", { type: "button", class: "fresh", hidden: true, onclick: () => takeIn() });
  const state = element("div", { class: "states" });
  const end = element("div", { class: "end", "aria-hidden": "true" });
  const keys = element("p", { id: "library-keys", class: "keys" }, text("keys"));
  mount.append(element("div", { class: "bar" }, filters.bar, line.root), fresh, state, grid.root, end, keys);

  const select = (change) => {
    change();
    line.draw();
    grid.draw(true);
  };

  const toggle = (index, range) => {
    const { pictures } = source;
    select(() => {
      if (range) {
        const [first, last] = [anchor, index].sort((one, other) => one - other);
        for (const picture of pictures.slice(first, last + 1)) selection.add(picture.id);
      } else {
        const { id } = pictures[index];
        if (!selection.delete(id)) selection.add(id);
        anchor = index;
      }
    });
  };

  const selectAll = () =>
    select(() => {
      for (const { id } of source.pictures) selection.add(id);
    });

  async function remove(ids) {
    // What had the focus goes: whoever moves by keys goes on where they were.
    const byKeys = grid.root.contains(document.activeElement);
    const stay = () => byKeys && source.pictures.length && grid.go(grid.active);
    try {
      const undo = await source.remove(ids);
      select(() => {
        for (const id of ids) selection.delete(id);
      });
      stay();
      const restored = () => {
        stay();
        toast(text("restored"));
      };
      const back = () => undo().then(restored, failed);
      toast(counted("deleted", ids.length), { label: text("undo"), run: back });
    } catch (error) {
      failed(error);
    }
  }

  function favour(picture, on) {
    return source.favour(picture, on).catch(failed);
  }

  const failed = (error) => toast(error.message);

  const command = (event) => {
    const picture = source.pictures[grid.active];
    if (!picture) return false;
    const whole = event.ctrlKey || event.metaKey;
    const commands = {
      Enter: () => detail.open(grid.active),
      " ": () => toggle(grid.active, event.shiftKey),
      f: () => !whole && favour(picture),
      Delete: () => remove(selection.size ? [...selection] : [picture.id]),
      Backspace: () => remove(selection.size ? [...selection] : [picture.id]),
      a: () => whole && selectAll(),
      Escape: () => line.end(),
    };
    const run = commands[event.key];
    return run ? run() !== false : false;
  };

  const takeIn = () => {
    const moved = source.arrived.length;
    grid.active += moved;
    source.takeIn();
    scrollTo(0, 0);
  };

  source.addEventListener("change", () => {
    const atTop = grid.root.getBoundingClientRect().top >= 0;
    if (source.arrived.length && atTop && !detail.isOpen) return takeIn();
    fresh.hidden = !source.arrived.length;
    fresh.replaceChildren(named("up"), counted("arrived", source.arrived.length));
    state.replaceChildren(...emptyState(source, filters));
    grid.root.hidden = !source.pictures.length;
    keys.hidden = !source.pictures.length;
    line.draw();
    grid.draw(true);
    detail.refresh();
    watchEnd();
  });

  // Observed anew after each page: an end that stays in sight says nothing by itself.
  const watch = new IntersectionObserver(([seen]) => seen.isIntersecting && source.more(), {
    rootMargin: "1200px",
  });
  const watchEnd = () => {
    watch.unobserve(end);
    watch.observe(end);
  };

  // Asked for while something runs, and whenever somebody comes back to it; never of a page that nobody sees.
  let next = 0;
  const soon = () => {
    clearTimeout(next);
    if (source.running) next = setTimeout(news, NEWS_MS);
  };
  const news = () => {
    clearTimeout(next);
    if (!document.hidden && mount.offsetParent) source.news().then(soon, soon);
  };
  source.addEventListener("change", soon);
  for (const name of ["visibilitychange", "studio:begun", "studio:drawn"])
    document.addEventListener(name, news);
  for (const name of ["focus", "online"]) addEventListener(name, news);
  let seen = false;
  new IntersectionObserver(() => {
    const here = mount.offsetParent !== null;
    if (seen || here) filters.address(here);
    seen ||= here;
    news();
  }).observe(mount);
  addEventListener("hashchange", () => fromAddress() && filters.follow(fromAddress()));

  source.open(filters.filter);
};

// The tab's own button, which Gradio draws.
const tab = () =>
  [...document.querySelectorAll('[role="tab"]')].find(
    (one) => one.textContent.trim() === words("tabs.library"),
  );
const showTab = () => tab()?.click();

present("#library").then(start);
present('[role="tab"]').then(() => fromAddress() && showTab());
addEventListener("hashchange", () => fromAddress() && showTab());
