// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { follow, outlineOf } from "../../pipeline/mammocalc/review/page/followed.js";
import { around, grown, spans } from "../../pipeline/mammocalc/review/page/outline.js";
import { calcification } from "./cases.js";

/** @import { CalcificationFinding, Point } from "../../pipeline/mammocalc/review/page/types.js" */

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

test("a line around another keeps its distance, also in a bay, whichever way that runs", () => {
  /** @type {(along: Point[]) => Point[]} */
  const dense = (along) => along.flatMap(([x, y], at) => {
    const [nextX, nextY] = along[(at + 1) % along.length];
    const steps = Math.round(Math.hypot(nextX - x, nextY - y));
    return Array.from({ length: steps }, (_, step) => /** @type {Point} */ ([x + ((nextX - x) * step) / steps, y + ((nextY - y) * step) / steps]));
  });
  const shape = dense([[0, 0], [40, 0], [40, 40], [24, 40], [24, 10], [16, 10], [16, 40], [0, 40]]);  // a bay 8 wide, with 3 on either side
  for (const corners of [shape, [...shape].reverse()]) {
    const line = around(corners, 3);
    assert.ok(line.length > 40);
    for (const [x, y] of line) {
      const away = Math.min(...corners.map((corner) => Math.hypot(x - corner[0], y - corner[1])));
      assert.ok(away > 2.4 && away < 3.6, `${x} ${y}: ${away}`);
    }
    assert.ok(line.some(([x, y]) => x > 18 && x < 22 && y < 20));
    assert.equal(around(corners, 5).some(([x, y]) => x > 17 && x < 23 && y > 12 && y < 38), false);
  }
});

test("the mark of a large calcification follows its outline, where the reader has given no other size", () => {
  const item = calcification({ id: 1, row: 100, column: 50, length_mm: 9, outline: [[90, 45], [90, 55], [110, 55], [110, 45]] });
  /** @type {CalcificationFinding} */
  const finding = { kind: "calcification", key: "calcification-1", id: 1, item, said: {}, row: 100, column: 50, verdict: null };
  const outline = outlineOf(finding, 8);
  assert.deepEqual(outline?.places, [[-5, -10], [5, -10], [5, 10], [-5, 10]]);
  assert.equal(outline?.reach, Math.hypot(5, 10));
  assert.equal(outlineOf(finding, 10), null);
  assert.equal(outlineOf({ ...finding, said: { diameter_mm: 4 } }, 8), null);
  /** @type {string[]} */
  const drawn = [];
  const line = { setAttribute: (/** @type {string} */ _name, /** @type {string} */ d) => drawn.push(d) };
  follow(/** @type {any} */ ({ querySelectorAll: () => [line, line] }), outline ?? { places: [], reach: 0 }, 2, 12);
  assert.equal(drawn.length, 2);
  const [x, y] = drawn[0].slice(1).split(/[ L]/).map((part) => 12 * Number(part));
  assert.ok(x < -5 && y < -10);
});
