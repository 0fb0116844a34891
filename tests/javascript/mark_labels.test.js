// @ts-check
// Labels beside marks: none over another, and in the order of what they belong to.

import assert from "node:assert/strict";
import { test } from "node:test";

import { placeLabels } from "../../pipeline/mammocalc/review/page/mark_labels.js";

/** @import { Box } from "../../pipeline/mammocalc/review/page/types.js" */

/**
 * Where labels come to stand, by the tops of what they belong to.
 *
 * @param {number[]} tops In the order in which findings are listed: by importance.
 * @param {Box[]} taken By words of the view.
 */
function placed(tops, taken = /** @type {Box[]} */ ([])) {
  const at = tops.map(() => "");
  const hulls = tops.map((top, index) => ({
    points: [[200, top], [210, top + 30]], width: 90,
    label: { style: {}, setAttribute: (/** @type {string} */ _name, /** @type {string} */ place) => { at[index] = place; } },
  }));
  const view = { width: 400, height: 800, zoom: 1, toScreen: (/** @type {number} */ x, /** @type {number} */ y) => [x, y] };
  placeLabels(/** @type {any} */ ({ view, labelled: () => hulls, room: () => 0 }), taken);
  return at.map((place) => Number(place.replace(/.* ([\d.]+)\)/, "$1")));
}

test("labels that give way stand in the order of their findings, whichever is listed first", () => {
  assert.deepEqual(placed([300, 290, 100]), [309, 281, 91]);
  assert.deepEqual(placed([290, 300, 100]), [281, 309, 91]);
});

test("labels with room stand over their findings", () => {
  assert.deepEqual(placed([300, 200, 100]), [291, 191, 91]);
});

test("a label gives way to the words of its view, and only to those that it would lie on", () => {
  assert.deepEqual(placed([90], [[8, 60, 160, 82]]), [99]);
  assert.deepEqual(placed([90], [[8, 60, 150, 82]]), [81]);
  assert.deepEqual(placed([90, 92], [[8, 60, 300, 82]]), [99, 119]);
});
