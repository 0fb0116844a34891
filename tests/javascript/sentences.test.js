// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { savedAs, sentenceOf } from "../../pipeline/mammocalc/review/page/sentences.js";
import { calcification, cluster, result, vessel } from "./cases.js";

/** @import { Action } from "../../pipeline/mammocalc/review/page/types.js" */

const KNOWN = result({
  calcifications: [calcification({ id: 7, letter: "C" }), calcification({ id: 8 })],
  clusters: [cluster({ id: 1, members: [] })],
  vessels: [vessel({ id: 1, members: [7, 8] })],
});

for (const [action, sentence] of /** @type {[Action, string][]} */ ([
  [{ type: "judge_calcification", id: 7, verdict: "accept" }, "calcification C accepted"],
  [{ type: "judge_calcification", id: 8, verdict: null }, "calcification 8 has no verdict"],
  [{ type: "judge_calcifications", ids: [8, 7], verdict: "reject" }, "artery B: 2 calcifications rejected"],
  [{ type: "judge_calcifications", ids: [7, 9], verdict: null }, "2 calcifications have no verdict"],
  [{ type: "judge_cluster", id: 1, verdict: "reject" }, "cluster A rejected"],
  [{ type: "add_calcification", row: 10.4, column: 20.6, diameter_mm: 0.3 }, "added at row 10, column 21, 0.30 mm"],
  [{ type: "add_calcification", row: 10, column: 20, diameter_mm: null }, "added at row 10, column 20"],
  [{ type: "remove_added", key: "a1" }, "an added one removed"],
  [{ type: "resize_calcification", id: 7, key: null, diameter_mm: 0.5 }, "calcification C is 0.50 mm"],
  [{ type: "resize_calcification", key: "a1", diameter_mm: 12.34 }, "an added one is 12.3 mm"],
  [{ type: "set_distribution", cluster: null, label: "not_applicable" }, "distribution of the image: not applicable"],
  [{ type: "set_distribution", cluster: 1, label: null }, "distribution of cluster A: taken back"],
  [{ type: "set_morphology", cluster: null, calcification: 8, label: "coarse_heterogeneous" }, "morphology of calcification 8: coarse heterogeneous"],
  [{ type: "comment", text: "" }, "no comment"],
  [{ type: "comment", text: "seen before" }, "comment “seen before”"],
  [{ type: "comment", text: "x".repeat(61) }, `comment “${"x".repeat(60)}…”`],
  [{ type: "agree_image" }, "agreed with the whole image"],
  [{ type: "agree_image", agreed: false }, "no longer agreed with the image"],
  [{ type: "mark_read", read: false }, "unread"],
  [{ type: "judge_pair", relation: "link", of: "cluster", id: 1, other: "x", other_id: 3, answer: "not_the_same" }, "cluster A and cluster number 3 in the other view: not the same"],
  [{ type: "judge_pair", relation: "change", of: "calcification", id: 7, other: "x", other_id: null, answer: "new" }, "calcification C and nothing in the prior: new"],
  [{ type: "judge_pair", relation: "change", of: "calcification", id: null, other: "x", other_id: 2, answer: null }, "nothing and calcification number 2 in the prior: taken back"],
])) {
  test(`${JSON.stringify(action).slice(0, 80)}: ${sentence.slice(0, 40)}`, () => {
    assert.equal(sentenceOf(action, KNOWN), sentence);
  });
}

test("where the other image is open its findings have their letters as well", () => {
  const others = () => ({ name: "L MLO", result: result({ clusters: [cluster({ id: 3, letter: "D", members: [] })] }) });
  /** @type {Action} */
  const action = { type: "judge_pair", relation: "link", of: "cluster", id: 1, other: "x", other_id: 3, answer: "same" };
  assert.equal(sentenceOf(action, KNOWN, others), "cluster A and cluster D in L MLO: same");
});

test("without a result findings go by their numbers, which are said to be no letters", () => {
  assert.equal(sentenceOf({ type: "judge_cluster", id: 1, verdict: "accept" }), "cluster number 1 accepted");
});

test("an action of a newer version is named by its type", () => {
  assert.equal(sentenceOf(/** @type {any} */ ({ type: "set_density" })), "set density");
});

test("what was saved, undone or done again is named with its view", () => {
  /** @type {Action} */
  const read = { type: "mark_read", read: true };
  const state = { undoes: read, redoes: read };
  assert.equal(savedAs(read, state, "R CC", null), "Saved, R CC: read.");
  assert.equal(savedAs({ type: "undo" }, state, "R CC", null), "Undone, R CC: read.");
  assert.equal(savedAs({ type: "redo" }, state, "R CC", null), "Done again, R CC: read.");
  assert.equal(savedAs({ type: "undo" }, { undoes: null, redoes: null }, "R CC", null), "Undone, R CC: the last answer.");
});
