// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { grown, spans } from "../../pipeline/mammocalc/review/page/outline.js";

/** @import { Point } from "../../pipeline/mammocalc/review/page/types.js" */

/** @type {Point[]} */
const SQUARE = [[0, 0], [10, 0], [10, 10], [0, 10]];

/**
 * The corners at which a path turns from a line to an arc, or back.
 *
 * @param {string} path
 * @returns {Point[]}
 */
function places(path) {
  return [...path.matchAll(/(?:M|L|0 0 1 )(-?[\d.]+) (-?[\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)]);
}

test("nothing has no line", () => {
  assert.equal(grown([], 5), "");
});

test("one point is a circle, however often it is given", () => {
  assert.equal(grown([[3, 4]], 5), grown([[3, 4], [3, 4]], 5));
  assert.match(grown([[3, 4]], 5), /^M-2 4a5 5 0 1 1 10 0a5 5 0 1 1 -10 0Z$/);
});

test("the line keeps its distance from the polygon", () => {
  for (const [x, y] of places(grown(SQUARE, 5))) {
    const [across, down] = [Math.max(0, -x, x - 10), Math.max(0, -y, y - 10)];
    assert.ok(Math.abs(Math.hypot(across, down) - 5) < 1e-9, `${x} ${y}`);
  }
});

test("points within and the order of the corners change nothing", () => {
  const other = [...SQUARE, /** @type {Point} */ ([5, 5]), /** @type {Point} */ ([5, 0])].reverse();
  assert.equal(grown(other, 5), grown(SQUARE, 5));
});

test("two points are a capsule", () => {
  const path = grown([[0, 0], [10, 0]], 2);
  assert.deepEqual(places(path).map(([x, y]) => [x, Math.abs(y)]), [[0, 2], [10, 2], [10, 2], [0, 2], [0, 2]]);
});

test("a row crosses a polygon where its sides are", () => {
  /** @type {Point[]} */
  const outline = [[0, 0], [0, 10], [10, 20], [10, 0]];  // [row, column]
  assert.deepEqual(spans(outline, 5), [[0, 15]]);
  assert.deepEqual(spans(outline, 11), []);
  assert.deepEqual(spans([], 5), []);
});

test("a hollow gives two spans", () => {
  /** @type {Point[]} */
  const outline = [[0, 0], [10, 0], [10, 4], [2, 4], [2, 6], [10, 6], [10, 10], [0, 10]];
  assert.deepEqual(spans(outline, 5), [[0, 4], [6, 10]]);
  assert.deepEqual(spans(outline, 1), [[0, 10]]);
});
