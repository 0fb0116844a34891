// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { byChange } from "../../pipeline/mammocalc/rendering/pages/scripts/change_order.js";
import { sayChanges } from "../../pipeline/mammocalc/review/page/change_table.js";
import { keysOf } from "../../pipeline/mammocalc/review/page/choosing.js";
import { calcificationsOf, findingsOf } from "../../pipeline/mammocalc/review/page/findings.js";
import {
  PAIR_WORDS, acrossDates, findingOf, linksOf, pairOfRow, rowOf, saidOf, sayLocation, sayingsOf, sureNipple, usable,
} from "../../pipeline/mammocalc/review/page/partners.js";
import { placeBy, tiesOf } from "../../pipeline/mammocalc/review/page/registration.js";
import { View } from "../../pipeline/mammocalc/review/page/view.js";
import { answers, calcification, cluster, comparison, result } from "./cases.js";

/** @import { PairName, SaidOfPair, Study } from "../../pipeline/mammocalc/review/page/types.js" */

/** @type {Study} */
const STUDY = {
  findings: [{
    name: "L1",
    sightings: [{ sop_instance_uid: "cc", cluster: 1, letter: "A", view: "L CC" }, { sop_instance_uid: "mlo", cluster: 4, letter: "B", view: "L MLO" }],
    links: [{ first: { sop_instance_uid: "cc", cluster: 1 }, second: { sop_instance_uid: "mlo", cluster: 4 }, probability: 0.9, reasons: ["alike"] }],
    unseen: [], location: null,
  }, {
    name: "L2", sightings: [{ sop_instance_uid: "cc", cluster: 2, letter: "C", view: "L CC" }], links: [],
    unseen: [{ sop_instance_uid: "mlo", view: "L MLO", arc_mm: 42, band_mm: 20 }], location: null,
  }],
  statements: [], notes: [],
};

test("a cluster is linked to that of the other view, from either side", () => {
  assert.deepEqual(linksOf(STUDY, "cc", 1).map(({ uid, cluster: id }) => [uid, id]), [["mlo", 4]]);
  assert.deepEqual(linksOf(STUDY, "mlo", 4).map(({ uid, cluster: id }) => [uid, id]), [["cc", 1]]);
  assert.deepEqual([linksOf(STUDY, "cc", 2), linksOf(STUDY, "cc", null), linksOf(null, "cc", 1)], [[], [], []]);
  assert.deepEqual([findingOf(STUDY, "mlo", 4)?.name, findingOf(STUDY, "mlo", 2), findingOf(STUDY, "cc", 2)?.name], ["L1", null, "L2"]);
});

const now = result({
  calcifications: [calcification({ id: 1, cluster: 1 }), calcification({ id: 2, cluster: 1 }), calcification({ id: 3 })],
  clusters: [cluster({ id: 1, members: [1, 2] })],
});
const [clusterNow] = findingsOf(now, answers());
const [first, , third] = calcificationsOf(now, answers());
const compared = comparison({
  clusters: [{ cluster: 1, prior_clusters: [7, 8], change: "grown" }],
  calcifications: [{ calcification: 1, prior_calcification: 5, change: "matched" }, { calcification: 3, change: "new", place: [50, 60] }],
});

test("the other date is found from either side, and a place where there is nothing", () => {
  assert.deepEqual(acrossDates(compared, first, false), { keys: ["calcification-5"], place: null });
  assert.deepEqual(acrossDates(compared, { ...first, id: 5 }, true), { keys: ["calcification-1"], place: null });
  assert.deepEqual(acrossDates(compared, third, false), { keys: [], place: [50, 60] });
  assert.deepEqual(acrossDates(compared, clusterNow, false).keys, ["cluster-7", "cluster-8"]);
  assert.equal(rowOf(compared, { ...first, id: 99 }, false), null);
  assert.deepEqual([usable(compared), usable({ why: "Compare again." }), usable(null)], [compared, null, null]);
});

test("what can be said depends on what there is, and a key means one word alone", () => {
  const pair = (/** @type {number | null} */ id, /** @type {number | null} */ other) => sayingsOf({ relation: "change", of: "cluster", id, other: "x", other_id: other });
  assert.deepEqual([pair(1, 2), pair(1, null), pair(null, 2)], [["same", "not_the_same", "new"], ["new", "same"], ["gone", "same"]]);
  const letters = [...keysOf(PAIR_WORDS, "s").values()];
  assert.deepEqual(letters, ["a", "n", "e", "g"]);
});

test("of the two sides of a link the last word counts, also where it was taken back", () => {
  /** @type {PairName} */
  const pair = { relation: "link", of: "cluster", id: 1, other: "mlo", other_id: 4 };
  const turned = { ...pair, id: 4, other: "cc", other_id: 1 };
  const said = (/** @type {SaidOfPair[]} */ own, /** @type {SaidOfPair[]} */ other) => saidOf(pair, "cc", (uid) => answers({ pairs: uid === "cc" ? own : other }));
  assert.equal(said([], []), null);
  assert.equal(said([{ ...pair, answer: "same", number: 3 }], []), "same");
  assert.equal(said([{ ...pair, answer: "same", number: 3 }], [{ ...turned, answer: "not_the_same", number: 5 }]), "not_the_same");
  assert.equal(said([{ ...pair, answer: "same", number: 9 }], [{ ...turned, answer: "not_the_same", number: 5 }]), "same");
  assert.equal(said([{ ...pair, answer: "same", number: 3 }], [{ ...turned, answer: null, number: 5 }]), null);
});

test("the table begins with what changed, and a row names its pair", () => {
  assert.deepEqual(byChange(compared.calcifications).map(({ change }) => change), ["new", "matched"]);
  assert.equal(sayChanges(compared.calcifications), "1 new, 1 matched");
  assert.equal(sayChanges([]), "nothing to compare");
  assert.deepEqual(pairOfRow("cluster", compared.clusters[0], "old"), { relation: "change", of: "cluster", id: 1, other: "old", other_id: 7 });
});

test("a place is told as far as the study tells it", () => {
  const location = { quadrant: "lower_inner", upper_lower: "lower", outer_inner: "inner", region: null, clock: 4, depth: "middle", from_nipple_mm: 58.1, reasons: [] };
  assert.equal(sayLocation(location), "lower inner, 4 o'clock, middle third, 58 mm from the nipple");
  assert.equal(sayLocation({ ...location, quadrant: null, upper_lower: null, clock: null, from_nipple_mm: null, depth: null }), "inner");
  assert.equal(sayLocation(null), "");
});

test("a nipple in doubt is none", () => {
  const breast = { outline: [], nipple: { row: 10, column: 20, confidence: 0.9 } };
  assert.deepEqual([sureNipple(result({ breast })), sureNipple(result({ breast, flags: ["nipple_uncertain"] })), sureNipple(null)], [[20.5, 10.5], null, null]);
});

test("among joined calcifications a place goes with those around it, and elsewhere by the nipple", () => {
  const places = [10, 12, 14].map((row, at) => calcification({ id: at + 1, row, column: 20 }));
  const current = result({ calcifications: places });
  const prior = result({ calcifications: places.map((item) => ({ ...item, row: item.row + 30, column: item.column + 5 })) });
  const rows = places.map(({ id }) => ({ calcification: id, prior_calcification: id, change: "matched" }));
  const ties = tiesOf(comparison({ calcifications: rows }), current, prior);
  assert.equal(ties.length, 3);
  const framed = { view: new View(100, 200, [0.1, 0.1]), result: null, wall: null };
  const { place, by } = placeBy(framed, framed, [22, 13], ties);
  assert.equal(by, "registration");
  assert.ok(Math.abs(place[0] - 27) < 1e-9 && Math.abs(place[1] - 43) < 1e-9);
  assert.equal(placeBy(framed, framed, [22, 13], []).by, "edges");
  const doubtful = { ...comparison({ calcifications: rows }) };
  doubtful.registration = { ...doubtful.registration, is_comparable: false };
  assert.deepEqual(tiesOf(doubtful, current, prior), []);
  assert.deepEqual(tiesOf(comparison({ calcifications: rows.slice(1) }), current, prior), []);
});
