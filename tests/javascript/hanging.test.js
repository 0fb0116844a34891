// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { arrange, boxOf, fitAll, hung, zoomOf } from "../../pipeline/mammocalc/review/page/hanging.js";
import { View } from "../../pipeline/mammocalc/review/page/view.js";
import { result } from "./cases.js";

/** @import { Box, Point } from "../../pipeline/mammocalc/review/page/types.js" */

/** @param {...string} names */
const images = (...names) => names.map((name) => ({ laterality: name.split(" ")[0], view: name.split(" ")[1], name }));

/** @param {number} rows @param {number} columns @param {Point} spacing */
function paneOf(rows, columns, spacing = [0.1, 0.1]) {
  const view = new View(rows, columns, spacing);
  return { view, box: /** @type {Box} */ ([0, 0, columns, rows]), wall: /** @type {"left" | "right" | null} */ (null), isMoved: false };
}

test("the four usual views hang as usual, whatever order they come in", () => {
  const found = hung(images("L MLO", "R MLO", "L CC", "R CC")).map(({ name }) => name);
  assert.deepEqual(found, ["R CC", "L CC", "R MLO", "L MLO"]);
});

test("of views that were taken twice the first hangs, and unusual ones do not", () => {
  const case_ = images("R CC", "R XCCL", "L CC", "R CC");
  assert.deepEqual(hung(case_), [case_[0], case_[2]]);
});

test("where no two are usual, the first four hang as they come", () => {
  const case_ = images("R ML", "R CC", "L ML", "R XCCL", "L LM");
  assert.deepEqual(hung(case_), case_.slice(0, 4));
});

test("the breast has some room around it, within the image", () => {
  const outline = /** @type {Point[]} */ ([[100, 0], [100, 300], [500, 300], [500, 0]]);
  assert.deepEqual(boxOf({ rows: 505, columns: 800 }, result({ breast: { outline, nipple: null } })), [0, 88, 312, 505]);
});

test("without an outline the whole image is seen", () => {
  assert.deepEqual(boxOf({ rows: 500, columns: 800 }, null), [0, 0, 800, 500]);
  assert.deepEqual(boxOf({ rows: 500, columns: 800 }, result({ breast: { outline: [], nipple: null } })), [0, 0, 800, 500]);
});

test("four breasts are side by side on a wide stage, and two by two on a high one", () => {
  const panes = [1, 2, 3, 4].map(() => paneOf(1000, 500));
  assert.deepEqual([arrange(panes, 2000, 800).columns.length, arrange(panes, 2000, 800).down], [4, 1]);
  assert.deepEqual([arrange(panes, 900, 1600).columns.length, arrange(panes, 900, 1600).down], [2, 2]);
});

test("one scale in millimetres, also for images of different pixels", () => {
  const [fine, coarse] = [paneOf(2000, 1000, [0.05, 0.05]), paneOf(1000, 500, [0.1, 0.1])];
  const plan = arrange([fine, coarse], 1000, 800);
  assert.ok(Math.abs(zoomOf(fine.view, plan) / 0.05 - zoomOf(coarse.view, plan) / 0.1) < 1e-9);
  assert.deepEqual(plan.columns, [50, 50]);
});

test("all that is to be seen fits, each chest wall on its side", () => {
  const panes = [paneOf(1000, 500), paneOf(1000, 400)];
  panes[0].wall = "right";
  panes[1].wall = "left";
  const plan = arrange(panes, 800, 600);
  for (const pane of panes) pane.view.put({ left: 0, top: 0, width: 400, height: 600 });
  fitAll(panes, plan);
  assert.ok(Math.abs(panes[0].view.toScreen(500, 0)[0] - 400) < 1e-9);
  assert.ok(Math.abs(panes[1].view.toScreen(0, 0)[0]) < 1e-9);
  for (const { view, isMoved } of panes) {
    assert.ok(view.toScreen(0, 0)[1] >= 0 && view.toScreen(0, view.rows)[1] <= 600);
    assert.equal(isMoved, true);
  }
});
