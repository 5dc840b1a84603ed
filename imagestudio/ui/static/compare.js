// The Compare tab: one prompt, several models side by side, a vote, and the ranking that comes of it.

import { Form } from "./compare-form.js";
import { Large } from "./compare-large.js";
import { Ranking } from "./compare-ranking.js";
import { Results, refusals } from "./compare-results.js";
import { button, text } from "./compare-said.js";
import { Source } from "./compare-source.js";
import { Vote } from "./compare-vote.js";
import { element, present } from "./dom.js";
import { toast } from "./toast.js";
import { language } from "./words.js";

const when = (at) =>
  new Date(at).toLocaleString(language, {
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
  });

const start = (mount) => {
  const source = new Source();
  const ranking = new Ranking();
  const failed = (error) => toast(error.message);
  const form = new Form({
    run: (body) => source.begin(body),
    stop: () => source.stop().catch(failed),
    forecast: (wishes, signal) => source.forecast(wishes, signal),
  });
  const results = new Results({
    open: (card) => large.open(card),
    elapsed: (place) => source.elapsed(place),
  });
  const large = new Large(() => results.cards);
  const vote = new Vote(
    (place) => source.vote(place).catch((error) => toast(`${text("vote_failed")} ${error.message}`)),
    () => mount.offsetParent !== null,
  );
  const prompt = element("p", { class: "prompt" });
  const earlier = element("select", { "aria-label": text("earlier"), class: "earlier", hidden: true });
  const notes = element("div", { class: "notes", "aria-live": "polite" });
  const state = element("div", { class: "state" });
  const top = element("div", { class: "above", hidden: true }, prompt, earlier);
  mount.append(
    form.root,
    element("div", { class: "stage" }, top, state, results.root, vote.root, notes, ranking.root),
  );

  const empty = () =>
    element(
      "div",
      { class: "nothing" },
      element("h2", {}, text("empty_title")),
      element("p", {}, text("empty_hint")),
      element("blockquote", {}, text("empty_example")),
      button("plain", null, text("empty_action"), () => form.example()),
    );

  const list = () => {
    const { listed = [], now } = source;
    earlier.hidden = listed.length < 2;
    earlier.replaceChildren(
      ...listed.map(({ id, created_at: at, prompt: said }) =>
        element("option", { value: id, selected: id === now?.id }, `${when(at)} · ${said.slice(0, 60)}`),
      ),
    );
  };

  const draw = () => {
    const { now } = source;
    mount.classList.toggle("has", Boolean(now));
    mount.classList.toggle("votable", Boolean(now?.can_vote && !now.vote));
    top.hidden = !now;
    results.root.hidden = !now?.runs.length;
    state.replaceChildren(...(now ? [] : [empty()]));
    form.show({ running: Boolean(now && !now.ended) });
    vote.show(now);
    list();
    if (!now) return;
    if (prompt.textContent !== now.prompt) prompt.textContent = now.prompt;
    results.show(now);
    const lost = source.lost && element("p", { class: "lost" }, text("lost"));
    notes.replaceChildren(...[lost, refusals(now, () => source.again().catch(failed))].filter(Boolean));
  };

  const broken = (error) =>
    state.replaceChildren(
      element(
        "div",
        { class: "nothing", role: "alert" },
        element("h2", {}, text("broken")),
        element("p", {}, error.message),
        button("plain", "again", text("again"), load),
      ),
    );
  const load = () => source.latest().catch(broken);

  let tells = true;
  const rank = () => ranking.load().catch((error) => tells && failed(error));
  earlier.addEventListener("change", () => source.open(earlier.value).catch(failed));
  source.addEventListener("change", draw);
  source.addEventListener("voted", rank);
  // Who comes from another tab may have voted in another window.
  new IntersectionObserver(([seen]) => {
    tells = seen.isIntersecting;
    if (tells) rank();
  }).observe(mount);
  load();
};

present("#compare").then(start);
