// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { columnsOf, ordered } from "../../pipeline/mammocalc/rendering/index/columns.js";
import { Rows } from "../../pipeline/mammocalc/rendering/index/rows.js";
import { byValue, ranksOf } from "../../pipeline/mammocalc/rendering/pages/scripts/ordering.js";

test("what has no value comes last in either direction", () => {
  const rows = [2, null, 1, undefined, 3];
  assert.deepEqual(rows.map((value) => ({ value })).sort(byValue(({ value }) => value)).map(({ value }) => value ?? null), [1, 2, 3, null, null]);
  assert.deepEqual(rows.map((value) => ({ value })).sort(byValue(({ value }) => value, true)).map(({ value }) => value ?? null), [3, 2, 1, null, null]);
});

test("ranks are places in the order of the words", () => {
  assert.deepEqual(ranksOf(["skipped", "analysed", "failed"], String), [2, 0, 1]);
});

test("the table is ordered by the words of a column, and equal rows stand as in the run", () => {
  const coded = { values: ["R", "L"], codes: [0, 1, -1, 1] };
  /** @type {any} */
  const columns = { laterality: coded, status: { values: ["analysed"], codes: [0] }, view: coded, distribution: coded, path: ["", "", "", ""] };
  /** @type {any} */
  const data = { rows: 4, columns };
  const column = columnsOf(new Rows(data)).find(({ key }) => key === "laterality");
  assert.deepEqual(ordered([0, 1, 2, 3], column, false), [1, 3, 0, 2]);
  assert.deepEqual(ordered([0, 1, 2, 3], column, true), [0, 1, 3, 2]);
});
