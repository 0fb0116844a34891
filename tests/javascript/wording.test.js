// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { millimetres, percent, sayCounts, sayInterval, sayPresence } from "../../pipeline/mammocalc/rendering/pages/scripts/wording.js";

test("intervals are days up to two months, then months, and never dates", () => {
  const said = [731, 365, 61, 59, 1, 0, -183, null, undefined].map(sayInterval);
  assert.deepEqual(said, [
    "24 months earlier", "12 months earlier", "2 months earlier", "59 days earlier", "1 day earlier", "the same day", "6 months later",
    "date unknown", "date unknown",
  ]);
});

test("thousands are parted, and one is no plural", () => {
  const none = { calcifications: 0, micro: 0, macro: 0, size_unknown: 0, vascular: 0, clusters: 0, vessels: 0 };
  assert.equal(sayCounts(none), "no calcifications reported");
  assert.equal(sayCounts({ ...none, calcifications: 1234, micro: 1200, macro: 34, clusters: 1 }), "1,200 micro · 34 macro · 1 cluster");
  assert.equal(sayCounts({ ...none, calcifications: 2, size_unknown: 1, vascular: 1, vessels: 1 }), "1 calcification of unknown size (1 vascular) · 0 clusters · 1 vessel");
});

test("no probability is certain, and no size is guessed", () => {
  assert.deepEqual([0, 0.125, 1].map(percent), ["< 1 %", "13 %", "> 99 %"]);
  assert.deepEqual([null, undefined, 0.3, 12.34].map(millimetres), ["size unknown", "size unknown", "0.30 mm", "12.3 mm"]);
  assert.deepEqual([null, 7.25].map(sayPresence), ["presence not scored", "presence 7.3 of 10"]);
});
