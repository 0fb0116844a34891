// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { placeBy } from "../../pipeline/mammocalc/review/page/registration.js";
import { fromMm, placedBy, toMm } from "../../pipeline/mammocalc/review/page/same_place.js";
import { View } from "../../pipeline/mammocalc/review/page/view.js";
import { result } from "./cases.js";

/** @import { Point, ResultBreast } from "../../pipeline/mammocalc/review/page/types.js" */
/** @import { Framed, Wall } from "../../pipeline/mammocalc/review/page/same_place.js" */

/**
 * A breast of 400 rows, as deep as it is said, with its wall at the left border.
 *
 * @param {number} depth
 * @param {Partial<ResultBreast>} breast
 * @returns {Framed}
 */
function framed(depth, breast = {}, spacing = 0.1) {
  const outline = /** @type {Point[]} */ ([[0, 0], [200, depth], [400, 0]]);
  const view = new View(500, 600, [spacing, spacing]);
  return { view, result: result({ breast: { outline, nipple: null, ...breast } }), wall: /** @type {Wall} */ ("left") };
}

/** @param {Framed} from @param {Framed} to @param {Point} place */
const samePlace = (from, to, place) => placeBy(from, to, place, []);

const nippleAt = (/** @type {number} */ row, /** @type {number} */ column) => ({ nipple: { row, column, confidence: 0.9 } });

test("millimetres are as on the screen, mirrored or not, and lead back", () => {
  const view = new View(500, 600, [0.1, 0.2]);
  assert.deepEqual(toMm(view, [10, 20]), [2, 2]);
  view.mirror = { across: true, down: false };
  assert.deepEqual(toMm(view, [10, 20]), [-2, 2]);
  assert.deepEqual(fromMm(view, toMm(view, [123, 45])), [123, 45]);
});

test("the nipple lies on the nipple, whatever the pixels and the mirroring", () => {
  const [one, other] = [framed(300, nippleAt(180, 300)), framed(150, nippleAt(90, 150), 0.2)];
  other.view.mirror = { across: true, down: true };
  other.wall = "right";
  const { place, by } = samePlace(one, other, [300.5, 180.5]);
  assert.equal(by, "nipple");
  assert.deepEqual(place, [150.5, 90.5]);
});

test("a breast that is less deep is not stretched by more than a third", () => {
  const from = framed(300, nippleAt(200, 300));
  const inner = (/** @type {number} */ depth) => samePlace(from, framed(depth, nippleAt(200, depth)), [100.5, 200.5]).place[0] - 0.5;
  assert.ok(Math.abs(inner(270) - 90) < 1e-9);
  assert.ok(Math.abs(inner(100) - (100 - 0.75 * 200)) < 1e-9);
  assert.ok(Math.abs(inner(900) - (900 - (4 / 3) * 200)) < 1e-9);
});

test("without one of the nipples the outlines are laid upon each other, and without these the edges", () => {
  const [one, other] = [framed(300, nippleAt(180, 300)), framed(300)];
  assert.deepEqual(samePlace(one, other, [300, 200.5]), { place: [300, 200.5], by: "outline" });
  /** @type {Framed} */
  const blind = { view: new View(500, 600, [0.1, 0.1]), result: null, wall: "right" };
  assert.equal(placedBy(one, blind), "edges");
  const wider = { ...blind, view: new View(700, 800, [0.1, 0.1]) };
  assert.deepEqual(samePlace(blind, wider, [600, 250]), { place: [800, 350], by: "edges" });
  assert.deepEqual(samePlace({ ...blind, wall: null }, { ...wider, wall: null }, [300, 250]).place, [400, 350]);
});

test("there and back is the same place", () => {
  const [one, other] = [framed(300, nippleAt(180, 290)), framed(250, nippleAt(210, 240), 0.07)];
  const [x, y] = samePlace(other, one, samePlace(one, other, [123, 321]).place).place;
  assert.ok(Math.abs(x - 123) < 1e-9 && Math.abs(y - 321) < 1e-9);
});
