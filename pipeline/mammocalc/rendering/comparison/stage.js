// @ts-check
// Both pictures at one scale, their marks, and lines between those that were joined.

import { h, s } from "../pages/scripts/elements.js";
import { colourOf, shapeOf } from "./change_looks.js";
import { byId } from "./page_elements.js";
import { SIDES } from "./pairs.js";

/** @import { Compared, Mark, Shown } from "./pairs.js" */

/** @typedef {[number, number] | null} End */

const BETWEEN_PX = 40;  // of the stage, beside its pictures
const LEAST_MARK_PX = 4;
const [ABOVE_PX, BELOW_PX] = [11, 22];  // from a mark to the words beside it

/**
 * The scale of both pictures, in pixels of the screen for a millimetre.
 *
 * @param {Compared} pair
 */
function scaleOf({ sizes }) {
  const width = sizes[0][0] + sizes[1][0];
  const height = Math.max(sizes[0][1], sizes[1][1]);
  const room = Math.max(360, byId("stage").clientWidth) - BETWEEN_PX;
  return Math.min(5, Math.max(1, Math.min(room / width, Math.max(420, window.innerHeight * 0.78) / height)));
}

/**
 * @param {Shown} shown
 * @param {(number: number) => void} choose Called with the mark that is clicked.
 */
export function drawStage(shown, choose) {
  const { pair, hidden } = shown;
  const scale = scaleOf(pair);
  SIDES.forEach((side, number) => {
    const box = byId(side);
    const source = pair.pictures[number];
    box.style.width = `${pair.sizes[number][0] * scale}px`;
    box.style.height = `${pair.sizes[number][1] * scale}px`;
    box.replaceChildren(source ? h("img", { alt: `${side} ${pair.name}`, src: source }) : h("p", { class: "none" }, "No picture: name the DICOM files with --images."));
  });
  const corners = cornersOf();
  const endsOf = (/** @type {Mark} */ { at }) => at.map((place, side) => place && /** @type {End} */ ([corners[side][0] + place[0] * scale, corners[side][1] + place[1] * scale]));
  const marks = pair.marks.flatMap((mark, number) => {
    if (hidden.has(mark.change)) return [];
    return drawn(mark, endsOf(mark), { scale, isChosen: number === shown.mark, hasLines: shown.hasLines, onclick: () => choose(number) });
  });
  byId("lines").replaceChildren(...marks, ...lettersOf(pair.marks.filter(({ change }) => !hidden.has(change)), endsOf), ...namesOf(pair.marks[shown.mark], endsOf));
}

/**
 * The letter of each cluster and artery over its topmost mark.
 *
 * @param {Mark[]} marks
 * @param {(mark: Mark) => End[]} endsOf
 */
function lettersOf(marks, endsOf) {
  return SIDES.flatMap((_, side) => {
    /** @type {Map<string, End>} */
    const tops = new Map();
    for (const mark of marks) {
      const [letter, end] = [mark.groups[side], endsOf(mark)[side]];
      const top = letter === null ? null : tops.get(letter);
      if (letter !== null && end && (!top || end[1] < top[1])) tops.set(letter, end);
    }
    return [...tops].map(([letter, end]) => named(letter, end, ABOVE_PX));
  });
}

/**
 * What the chosen mark is called, on either side.
 *
 * @param {Mark | undefined} mark
 * @param {(mark: Mark) => End[]} endsOf
 */
function namesOf(mark, endsOf) {
  if (!mark) return [];
  return endsOf(mark).flatMap((end, side) => (mark.names[side] === null ? [] : [named(mark.names[side], end, -BELOW_PX, "chosen-name")]));
}

/**
 * @param {string | null} text
 * @param {End} end
 * @param {number} above In pixels.
 */
function named(text, end, above, className = "letter") {
  return s("text", { x: end?.[0], y: (end?.[1] ?? 0) - above, class: className }, text);
}

/** Where the pictures lie on the stage. */
function cornersOf() {
  const stage = byId("stage").getBoundingClientRect();
  return SIDES.map((side) => {
    const box = byId(side).getBoundingClientRect();
    return [box.left - stage.left, box.top - stage.top];
  });
}

/**
 * @param {Mark} mark
 * @param {End[]} ends
 * @param {{ scale: number, isChosen: boolean, hasLines: boolean, onclick: () => void }} how
 * @returns {SVGElement[]}
 */
function drawn({ change, names, mm }, ends, { scale, isChosen, hasLines, onclick }) {
  const chosen = isChosen ? " chosen" : "";
  const [from, to] = ends;
  const isLinked = from && to && (isChosen || (hasLines && !names.includes(null)));
  const line = isLinked ? [s("line", { x1: from[0], y1: from[1], x2: to[0], y2: to[1], stroke: colourOf(change), class: `link${chosen}` })] : [];
  return [...line, ...ends.flatMap((end, side) => {
    if (!end) return [];
    const transform = `translate(${end[0]} ${end[1]}) scale(${Math.max(LEAST_MARK_PX, ((mm[side] ?? 0.4) / 2 + 0.6) * scale)})`;
    const shape = { d: shapeOf(change), "vector-effect": "non-scaling-stroke", transform };
    const expected = names[side] === null ? " expected" : "";
    // On bright tissue pale colours are seen by what is dark around them, as on the overlays.
    return [s("path", { ...shape, class: `halo${expected}` }), s("path", { ...shape, stroke: colourOf(change), class: `mark${expected}${chosen}`, onclick })];
  })];
}
