// @ts-check
// Marks of large calcifications, which follow their outline: a square would lie over their neighbours.

import { around } from "./outline.js";

/** @import { Point, SpotFinding } from "./types.js" */

/** An outline in pixels of the stored image from the middle of what it is of, and its farthest corner. @typedef {{ places: Point[], reach: number }} Followed */

/**
 * The outline that a mark follows; null for a small calcification, and where the reader has given another size.
 *
 * @param {SpotFinding} finding
 * @param {number} leastMm
 * @returns {Followed | null}
 */
export function outlineOf(finding, leastMm) {
  if (finding.kind === "added" || finding.said.diameter_mm !== undefined) return null;
  const { length_mm: length, outline, row: middleRow, column: middleColumn } = finding.item;
  if ((length ?? 0) < leastMm || outline.length < 3) return null;
  const places = outline.map(([row, column]) => /** @type {Point} */ ([column - middleColumn, row - middleRow]));
  return { places, reach: Math.max(...places.map(([x, y]) => Math.hypot(x, y))) };
}

/**
 * Lead the line of a mark and its halo around an outline.
 *
 * @param {SVGGElement} ring
 * @param {Followed} outline
 * @param {number} gap Between both, in pixels of the stored image.
 * @param {number} radius Of the mark, which is drawn as if it were 1.
 */
export function follow(ring, { places }, gap, radius) {
  const d = `M${around(places, gap).map(([x, y]) => `${(x / radius).toFixed(4)} ${(y / radius).toFixed(4)}`).join("L")}Z`;
  for (const line of ring.querySelectorAll(".halo, .line:not(.cross, .tick)")) line.setAttribute("d", d);
}
