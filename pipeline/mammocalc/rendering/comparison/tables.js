// @ts-check
// The tables of a pair: what became of its clusters and of its calcifications, and which words are shown.

import { CHANGE_ORDER } from "../pages/scripts/change_order.js";
import { h } from "../pages/scripts/elements.js";
import { many, sayNumber } from "../pages/scripts/wording.js";
import { wordOf } from "./change_looks.js";
import { byId } from "./page_elements.js";

/** @import { Shown } from "./pairs.js" */

const COLUMNS = 8;

/** @type {(value: number | string | null | undefined) => string} */
const or = (value) => String(value ?? "–");

/** @type {(attributes: Record<string, any>, cells: (string | Node)[]) => HTMLTableRowElement} */
const line = (attributes, cells) => h("tr", attributes, ...cells.map((cell) => h("td", {}, cell)));

/**
 * @param {Shown} shown
 * @param {(number: number) => void} choose
 */
export function drawClusters(shown, choose) {
  const { clusters, loose } = shown.pair;
  const name = (/** @type {string | null} */ letter, /** @type {0 | 1} */ side) => {
    if (letter === null || shown.firstOf(letter, side) < 0) return or(letter);
    return h("button", { type: "button", class: "name", title: "To its first calcification", onclick: () => choose(shown.firstOf(letter, side)) }, letter);
  };
  byId("clusters").tBodies[0].replaceChildren(...clusters.map(({ letter, prior, change, members: [now, before, joined], reasons }) => line({}, [
    name(letter, 0), prior.length ? h("span", {}, ...prior.map((one) => name(one, 1))) : "–", wordOf(shown, change), or(now), or(before), or(joined), reasons.join(". "),
  ])));
  byId("clusters").hidden = !clusters.length;
  const chains = loose ? `${many(loose, "chain")} of specks without a descriptor: their calcifications stand alone below.` : "";
  byId("no-clusters").textContent = [clusters.length ? "" : "No clusters in either image.", chains].join(" ").trim();
}

/**
 * The rows of each word under a line that tells how many they are, and folds them.
 *
 * @param {Shown} shown
 * @param {(number: number) => void} choose
 */
export function drawCalcifications(shown, choose) {
  const table = byId("table");
  for (const body of [...table.tBodies]) body.remove();
  table.append(...shown.groups.map(({ change, numbers }) => bodyOf(shown, change, numbers, choose)));
  table.hidden = !shown.groups.length;
}

/**
 * @param {Shown} shown
 * @param {string} change
 * @param {number[]} numbers
 * @param {(number: number) => void} choose
 */
function bodyOf(shown, change, numbers, choose) {
  const isOpen = !shown.folded.has(change);
  const button = h("button", { type: "button", class: "fold", "aria-expanded": String(isOpen) }, isOpen ? "▾ " : "▸ ", wordOf(shown, change), ` ${sayNumber(numbers.length)}`);
  const body = h("tbody", {}, h("tr", { class: "group" }, h("th", { colSpan: COLUMNS, scope: "rowgroup" }, button)));
  if (isOpen) body.append(...numbers.map((number) => rowOf(shown, number, choose)));
  button.addEventListener("click", () => {
    shown.fold(change);
    const other = bodyOf(shown, change, numbers, choose);
    body.replaceWith(other);
    other.querySelector("button")?.focus();
  });
  return body;
}

/**
 * @param {Shown} shown
 * @param {number} number
 * @param {(number: number) => void} choose
 */
function rowOf(shown, number, choose) {
  const { names, change, mm, groups, reason } = shown.pair.marks[number];
  const name = (/** @type {0 | 1} */ side) => (names[side] === null ? "–" : h("button", { type: "button", class: "name" }, names[side]));
  const cells = [name(0), name(1), wordOf(shown, change), or(mm[0]?.toFixed(2)), or(mm[1]?.toFixed(2)), or(groups[0]), or(groups[1]), reason];
  return line({ id: `mark-${number}`, "aria-current": number === shown.mark ? "true" : null, onclick: () => choose(number) }, cells);
}

/**
 * @param {number} number
 * @param {boolean} isChosen
 */
export function showChosen(number, isChosen) {
  const row = document.getElementById(`mark-${number}`);
  if (isChosen) row?.setAttribute("aria-current", "true");
  else row?.removeAttribute("aria-current");
}

/**
 * @param {Shown} shown
 * @param {() => void} changed
 */
export function drawFilters(shown, changed) {
  const { pair, hidden } = shown;
  byId("filters").replaceChildren(...CHANGE_ORDER.filter((change) => pair.counts[change]).map((change) => {
    const box = h("input", { type: "checkbox", checked: !hidden.has(change) });
    box.addEventListener("change", () => {
      if (box.checked) hidden.delete(change);
      else hidden.add(change);
      changed();
    });
    return h("label", {}, box, wordOf(shown, change), ` ${pair.counts[change]}`);
  }));
}
