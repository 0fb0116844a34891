// @ts-check
// A line around a cluster that keeps its distance, so that it never lies on what it surrounds.

/** @import { Point } from "./types.js" */

const MOST_CORNERS = 200;  // of a line around one calcification

/**
 * The path of a convex polygon grown by a distance, with round corners.
 *
 * @param {Point[]} corners As (x, y).
 * @param {number} distance
 */
export function grown(corners, distance) {
  const points = convex(corners);
  if (!points.length) return "";
  if (points.length === 1) {
    const [x, y] = points[0];
    return `M${x - distance} ${y}a${distance} ${distance} 0 1 1 ${2 * distance} 0a${distance} ${distance} 0 1 1 ${-2 * distance} 0Z`;
  }
  const parts = points.map((from, index) => {
    const to = points[(index + 1) % points.length];
    const length = Math.hypot(to[0] - from[0], to[1] - from[1]);
    const across = [((to[1] - from[1]) / length) * distance, (-(to[0] - from[0]) / length) * distance];
    const start = `${from[0] + across[0]} ${from[1] + across[1]}`;
    const lead = index ? `A${distance} ${distance} 0 0 1 ${start}` : `M${start}`;
    return `${lead}L${to[0] + across[0]} ${to[1] + across[1]}`;
  });
  const first = parts[0].slice(1, parts[0].indexOf("L"));
  return `${parts.join("")}A${distance} ${distance} 0 0 1 ${first}Z`;
}

/**
 * Andrew's monotone chain; clockwise on a screen, whose y grows downwards.
 *
 * @param {Point[]} corners
 */
function convex(corners) {
  const sorted = [...new Map(corners.map((point) => [point.join(), point])).values()].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  if (sorted.length < 3) return sorted;
  /** @type {(o: Point, a: Point, b: Point) => number} */
  const turn = (o, a, b) => (a[0] - o[0]) * (b[1] - o[1]) - (a[1] - o[1]) * (b[0] - o[0]);
  const half = (/** @type {Point[]} */ list) => {
    /** @type {Point[]} */
    const chain = [];
    for (const point of list) {
      while (chain.length > 1 && turn(chain[chain.length - 2], chain[chain.length - 1], point) <= 0) chain.pop();
      chain.push(point);
    }
    return chain.slice(0, -1);
  };
  return [...half(sorted), ...half(sorted.reverse())];
}

/**
 * A closed line at a distance outside of another one, which may have bays; as many corners as can be seen.
 *
 * @param {Point[]} corners
 * @param {number} distance
 * @returns {Point[]}
 */
export function around(corners, distance) {
  const line = thinned(corners, distance / 2);
  const turn = line.reduce((sum, [x, y], at) => {
    const [nextX, nextY] = line[(at + 1) % line.length];
    return sum + x * nextY - nextX * y;
  }, 0);
  const outside = line.map(([x, y], at) => {
    const [before, after] = [line.at(at - 1) ?? line[at], line[(at + 1) % line.length]];
    const along = [after[0] - before[0], after[1] - before[1]];
    const step = (Math.sign(turn) * distance) / (Math.hypot(along[0], along[1]) || 1);
    return /** @type {Point} */ ([x + along[1] * step, y - along[0] * step]);
  });
  // In a bay, what keeps its distance from one bank may come too near to the other.
  return outside.filter(([x, y]) => line.every((corner) => Math.hypot(x - corner[0], y - corner[1]) > 0.9 * distance));
}

/**
 * Corners that are so far apart, or as many as make a smooth line.
 *
 * @param {Point[]} corners
 * @param {number} apart
 */
function thinned(corners, apart) {
  const length = corners.reduce((sum, [x, y], at) => sum + Math.hypot(x - (corners.at(at - 1) ?? corners[at])[0], y - (corners.at(at - 1) ?? corners[at])[1]), 0);
  const least = Math.max(apart, length / MOST_CORNERS);
  /** @type {Point[]} */
  const kept = [];
  for (const corner of corners) {
    const last = kept.at(-1);
    if (!last || Math.hypot(corner[0] - last[0], corner[1] - last[1]) >= least) kept.push(corner);
  }
  return kept;
}

/**
 * Where a row of the image crosses a closed line of [row, column], as [left, right] from side to side.
 *
 * @param {Point[]} outline
 * @param {number} row
 * @returns {Point[]}
 */
export function spans(outline, row) {
  /** @type {number[]} */
  const crossed = [];
  outline.forEach(([y, x], index) => {
    const [otherY, otherX] = outline[(index + 1) % outline.length];
    if ((y > row) !== (otherY > row)) crossed.push(x + ((row - y) / (otherY - y)) * (otherX - x));
  });
  crossed.sort((one, other) => one - other);
  return Array.from({ length: crossed.length >> 1 }, (_, at) => [crossed[2 * at], crossed[2 * at + 1]]);
}
