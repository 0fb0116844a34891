// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { sayInterval } from "../../pipeline/mammocalc/review/page/intervals.js";

test("intervals are days up to two months, then months, and never dates", () => {
  const said = [731, 365, 61, 59, 1, 0, -183, null, undefined].map(sayInterval);
  assert.deepEqual(said, [
    "24 months earlier", "12 months earlier", "2 months earlier", "59 days earlier", "1 day earlier", "the same day", "6 months later",
    "date unknown", "date unknown",
  ]);
});
