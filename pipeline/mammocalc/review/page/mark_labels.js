// @ts-check
// The words beside clusters and arteries: what they say, where they stand, and whether a place lies on them.

import { s, symbol } from "../../rendering/pages/scripts/elements.js";
import { words } from "../../rendering/pages/scripts/wording.js";

/**
 * @import { Box, ClusterFinding, PaletteEntry, Point, VesselFinding } from "./types.js"
 * @import { Marks } from "./marks.js"
 * @import { View } from "./view.js"
 */

/** @typedef {{ label: SVGGElement, width: number }} Label */

const LINE_PX = 18;  // from one label to the next
const [ABOVE_PX, BELOW_PX] = [14, 5];  // of the line on which a label stands

/**
 * What stands beside a cluster or an artery: its symbol, its letter and what it is called.
 *
 * @param {ClusterFinding | VesselFinding} finding
 * @param {PaletteEntry | undefined} look
 * @param {string} called
 * @returns {Label}
 */
export function labelOf(finding, look, called) {
  const mark = symbol(look, 13);
  mark.setAttribute("y", "-11");
  const verdict = finding.verdict ? { accept: " ✓", reject: " ✕" }[finding.verdict] : "";
  const told = `${finding.item.letter ? `${finding.item.letter} ` : ""}${words(called)}${verdict}`;
  const node = s("g", { class: `label ${finding.kind} ${finding.verdict ?? ""}` }, mark, s("text", { x: 18, y: 0 }, told));
  return { label: node, width: 24 + 7.4 * told.length };
}

/**
 * Put each label over its finding, and none over another or over the words of the view. They give way downwards, so the topmost is placed first: else
 * one would come to stand beside the finding of another.
 *
 * @param {Marks} marks
 * @param {Box[]} corner Where words of the view stand.
 */
export function placeLabels(marks, corner = []) {
  const { view } = marks;
  /** @type {Box[]} */
  const taken = [...corner];
  const wanted = marks.labelled().flatMap((hull) => {
    const corners = hull.points.map(([x, y]) => view.toScreen(x, y));
    if (!corners.length) return [];
    const top = corners.reduce((one, other) => (other[1] < one[1] ? other : one));
    const x = Math.min(view.width - hull.width - 6, Math.max(6, top[0] - hull.width / 2));
    return [{ hull, corners, x, y: Math.min(view.height - 12, Math.max(48, top[1] - marks.room(hull) * view.zoom - 9)) }];
  });
  for (const { hull, corners, x, y: over } of wanted.sort((one, other) => one.y - other.y)) {
    const y = freeFrom(over, x, hull.width, taken);
    taken.push([x, y - ABOVE_PX + 1, x + hull.width, y + LINE_PX - ABOVE_PX]);
    const isOutside = corners.every(([left, up]) => left < 0 || up < 0 || left > view.width || up > view.height) && !covers(view, corners);
    hull.label.setAttribute("transform", `translate(${x} ${y})`);
    hull.label.style.display = isOutside ? "none" : "";
  }
}

/**
 * The nearest line downwards on which a label lies on nothing else.
 *
 * @param {number} y
 * @param {number} x
 * @param {number} width
 * @param {Box[]} taken
 */
function freeFrom(y, x, width, taken) {
  const meets = (/** @type {number} */ line) => taken.some(([left, top, right, bottom]) => (
    x < right && left < x + width && line - ABOVE_PX < bottom && top < line + BELOW_PX
  ));
  let free = y;
  while (meets(free)) free += LINE_PX;
  return free;
}

/**
 * @param {View} view
 * @param {Point[]} corners On the screen.
 */
function covers(view, corners) {
  const xs = corners.map((corner) => corner[0]);
  const ys = corners.map((corner) => corner[1]);
  return Math.min(...xs) < view.width && Math.max(...xs) > 0 && Math.min(...ys) < view.height && Math.max(...ys) > 0;
}

/**
 * @param {Label} one
 * @param {number} left
 * @param {number} top
 */
export function isOnLabel(one, left, top) {
  const place = /translate\(([-\d.]+) ([-\d.]+)\)/.exec(one.label.getAttribute("transform") ?? "");
  if (!place || one.label.style.display === "none") return false;
  const [x, y] = [Number(place[1]), Number(place[2])];
  return left >= x - 4 && left <= x + one.width && top >= y - 14 && top <= y + 5;
}
