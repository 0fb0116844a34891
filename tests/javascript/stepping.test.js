// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { calcificationsOf, findingsOf } from "../../pipeline/mammocalc/review/page/findings.js";
import { startOf } from "../../pipeline/mammocalc/review/page/stepping.js";
import { answers, calcification, cluster, result } from "./cases.js";

const CASE = result({
  calcifications: [1, 2, 3, 4].map((id) => calcification({ id, cluster: id < 3 ? 1 : null })),
  clusters: [cluster({ id: 1, members: [1, 2] })],
});
const [FIRST, SECOND, EMPTY] = ["first", "second", "empty"].map((name) => ({ name }));
const PANES = [FIRST, SECOND];
const FINDINGS = PANES.flatMap((pane) => findingsOf(CASE, answers()).map((finding) => ({ pane, finding })));
const SPOTS = PANES.flatMap((pane) => calcificationsOf(CASE, answers()).map((finding) => ({ pane, finding })));

/**
 * The key of the next finding and its view, or nothing where it was the last.
 *
 * @param {typeof FINDINGS} steps
 * @param {1 | -1} by
 * @param {{ selected?: (typeof FINDINGS)[number], active?: typeof FIRST }} at
 */
function next(steps, by, { selected, active }) {
  const start = startOf({ selected: selected ?? null, active: active ?? selected?.pane ?? null }, steps, by, steps === SPOTS);
  const found = steps[start + by];
  return found && `${found.pane.name} ${found.finding.key}`;
}

test("forwards and backwards from what is selected, over the views of the case", () => {
  assert.equal(next(FINDINGS, 1, { selected: FINDINGS[0] }), "first calcification-3");
  assert.equal(next(FINDINGS, 1, { selected: FINDINGS[2] }), "second cluster-1");
  assert.equal(next(FINDINGS, -1, { selected: FINDINGS[3] }), "first calcification-4");
});

test("before the first and behind the last there is nothing", () => {
  assert.equal(next(FINDINGS, -1, { selected: FINDINGS[0] }), undefined);
  assert.equal(next(FINDINGS, 1, { selected: FINDINGS[5] }), undefined);
});

test("nothing selected: the first of the active view, or the one before it", () => {
  assert.equal(next(FINDINGS, 1, { active: SECOND }), "second cluster-1");
  assert.equal(next(FINDINGS, -1, { active: SECOND }), "first calcification-4");
});

test("an active view without findings: from the ends", () => {
  assert.equal(next(FINDINGS, 1, { active: EMPTY }), "first cluster-1");
  assert.equal(next(FINDINGS, -1, { active: EMPTY }), "second calcification-4");
});

test("from a cluster to single calcifications: its own first member", () => {
  assert.equal(next(SPOTS, 1, { selected: FINDINGS[0] }), "first calcification-1");
});

test("from a member of a cluster to findings: what follows its cluster", () => {
  assert.equal(next(FINDINGS, 1, { selected: SPOTS[1] }), "first calcification-3");
});
