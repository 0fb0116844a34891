// @ts-check
// The tables of a pair: what became of its clusters and of its calcifications, and which words are shown.

import { h } from "../pages/scripts/elements.js";
import { wordOf } from "./change_looks.js";
import { byId } from "./page_elements.js";

/** @import { Shown } from "./pairs.js" */

/** @type {(value: number | string | null | undefined) => string} */
const or = (value) => String(value ?? "–");

/** @type {(id: "clusters" | "table", rows: HTMLElement[]) => void} */
const fill = (id, rows) => byId(id).tBodies[0].replaceChildren(...rows);

/** @type {(attributes: Record<string, any>, cells: (string | Node)[]) => HTMLTableRowElement} */
const line = (attributes, cells) => h("tr", attributes, ...cells.map((cell) => h("td", {}, cell)));

/** @param {Shown} shown */
export function drawClusters(shown) {
  fill("clusters", shown.pair.clusters.map(({ letter, prior, change, members: [now, before, joined], reasons }) => line({}, [
    or(letter), prior.map(or).join(", ") || "–", wordOf(shown, change), or(now), or(before), or(joined), reasons.join(". "),
  ])));
}

/**
 * @param {Shown} shown
 * @param {(number: number) => void} choose
 */
export function drawCalcifications(shown, choose) {
  fill("table", shown.marks.map((number) => {
    const { ids, change, mm, clusters, reason } = shown.pair.marks[number];
    return line(
      { id: `mark-${number}`, "aria-selected": String(number === shown.mark), onclick: () => choose(number) },
      [or(ids[0]), or(ids[1]), wordOf(shown, change), or(mm[0]), or(mm[1]), or(clusters[0]), or(clusters[1]), reason],
    );
  }));
}

/**
 * @param {number} number
 * @param {boolean} isChosen
 */
export function showChosen(number, isChosen) {
  document.getElementById(`mark-${number}`)?.setAttribute("aria-selected", String(isChosen));
}

/**
 * @param {Shown} shown
 * @param {() => void} changed
 */
export function drawFilters(shown, changed) {
  const { pair, hidden, data } = shown;
  byId("filters").replaceChildren(...Object.keys(data.words).filter((change) => pair.counts[change]).map((change) => {
    const box = h("input", { type: "checkbox", checked: !hidden.has(change) });
    box.addEventListener("change", () => {
      if (box.checked) hidden.delete(change);
      else hidden.add(change);
      changed();
    });
    return h("label", {}, box, wordOf(shown, change), ` ${pair.counts[change]}`);
  }));
}
