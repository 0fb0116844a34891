// @ts-check
// What is expected while actions wait to be saved: nothing is sent twice, and nothing is claimed that an undo may change.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Answers } from "../../pipeline/mammocalc/review/page/answers.js";
import { answers } from "./cases.js";

/** @import { Action } from "../../pipeline/mammocalc/review/page/types.js" */

/** @param {...Action} actions */
function waiting(...actions) {
  const found = new Answers("1.2.3", "Ada", answers(), () => {});
  found.pending = actions.map((action) => ({ action, resolve: () => {}, reject: () => {}, isAgain: false }));
  return found;
}

test("nothing waits, and all is as it was saved", () => {
  assert.deepEqual(waiting().expected, { read: false, agreed: false, rest_accepted: false });
  assert.equal(waiting().isSaved, true);
});

test("who agrees has read, and who no longer agrees still has", () => {
  assert.deepEqual(waiting({ type: "agree_image", agreed: true }).expected, { read: true, agreed: true, rest_accepted: true });
  const both = waiting({ type: "agree_image", agreed: true }, { type: "agree_image", agreed: false });
  assert.deepEqual(both.expected, { read: true, agreed: false, rest_accepted: false });
});

test("behind an undo nothing is known", () => {
  assert.deepEqual(waiting({ type: "mark_read", read: true }, { type: "undo" }).expected, { read: undefined, agreed: undefined, rest_accepted: undefined });
  const asked = waiting({ type: "undo" });
  assert.equal(asked.expectedVerdict({ type: "judge_cluster", id: 1 }, "accept"), undefined);
});

test("a verdict that waits counts, and one on a cluster is none on the calcification of that number", () => {
  const found = waiting({ type: "judge_cluster", id: 1, verdict: "accept" });
  assert.equal(found.expectedVerdict({ type: "judge_cluster", id: 1 }, null), "accept");
  assert.equal(found.expectedVerdict({ type: "judge_calcification", id: 1 }, null), null);
});

test("a verdict on an artery counts for each member, and one on a member leaves the artery open", () => {
  const artery = waiting({ type: "judge_calcifications", ids: [1, 2], verdict: "reject" });
  assert.equal(artery.expectedVerdict({ type: "judge_calcification", id: 2 }, null), "reject");
  const member = waiting({ type: "judge_calcification", id: 1, verdict: "reject" });
  assert.equal(member.expectedVerdict({ type: "judge_calcifications", ids: [1, 2] }, null), undefined);
});

test("of diameters that wait the last counts, by id or key", () => {
  const found = waiting(
    { type: "resize_calcification", id: 1, diameter_mm: 0.3 }, { type: "resize_calcification", id: 1, diameter_mm: 0.35 },
    { type: "resize_calcification", key: "a1", diameter_mm: 0.5 },
  );
  assert.equal(found.expectedDiameter({ id: 1 }), 0.35);
  assert.equal(found.expectedDiameter({ key: "a1" }), 0.5);
  assert.equal(found.expectedDiameter({ id: 2 }), undefined);
});
