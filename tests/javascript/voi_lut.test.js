// @ts-check
// Windows as in DICOM PS3.3 C.11.2.1: the examples and the edges that the standard gives, black being 0 and white 1.

import assert from "node:assert/strict";
import { test } from "node:test";
import { voiTransform } from "../../pipeline/mammocalc/review/page/voi_lut.js";

/** @import { VoiWindow } from "../../pipeline/mammocalc/review/page/types.js" */

/**
 * What the graphics card shows: linear between texels, the last ones beyond the ends.
 *
 * @param {Omit<VoiWindow, "name">} window
 * @param {number} value
 */
function shown(window, value) {
  const { slope, offset, curve } = voiTransform(window);
  const place = slope * value + offset;
  if (!curve) return Math.min(1, Math.max(0, place));
  const texel = Math.min(curve.length - 1, Math.max(0, place * curve.length - 0.5));
  const low = Math.floor(texel);
  return (curve[low] + (texel - low) * ((curve[low + 1] ?? curve[low]) - curve[low])) / 255;
}

/**
 * @param {number} value
 * @param {number} expected
 */
function close(value, expected, within = 1e-9) {
  assert.ok(Math.abs(value - expected) <= within, `${value} is not ${expected}`);
}

test("LINEAR, centre 2048, width 4096: black at 0, white at 4095", () => {
  const window = /** @type {const} */ ({ center: 2048, width: 4096, function: "LINEAR" });
  close(shown(window, 0), 0);
  close(shown(window, 1), 1 / 4095);
  close(shown(window, 2047.5), 0.5);
  close(shown(window, 4095), 1);
  close(shown(window, 4096), 1);
});

test("LINEAR, centre 0, width 100: black at -50, white at 49", () => {
  const window = /** @type {const} */ ({ center: 0, width: 100, function: "LINEAR" });
  close(shown(window, -51), 0);
  close(shown(window, -50), 0);
  close(shown(window, 0), 0.5 / 99 + 0.5);
  close(shown(window, 49), 1);
});

test("LINEAR of width 1 is a step between two values", () => {
  const window = /** @type {const} */ ({ center: 2048, width: 1, function: "LINEAR" });
  close(shown(window, 2047), 0);
  close(shown(window, 2048), 1);
});

test("LINEAR_EXACT reaches from half a width below the centre to half a width above it", () => {
  const window = /** @type {const} */ ({ center: 2048, width: 4096, function: "LINEAR_EXACT" });
  close(shown(window, 0), 0);
  close(shown(window, 2048), 0.5);
  close(shown(window, 4095), 4095 / 4096);
  close(shown(window, 4096), 1);
});

test("LINEAR_EXACT of width 1 is a ramp of one value", () => {
  const window = /** @type {const} */ ({ center: 10, width: 1, function: "LINEAR_EXACT" });
  close(shown(window, 9.5), 0);
  close(shown(window, 10), 0.5);
  close(shown(window, 10.5), 1);
});

test("SIGMOID is 1 / (1 + exp(-4 (x - c) / w)) within a tenth of a grey level", () => {
  const window = /** @type {const} */ ({ center: 2048, width: 1000, function: "SIGMOID" });
  for (const value of [48, 1048, 1548, 1798, 2048, 2298, 2548, 3048, 4048]) {
    close(shown(window, value), 1 / (1 + Math.exp((-4 * (value - 2048)) / 1000)), 0.1 / 255);
  }
});

test("SIGMOID beyond two widths is within a grey level of black and white", () => {
  const window = /** @type {const} */ ({ center: 0, width: 100, function: "SIGMOID" });
  assert.ok(shown(window, -1e6) < 1 / 255);
  assert.ok(shown(window, 1e6) > 254 / 255);
});

test("a table has its first grey at the lower end, its last at the upper one, and goes on so beyond", () => {
  const table = [0, 30, 255];
  const window = /** @type {const} */ ({ center: 100, width: 200, function: "TABLE", table });
  for (const [value, grey] of [[-50, 0], [0, 0], [50, 15], [100, 30], [150, 142.5], [200, 255], [300, 255]]) {
    close(shown(window, value) * 255, grey, 1e-6);
  }
});

test("a window without a width is never divided by it", () => {
  for (const kind of /** @type {const} */ (["LINEAR", "LINEAR_EXACT", "SIGMOID"])) {
    const { slope, offset } = voiTransform({ center: 5, width: 0, function: kind });
    assert.ok(Number.isFinite(slope) && Number.isFinite(offset), kind);
  }
});
