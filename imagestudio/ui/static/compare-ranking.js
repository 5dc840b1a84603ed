// The person's own ranking: a score with the range that it lies in with 95 % certainty, drawn as a thin line.

import { call } from "./api.js";
import { seconds, text, usd } from "./compare-said.js";
import { element } from "./dom.js";
import { named } from "./icons.js";

const ENOUGH = 20;

const honest = ({ votes }) => {
  if (votes === 1) return text("ranking_few_one");
  return text(votes < ENOUGH ? "ranking_few" : "ranking_votes", { count: votes });
};

const line = (rank, least, most) => {
  const at = (points) => `${((points - least) / Math.max(1, most - least)) * 100}%`;
  const [low, high] = [Math.round(rank.low), Math.round(rank.high)];
  const range = element(
    "span",
    {
      class: "range",
      role: "img",
      "aria-label": text("interval", { low, high }),
      title: text("interval", { low, high }),
    },
    element("i", {}),
    element("b", {}),
  );
  range.firstChild.style.cssText = `left:${at(rank.low)};width:calc(${at(rank.high)} - ${at(rank.low)})`;
  range.lastChild.style.left = at(rank.rating);
  return range;
};

const row = (rank, place, least, most) =>
  element(
    "tr",
    {},
    element("td", { class: "place" }, String(place + 1)),
    element("th", { scope: "row", class: "model" }, rank.model_name),
    element(
      "td",
      { class: "score" },
      element("div", {}, element("span", {}, String(Math.round(rank.rating))), line(rank, least, most)),
    ),
    element("td", {}, String(rank.votes)),
    element("td", {}, rank.average_usd == null ? "–" : usd(rank.average_usd)),
    element("td", {}, rank.average_seconds == null ? "–" : seconds(rank.average_seconds)),
  );

export class Ranking {
  constructor() {
    this.title = element("h2", {});
    this.body = element("div", {});
    this.csv = element(
      "a",
      {
        class: "quiet",
        href: "visitor/comparisons/ranking.csv",
        download: "image-studio-ranking.csv",
        hidden: true,
      },
      named("download"),
      text("csv"),
    );
    this.root = element(
      "section",
      { class: "ranking", "aria-live": "polite" },
      element("header", {}, this.title, this.csv),
      this.body,
    );
  }

  async load() {
    const ranking = await call("visitor/comparisons/ranking");
    this.title.textContent = text(ranking.demo ? "ranking_demo" : "ranking");
    this.csv.hidden = !ranking.ranks.length;
    this.body.replaceChildren(
      ...(ranking.ranks.length
        ? this.#table(ranking)
        : [element("p", { class: "hint" }, text("ranking_empty"))]),
    );
  }

  #table(ranking) {
    const { ranks } = ranking;
    const [least, most] = [
      Math.min(...ranks.map((rank) => rank.low)),
      Math.max(...ranks.map((rank) => rank.high)),
    ];
    const heads = ["place", "model", "score", "votes", "price", "time"].map((name) =>
      element("th", { scope: "col", class: name }, text(name)),
    );
    return [
      element("p", { class: "hint" }, honest(ranking)),
      element(
        "table",
        {},
        element("thead", {}, element("tr", {}, heads)),
        element(
          "tbody",
          {},
          ranks.map((rank, place) => row(rank, place, least, most)),
        ),
      ),
    ];
  }
}
