// The person's own ranking: a score with the range that it lies in with 95 % certainty, drawn as a thin line.

import { call } from "./api.js";
import { text } from "./compare-texts.js";
import { element } from "./dom.js";
import { icon } from "./icons.js";
import { usd } from "./price.js";
import { seconds } from "./texts.js";

/**
 * @typedef {import("./types.d.ts").Rank} Rank
 * @typedef {import("./types.d.ts").Ranking} RankingData
 */

const ENOUGH = 20;

/** How far it can be trusted. @param {RankingData} ranking */
const basis = ({ votes }) => {
  if (votes === 1) return text("ranking_few_one");
  return text(votes < ENOUGH ? "ranking_few" : "ranking_votes", { count: votes });
};

/** @param {Rank} rank @param {number} least @param {number} most */
const line = (rank, least, most) => {
  const at = (/** @type {number} */ points) => `${((points - least) / Math.max(1, most - least)) * 100}%`;
  const interval = text("interval", { low: Math.round(rank.low), high: Math.round(rank.high) });
  const range = element("i");
  range.style.cssText = `left:${at(rank.low)};width:calc(${at(rank.high)} - ${at(rank.low)})`;
  const rating = element("b");
  rating.style.left = at(rank.rating);
  return element(
    "span",
    { class: "range", role: "img", "aria-label": interval, title: interval },
    range,
    rating,
  );
};

/** @param {Rank} rank @param {number} place @param {number} least @param {number} most */
const row = (rank, place, least, most) => {
  const score = element("span", {}, String(Math.round(rank.rating)));
  return element(
    "tr",
    {},
    element("td", { class: "place" }, String(place + 1)),
    element("th", { scope: "row", class: "model" }, rank.model_name),
    element("td", { class: "score" }, element("div", {}, score, line(rank, least, most))),
    element("td", {}, String(rank.votes)),
    element("td", {}, rank.average_usd == null ? "–" : usd(rank.average_usd)),
    element("td", {}, rank.average_seconds == null ? "–" : seconds(rank.average_seconds, 1)),
  );
};

/** @param {RankingData} ranking */
const table = (ranking) => {
  const { ranks } = ranking;
  const least = Math.min(...ranks.map((rank) => rank.low));
  const most = Math.max(...ranks.map((rank) => rank.high));
  const heads = ["place", "model", "score", "votes", "price", "time"].map((name) =>
    element("th", { scope: "col", class: name }, text(name)),
  );
  const rows = ranks.map((rank, place) => row(rank, place, least, most));
  return [
    element("p", { class: "hint" }, basis(ranking)),
    element("table", {}, element("thead", {}, element("tr", {}, heads)), element("tbody", {}, rows)),
  ];
};

export class Ranking {
  constructor() {
    this.title = element("h2");
    this.body = element("div");
    this.csv = element(
      "a",
      {
        class: "quiet",
        href: "visitor/comparisons/ranking.csv",
        download: "image-studio-ranking.csv",
        hidden: true,
      },
      icon("download"),
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
    /** @type {RankingData} */
    const ranking = await call("visitor/comparisons/ranking");
    const isEmpty = !ranking.ranks.length;
    this.title.textContent = text(ranking.demo ? "ranking_demo" : "ranking");
    this.csv.hidden = isEmpty;
    const hint = () => element("p", { class: "hint" }, text("ranking_empty"));
    this.body.replaceChildren(...(isEmpty ? [hint()] : table(ranking)));
  }
}
