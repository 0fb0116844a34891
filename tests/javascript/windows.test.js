// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { airOf, automatic, presets } from "../../pipeline/mammocalc/review/page/windows.js";

/** @import { PixelInfo, VoiWindow } from "../../pipeline/mammocalc/review/page/types.js" */

const AIR = 20;

/** Half air, and half tissue from 2,000 to 2,999. */
function breast() {
  return Uint16Array.from({ length: 4000 }, (_, at) => (at < 2000 ? AIR : 1000 + at / 2));
}

/**
 * @param {Partial<PixelInfo>} more
 * @returns {PixelInfo}
 */
function info(more = {}) {
  return { available: true, rows: 40, columns: 100, levels: [], windows: [], offset: 0, slope: 1, min: 0, max: 4095, ...more };
}

/** @type {(more?: Partial<PixelInfo>, sample?: Uint16Array[] | null) => { info: PixelInfo, sample: () => Uint16Array[] | null }} */
const picture = (more, sample = [breast()]) => ({ info: info(more), sample: () => sample });

/** @type {VoiWindow} */
const OWN = { name: "", center: 2000, width: 1000, function: "LINEAR" };

test("the air ends between the air and the tissue", () => {
  const air = airOf(picture());
  assert.ok(air >= AIR - 4 && air < 2000, String(air));
});

test("no greys, no air", () => {
  assert.equal(airOf(picture({}, null)), -1);
});

test("the automatic window holds the tissue and leaves the air out", () => {
  const { center, width } = automatic([breast()], info());
  const [low, high] = [center - width / 2, center + width / 2];
  assert.ok(low > AIR && low < 2020, String(low));
  assert.ok(high > 2980 && high < 3020, String(high));
});

test("the windows of the file come first, in their order, and those without a name get a number", () => {
  const names = presets(picture({ windows: [{ ...OWN, name: "Hard" }, OWN] })).map(({ name }) => name);
  assert.deepEqual(names, ["Hard", "Window 2", "Breast", "Full range"]);
});

test("where the file has none, the breast's own comes before the whole range", () => {
  const names = presets(picture({ windows: [{ ...OWN, name: "range of the image" }] })).map(({ name }) => name);
  assert.deepEqual(names, ["Breast", "range of the image"]);
});

test("a table spans the greys of the image", () => {
  const [first] = presets(picture({ windows: [{ ...OWN, table: [0, 255] }], min: 100, max: 300 }));
  assert.deepEqual([first.function, first.center, first.width], ["TABLE", 200, 200]);
});

test("the full range is black at the smallest value and white at the largest", () => {
  const { center, width } = presets(picture({ min: 100, max: 4000 })).at(-1) ?? OWN;
  assert.equal(center - 0.5 - (width - 1) / 2, 100);
  assert.equal(center - 0.5 + (width - 1) / 2, 4000);
});
