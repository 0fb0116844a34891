// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { keysOf } from "../../pipeline/mammocalc/review/page/choosing.js";

test("each label has a key of its own, which is never the one that opens the list", () => {
  const labels = ["diffuse", "regional", "grouped", "linear", "segmental", "scattered", "none", "not_applicable"];
  const keys = keysOf(labels, "d");
  assert.deepEqual([...keys.keys()], labels);
  assert.equal(new Set(keys.values()).size, labels.length);
  assert.ok(![...keys.values()].includes("d"));
  assert.ok([...keys.values()].every((key) => /^[a-z]$/.test(key)));
});

test("first letters go to the first who has them", () => {
  assert.deepEqual([...keysOf(["round", "rod_like", "rim"], "o")], [["round", "r"], ["rod_like", "d"], ["rim", "i"]]);
});

test("where all letters are taken there is no key", () => {
  const labels = Array.from({ length: 26 }, (_, at) => `${String.fromCharCode(97 + at)}x`);
  assert.equal([...keysOf(labels, "d").values()].filter((key) => key === "").length, 1);
});
