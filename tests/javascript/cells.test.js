// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { gridOf, heightOf, inSight, moved, placeOf, scrollTo } from "../../pipeline/mammocalc/rendering/pages/scripts/cells.js";

const CARD = { width: 100, height: 50, gap: 10 };
const LINE = { width: null, height: 50, gap: 0 };

test("as many cells stand in a row as fit, and never none", () => {
  assert.equal(gridOf(CARD, 340).across, 3);
  assert.equal(gridOf(CARD, 339).across, 2);
  assert.equal(gridOf(CARD, 20).across, 1);
  assert.equal(gridOf(LINE, 340).across, 1);
});

test("stretched cells fill their row to its end", () => {
  const cell = { ...CARD, isStretched: true };
  const grid = gridOf(cell, 400);
  const { left } = placeOf(grid, cell, grid.across - 1);
  assert.equal(left + grid.wide + cell.gap, 400);
});

test("the list ends a gap behind its last row", () => {
  const grid = gridOf(CARD, 340);
  assert.equal(heightOf(grid, CARD, 7), placeOf(grid, CARD, 6).top + CARD.height + CARD.gap);
  assert.equal(heightOf(grid, CARD, 0), CARD.gap);
});

test("every cell that can be seen is among those in sight, and few others are", () => {
  const grid = gridOf(CARD, 340);
  for (const top of [0, 33, 600, 5940]) {
    const [first, last] = inSight(grid, 300, { top, height: 200 });
    for (let place = 0; place < 300; place += 1) {
      const above = placeOf(grid, CARD, place).top;
      if (above + CARD.height > top && above < top + 200) assert.ok(first <= place && place < last, `${place} at ${top}`);
    }
    assert.ok(last - first <= 3 * 9);
  }
});

test("a list is scrolled no further than it has to be", () => {
  const grid = gridOf(CARD, 340);
  const sight = { top: 600, height: 200, head: 0 };
  assert.equal(scrollTo(grid, CARD, 30, sight), 600);
  assert.equal(scrollTo(grid, CARD, 0, sight), 0);
  assert.equal(scrollTo(grid, CARD, 60, sight), 20 * 60 + 60 + 10 - 200);
  assert.equal(scrollTo(gridOf(LINE, 340), LINE, 10, { top: 0, height: 200, head: 30 }), 11 * 50 + 30 - 200);
});

test("keys lead along the rows and to the ends, and sideways only in a grid", () => {
  const list = { across: 3, count: 10, isGrid: true };
  const keys = ["ArrowDown", "ArrowUp", "ArrowRight", "ArrowLeft", "Home", "End", "a"];
  assert.deepEqual(keys.map((key) => moved(key, 4, list)), [7, 1, 5, 3, 0, 9, null]);
  assert.deepEqual(keys.map((key) => moved(key, 4, { across: 1, count: 10, isGrid: false })), [5, 3, null, null, 0, 9, null]);
});
