// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { shortNames } from "../../pipeline/mammocalc/review/page/tabs.js";

test("names that differ stay as they are", () => {
  assert.deepEqual(shortNames(["R CC", "L CC", "R MLO"]), ["R CC", "L CC", "R MLO"]);
});

test("images of one view keep as many digits as tell them apart", () => {
  const names = ["R CC", "L CC (...58261167)", "L CC (...30779523)", "L MLO (...58261123), frame 2 of 3"];
  assert.deepEqual(shortNames(names), ["R CC", "L CC …67", "L CC …23", "L MLO …23, frame 2 of 3"]);
  assert.deepEqual(shortNames(["L CC (...11111167)", "L CC (...11111267)"]), ["L CC …167", "L CC …267"]);
});

test("where only whole ends tell them apart they stay", () => {
  assert.deepEqual(shortNames(["L CC (...11111167)", "L CC (...21111167)"]), ["L CC (...11111167)", "L CC (...21111167)"]);
});
