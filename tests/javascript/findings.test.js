// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { aboutOf, calcificationsOf, diameterOf, findingsOf, holds, isOutside, kindOf, nameOf } from "../../pipeline/mammocalc/review/page/findings.js";
import { answers, calcification, cluster, result, vessel } from "./cases.js";

/** @import { Point } from "../../pipeline/mammocalc/review/page/types.js" */

const VASCULAR = { flags: ["vascular"] };
const CASE = result({
  calcifications: [
    calcification({ id: 1, cluster: 1 }), calcification({ id: 2, cluster: 1 }),
    calcification({ id: 3, score: 0.2 }), calcification({ id: 4, score: 0.9, size: "macro" }),
    calcification({ id: 5, vessel: 1, ...VASCULAR }), calcification({ id: 6, vessel: 1, ...VASCULAR }), calcification({ id: 7, ...VASCULAR }),
    calcification({ id: 8, cluster: 2, score: 0.5 }),
  ],
  clusters: [cluster({ id: 1, members: [1, 2] }), cluster({ id: 2, members: [8], loose: true })],
  vessels: [vessel({ id: 1, members: [5, 6] })],
});

test("clusters come first, then single ones by score, then vascular ones, arteries, and what the reader added", () => {
  const said = answers({ added: [{ key: "a4", row: 1, column: 2, diameter_mm: 0.3 }] });
  const keys = findingsOf(CASE, said).map(({ key }) => key);
  assert.deepEqual(keys, ["cluster-1", "calcification-4", "calcification-8", "calcification-3", "calcification-7", "vessel-1", "added-a4"]);
});

test("a blinded reader has what they added, and nothing else", () => {
  const said = answers({ added: [{ key: "a4", row: 1, column: 2, diameter_mm: 0.3 }] });
  assert.deepEqual(findingsOf(null, said).map(({ kind }) => kind), ["added"]);
  assert.deepEqual(calcificationsOf(null, said), []);
});

test("a cluster lies in the middle of its members and is called what the reader calls it", () => {
  const [found] = findingsOf(CASE, answers({ clusters: { 1: { distribution: "linear", verdict: "reject" } } }));
  assert.deepEqual([found.row, found.column, found.box], [15, 30, [20, 10, 40, 20]]);
  assert.deepEqual([found.label, found.verdict], ["linear", "reject"]);
});

test("an artery has a verdict where all its members have the same one", () => {
  const verdictOf = (/** @type {Record<string, { verdict: "accept" | "reject" }>} */ calcifications) => (
    findingsOf(CASE, answers({ calcifications })).find(({ kind }) => kind === "vessel")?.verdict
  );
  assert.equal(verdictOf({}), null);
  assert.equal(verdictOf({ 5: { verdict: "accept" } }), null);
  assert.equal(verdictOf({ 5: { verdict: "accept" }, 6: { verdict: "reject" } }), null);
  assert.equal(verdictOf({ 5: { verdict: "accept" }, 6: { verdict: "accept" } }), "accept");
});

test("clusters and arteries hold their members, and nothing holds anything else", () => {
  const found = findingsOf(CASE, answers());
  const [group, single] = found;
  assert.equal(holds(group, 2), true);
  assert.equal(holds(group, 4), false);
  assert.equal(holds(single, 4), false);
  assert.equal(holds(null, 1), false);
});

test("names are those of the overlay, and numbers where there is no letter", () => {
  assert.deepEqual(findingsOf(CASE, answers()).map(nameOf), [
    "Cluster A", "Calcification 4", "Calcification 8", "Calcification 3", "Calcification 7", "Artery B",
  ]);
});

test("a width is rounded down, so that it never contradicts the limit of a macro", () => {
  const [found] = calcificationsOf(result({ calcifications: [calcification({ id: 1, width_mm: 0.4999, length_mm: 0.61 })] }), answers());
  assert.equal(aboutOf(found), "micro, 0.49 × 0.61 mm");
});

test("what the reader has corrected is said instead of what was measured", () => {
  const [found] = calcificationsOf(result({ calcifications: [calcification({ id: 1 })] }), answers({ calcifications: { 1: { diameter_mm: 0.45 } } }));
  assert.equal(diameterOf(found), 0.45);
  assert.equal(aboutOf(found), "0.45 mm");
});

test("without a spacing there is no size, and it is said", () => {
  const item = calcification({ id: 1, diameter_mm: null, length_mm: null, width_mm: null });
  const [found] = calcificationsOf(result({ calcifications: [item] }), answers());
  assert.equal(diameterOf(found), null);
  assert.equal(aboutOf(found), "size unknown");
});

test("vascular comes before macro and micro", () => {
  assert.equal(kindOf(calcification({ id: 1 })), "micro");
  assert.equal(kindOf(calcification({ id: 1, size: "macro" })), "macro");
  assert.equal(kindOf(calcification({ id: 1, size: "macro", ...VASCULAR })), "vascular");
});

test("outside of the breast is more than 2 mm of skin from its outline", () => {
  /** @type {Point[]} */
  const outline = [[0, 0], [0, 100], [100, 100], [100, 0]];
  assert.equal(isOutside(outline, 50, 50, 0.1), false);
  assert.equal(isOutside(outline, 50, 119, 0.1), false);
  assert.equal(isOutside(outline, 50, 121, 0.1), true);
  assert.equal(isOutside(outline, -15, -15, 0.1), true);
  assert.equal(isOutside(outline, -14, -14, 0.1), false);
  assert.equal(isOutside(null, 500, 500, 0.1), false);
});
