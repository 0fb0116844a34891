// @ts-check
// How each change is drawn: colours of Okabe and Ito; the shape tells the words apart as well.

import { h, s } from "../pages/scripts/elements.js";

/** @import { Shown } from "./pairs.js" */

/** @type {Record<string, [colour: string, path: string]>} */
const LOOKS = {
  matched: ["#56b4e9", "M-1 0A1 1 0 1 0 1 0A1 1 0 1 0 -1 0Z"],
  grown: ["#d55e00", "M0 -1.2L1.1 .9L-1.1 .9Z"],
  smaller: ["#009e73", "M0 1.2L1.1 -.9L-1.1 -.9Z"],
  new: ["#f0e442", "M0 -1.3L1.3 0L0 1.3L-1.3 0Z"],
  new_faint: ["#cfc98a", "M-1 -1H1V1H-1Z"],
  gone: ["#cc79a7", "M-1 -1L1 1M1 -1L-1 1"],
  not_comparable: ["#8d96a1", "M-1 0H1"],
};

/** @param {string} change */
export function colourOf(change) {
  return LOOKS[change]?.[0] ?? "#fff";
}

/** @param {string} change */
export function shapeOf(change) {
  return LOOKS[change]?.[1] ?? "";
}

/**
 * The symbol of a change with its word.
 *
 * @param {Shown} shown
 * @param {string} change
 */
export function wordOf(shown, change) {
  const path = s("path", { d: shapeOf(change), fill: "none", stroke: colourOf(change), "stroke-width": 0.45 });
  const title = shown.data.words[change]?.[1] ?? "";
  return h("span", { class: "word", title }, s("svg", { viewBox: "-2 -2 4 4", "aria-hidden": "true" }, path), shown.wordOf(change));
}
