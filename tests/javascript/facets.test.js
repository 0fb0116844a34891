// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { encode, facetOf, pass } from "../../pipeline/mammocalc/rendering/pages/scripts/facets.js";

const side = facetOf("side", "Side", encode([["L"], ["R"], ["L"], []]), ["R", "L", "B"]);
const flags = facetOf("flags", "Flags", encode([["a", "b"], ["b"], [], []]));
const all = () => true;

test("options stand in their order, then by the alphabet, and only those that there are", () => {
  assert.deepEqual(side.options, ["R", "L"]);
  assert.deepEqual(facetOf("x", "X", encode([["c"], ["a"], ["b"]]), ["b"]).options, ["b", "a", "c"]);
});

test("equal values are held once, and what has none has no number", () => {
  assert.deepEqual(encode([["a", "b"], [], ["a", "b"], ["a"]]), { atoms: [["a", "b"], ["a"]], codes: [0, -1, 0, 1] });
});

test("rows pass where each facet has nothing chosen or one of their values", () => {
  side.chosen.add("L");
  assert.deepEqual(pass([side, flags], 4, all).rows, [0, 2]);
  flags.chosen.add("b");
  assert.deepEqual(pass([side, flags], 4, all).rows, [0]);
  side.chosen.clear();
  assert.deepEqual(pass([side, flags], 4, all).rows, [0, 1]);
  flags.chosen.clear();
});

test("an option is counted by what a click on it would show", () => {
  side.chosen.add("L");
  const { counts: [sides, flagged] } = pass([side, flags], 4, all);
  assert.deepEqual([...sides], [["R", 1], ["L", 2]]);
  assert.deepEqual([...flagged], [["a", 1], ["b", 1]]);
  side.chosen.clear();
});

test("what is not found is neither shown nor counted", () => {
  const { rows, counts } = pass([side, flags], 4, (row) => row !== 0);
  assert.deepEqual(rows, [1, 2, 3]);
  assert.deepEqual([...counts[1]], [["a", 0], ["b", 1]]);
});

test("no rows are no rows", () => {
  const none = facetOf("side", "Side", encode([]));
  assert.deepEqual(pass([none], 0, all), { rows: [], counts: [new Map()] });
});
