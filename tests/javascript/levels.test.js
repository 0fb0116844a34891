// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { CanvasPlaces } from "../../pipeline/mammocalc/review/page/canvas_places.js";
import { cut, emptyLevel, tilesIn } from "../../pipeline/mammocalc/review/page/levels.js";

/** @import { Layer } from "../../pipeline/mammocalc/review/page/types.js" */

const level = emptyLevel({ level: 1, rows: 1000, columns: 700, tiles: [4, 3], tile: 256 });

test("tiles that meet a box are asked for, with one texel around it", () => {
  assert.deepEqual(tilesIn(level, [0, 0, 2, 2]), [[0, 0]]);
  assert.deepEqual(tilesIn(level, [0, 0, 511, 2]), [[0, 0], [0, 1]]);
  assert.deepEqual(tilesIn(level, [513, 0, 520, 2]), [[0, 0], [0, 1]]);
  assert.deepEqual(tilesIn(level, [516, 0, 520, 2]), [[0, 1]]);
  assert.equal(tilesIn(level, [-50, -50, 9999, 9999]).length, 12);
});

test("a level is cut into textures that cover it once, and a rim on the inner sides", () => {
  const parts = cut({ rows: 1000, columns: 700 }, 402);
  assert.equal(parts.length, 6);
  assert.equal(parts.reduce((sum, { box }) => sum + (box.bottom - box.top) * (box.right - box.left), 0), 700_000);
  for (const { box, rim } of parts) {
    assert.ok(rim.bottom - rim.top <= 402 && rim.right - rim.left <= 402);
    assert.deepEqual([rim.top, rim.left], [Math.max(0, box.top - 1), Math.max(0, box.left - 1)]);
    assert.deepEqual([rim.bottom, rim.right], [Math.min(1000, box.bottom + 1), Math.min(700, box.right + 1)]);
  }
  assert.equal(cut({ rows: 400, columns: 400 }, 402).length, 1);
});

test("places of the stage are pixels of the canvas from its lower left corner", () => {
  const places = new CanvasPlaces(800, 400, 2);
  const rectangle = { left: 100, top: 50, width: 200, height: 100 };
  assert.deepEqual(places.within(rectangle), [200, 100, 400, 200]);
  assert.deepEqual(places.middleOf(rectangle), [400, 200]);
  assert.deepEqual(places.circle({ x: 10, y: 20, radius: 5 }), [20, 360, 10]);
  assert.deepEqual(places.circle(null), [0, 0, 0]);
});

test("a box of the image lies in clip space where it is drawn, cut at the canvas", () => {
  const places = new CanvasPlaces(800, 400, 2);
  const rectangle = { left: 100, top: 50, width: 200, height: 100 };
  /** @type {Layer} */
  const layer = { centre: [50, 50], scale: [1, 1], pieces: [] };
  assert.deepEqual(places.clip(rectangle, layer, [50, 50, 100, 75]), [0, -0.25, 0.25, 0]);
  assert.deepEqual(places.clip(rectangle, layer, [-999, -999, 9999, 9999]), [-1, -1, 1, 1]);
  assert.deepEqual(places.clip(rectangle, { ...layer, scale: [-1, 1] }, [50, 50, 100, 75]), [-0.25, -0.25, 0, 0]);
});
