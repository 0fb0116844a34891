// @ts-check
// The page of a comparison: pairs of images, one of them on the stage, and the keys that lead through them.

import { h, termOf } from "../pages/scripts/elements.js";
import { isPlain } from "../pages/scripts/key_events.js";
import { sayInterval } from "../pages/scripts/wording.js";
import { drawLoupe } from "./loupe.js";
import { byId } from "./page_elements.js";
import { Shown } from "./pairs.js";
import { drawStage } from "./stage.js";
import { drawCalcifications, drawClusters, drawFilters, showChosen } from "./tables.js";

/** @type {import("./pairs.js").Data} */
const data = JSON.parse(byId("data").textContent ?? "");
const shown = new Shown(data);

function listPairs() {
  byId("pairs").replaceChildren(...data.pairs.map((pair, number) => {
    const about = pair.comparable ? shown.counted(pair) : "not comparable";
    return h("li", {}, h("button", { type: "button", "aria-current": String(number === shown.number), onclick: () => show(number) },
      h("div", {}, `${shown.nameOf(pair)} · prior ${sayInterval(pair.days)}`), h("div", { class: "dim" }, about)));
  }));
}

function drawAgain() {
  drawStage(shown, choose);
}

/** @param {number} number Of a mark. */
function choose(number) {
  showChosen(shown.mark, false);
  shown.mark = number;
  showChosen(number, true);
  drawAgain();
  drawLoupe(shown);
}

/** @param {number} number Of a pair. */
function show(number) {
  shown.open(number);
  const { pair } = shown;
  byId("name").textContent = `${shown.nameOf(pair)} · prior ${sayInterval(pair.days)}`;
  byId("name").title = [...pair.uids, ...(pair.days === null ? [] : [`${pair.days} days`])].join(" → ");
  byId("document").setAttribute("href", pair.document);
  byId("reasons").replaceChildren(...[...pair.reasons, ...pair.notes].map((text) => h("li", {}, text)));
  listPairs();
  drawClusters(shown, choose);
  drawFilters(shown, () => {
    drawCalcifications(shown, choose);
    drawAgain();
  });
  drawCalcifications(shown, choose);
  drawAgain();
  drawLoupe(shown);
}

/** @param {string} id */
function isInSight(id) {
  const box = document.getElementById(id)?.getBoundingClientRect();
  return box !== undefined && box.bottom > 0 && box.top < window.innerHeight;
}

/** @param {number} by */
function walk(by) {
  const next = shown.next(by);
  if (next === undefined) return;
  const isRowSeen = isInSight(`mark-${shown.mark}`);
  choose(next);
  // Who reads in the table goes on in the table; who looks at the pictures keeps them.
  if (isRowSeen) document.getElementById(`mark-${next}`)?.scrollIntoView({ block: "nearest" });
}

function swap() {
  shown.side = shown.side === 0 ? 1 : 0;
  drawLoupe(shown);
}

/** @type {Record<string, () => void>} */
const KEYS = {
  b: swap,
  j: () => walk(1), k: () => walk(-1),
  n: () => show(shown.number + 1), p: () => show(shown.number - 1),
  l: () => {
    shown.hasLines = !shown.hasLines;
    drawAgain();
  },
};

byId("swap").addEventListener("click", swap);
byId("notice").textContent = data.notice;
byId("stability").textContent = data.stability;
byId("facts").replaceChildren(...data.facts.map(([term, text]) => termOf(term, text)));
byId("remarks").replaceChildren(...data.notes.map((text) => h("p", {}, text)));
if (data.pairs.length) {
  window.addEventListener("keydown", (event) => {
    if (isPlain(event)) KEYS[event.key.toLowerCase()]?.();
  });
  window.addEventListener("resize", () => {
    drawAgain();
    drawLoupe(shown);
  });
  show(0);
}
