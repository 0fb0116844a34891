// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { View, mirroring } from "../../pipeline/mammocalc/review/page/view.js";

/** @import { Point } from "../../pipeline/mammocalc/review/page/types.js" */

/** @param {Point | null} spacing */
function viewOf(spacing = [0.07, 0.07]) {
  const view = new View(1000, 800, spacing);
  view.put({ left: 0, top: 0, width: 500, height: 400 });
  return view;
}

/**
 * @param {Point} place
 * @param {Point} expected
 */
function close(place, expected) {
  assert.ok(Math.hypot(place[0] - expected[0], place[1] - expected[1]) < 1e-9, `${place} is not ${expected}`);
}

test("a place of the image lies under the place of the screen that it is shown at, mirrored or not", () => {
  const view = viewOf([0.1, 0.05]);
  view.setZoom(1.3);
  for (const mirror of [{ across: false, down: false }, { across: true, down: false }, { across: true, down: true }]) {
    view.mirror = mirror;
    close(view.toImage(...view.toScreen(123.4, 567.8)), [123.4, 567.8]);
  }
});

test("pixels that are not square are shown at their shape", () => {
  const view = viewOf([0.1, 0.05]);
  const [left, top] = view.toScreen(0, 0);
  const [right, down] = view.toScreen(100, 100);
  assert.ok(Math.abs((down - top) / (right - left) - 2) < 1e-9);
});

test("mirrored across, the left of the image is on the right of the screen", () => {
  const view = viewOf();
  view.mirror = { across: true, down: false };
  assert.ok(view.toScreen(0, 0)[0] > view.toScreen(800, 0)[0]);
  assert.ok(view.toScreen(0, 0)[1] < view.toScreen(0, 1000)[1]);
});

test("zooming keeps the place under the pointer", () => {
  const view = viewOf();
  const before = view.toImage(120, 90);
  view.setZoom(2.5, 120, 90);
  close(view.toImage(120, 90), before);
});

test("at 1:1 the borders of pixels lie on those of the screen", () => {
  const view = viewOf();
  view.put({ left: 0.25, top: 0, width: 501, height: 400 });
  view.setZoom(1);
  view.pan(0.3, 0.4);
  const [left, top] = view.toScreen(0, 0);
  assert.ok(Math.abs(left + 0.25 - Math.round(left + 0.25)) < 1e-9);
  assert.ok(Math.abs(top - Math.round(top)) < 1e-9);
});

test("a fitted box is seen whole, and touches two opposite sides but for the margin", () => {
  const view = viewOf();
  view.fit([100, 200, 700, 900]);
  const [left, top] = view.toScreen(100, 200);
  const [right, down] = view.toScreen(700, 900);
  assert.ok(left >= 0 && top >= 0 && right <= 500 && down <= 400);
  assert.ok(Math.abs((down - top) / 400 - 0.97) < 1e-9);
});

test("the chest wall is pressed against its side, also where the image is mirrored", () => {
  for (const across of [false, true]) {
    const view = viewOf();
    view.mirror = { across, down: false };
    view.fit([100, 0, 700, 1000], 0.2, "left");
    const wall = across ? 700 : 100;
    assert.ok(Math.abs(view.toScreen(wall, 0)[0]) < 1e-9, String(across));
  }
});

test("however far it is moved, some of the image stays in sight", () => {
  const view = viewOf();
  view.pan(-1e6, 1e6);
  const [left, top, right, bottom] = view.seen;
  assert.ok(right > left && bottom > top, view.seen.join(" "));
});

test("zooming ends at limits that are the same whoever asks", () => {
  const view = viewOf();
  view.setZoom(1e9);
  assert.equal(view.zoom, view.limits[1]);
  view.setZoom(0);
  assert.equal(view.zoom, view.limits[0]);
});

test("without a spacing nothing is in millimetres, and the screen takes a usual one", () => {
  const view = viewOf(null);
  assert.equal(view.unitMm, null);
  assert.equal(view.screenMm, 0.07);
});

// Patient Orientation (0020,0020): the direction of the rows, then of the columns; A anterior, P posterior, L, R, H head, F feet.
for (const [laterality, view, orientation, expected] of /** @type {[string, string, string[], [boolean, boolean]][]} */ ([
  ["L", "MLO", ["A", "F"], [false, false]],
  ["L", "MLO", ["P", "F"], [true, false]],
  ["R", "MLO", ["P", "F"], [false, false]],
  ["R", "MLO", ["A", "F"], [true, false]],
  ["R", "MLO", ["P", "H"], [false, true]],
  ["R", "CC", ["P", "L"], [false, false]],
  ["R", "CC", ["P", "R"], [false, true]],
  ["L", "CC", ["A", "R"], [false, false]],
  ["L", "CC", ["A", "L"], [false, true]],
  ["unknown", "CC", ["P", "L"], [false, false]],
])) {
  test(`${laterality} ${view} with rows to ${orientation[0]} and columns to ${orientation[1]} hangs as usual`, () => {
    const found = mirroring({ laterality, view, patient_orientation: orientation }, null);
    assert.deepEqual([found.across, found.down], expected);
  });
}

test("where the file does not say, the chest wall is on the brighter side", () => {
  const rows = Array.from({ length: 10 }, () => Array.from({ length: 24 }, (_, column) => 24 - column)).flat();
  const level = { rows: 10, columns: 24 };
  const picture = /** @type {any} */ ({ levels: [level], coarsest: 0, sample: () => [Uint16Array.from(rows)] });
  const image = { view: "MLO", patient_orientation: [] };
  assert.equal(mirroring({ ...image, laterality: "L" }, picture).across, false);
  assert.equal(mirroring({ ...image, laterality: "R" }, picture).across, true);
});
