// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { VALUES_OF, comparison, hasPriors } from "../../pipeline/mammocalc/review/page/worklist_order.js";

/** @import { ListedImage } from "../../pipeline/mammocalc/review/page/types.js" */

/**
 * @param {Partial<ListedImage> & { uid: string }} facts
 * @returns {ListedImage}
 */
function listed(facts) {
  return {
    name: "R CC", patient_key: "p", patient: "p", examination: { number: 1, of: 1, days_earlier: 0 }, study_uid: "s", series_uid: "1", laterality: "R", view: "CC", rows: 1, columns: 1, frame: null, number_of_frames: 1, spacing_mm: null,
    distribution: null, presence_level: null, counts: null, seconds: null, flags: [], thumbnail: false, overlay: false, file: null,
    read: false, agreed: false, ...facts,
  };
}

/**
 * @param {string} order
 * @param {ListedImage[]} images
 */
function sorted(order, images) {
  return images.toSorted(comparison(order, ["grouped", "none"])).map(({ uid }) => uid).join(" ");
}

test("the surest first, what has no level last, and equal ones by UID", () => {
  const images = [listed({ uid: "d" }), listed({ uid: "c", presence_level: 2 }), listed({ uid: "b", presence_level: 9 }), listed({ uid: "a", presence_level: 2 })];
  assert.equal(sorted("presence", images), "b a c d");
});

test("distributions in the order of the vocabulary, the surest of each first", () => {
  const images = [
    listed({ uid: "a", distribution: "none", presence_level: 9 }), listed({ uid: "b", distribution: "grouped", presence_level: 5 }),
    listed({ uid: "c", distribution: "grouped", presence_level: 8 }),
  ];
  assert.equal(sorted("distribution", images), "c b a");
});

test("cases of one patient together, hung as usual, other views behind", () => {
  const images = [["L", "MLO"], ["R", "XCCL"], ["L", "CC"], ["R", "MLO"], ["R", "CC"]].map(([laterality, view], at) => listed({ uid: String(at), laterality, view }));
  assert.equal(sorted("case", [...images, listed({ uid: "9", patient_key: "a" })]), "9 4 2 3 0 1");
});

test("of one patient the newest examination stands first, whatever its study is called", () => {
  const taken = (/** @type {string} */ uid, /** @type {number} */ number, /** @type {string} */ view) => listed({
    uid, view, study_uid: `s${9 - number}`, examination: { number, of: 2, days_earlier: number === 1 ? 0 : 730 },
  });
  const images = [taken("a", 2, "CC"), taken("b", 1, "MLO"), taken("c", 2, "MLO"), taken("d", 1, "CC")];
  assert.equal(sorted("case", images), "d b a c");
  assert.deepEqual([hasPriors(images), hasPriors([listed({ uid: "a" })])], [true, false]);
});

test("presence falls into three parts, with its limits in the upper one", () => {
  const part = (/** @type {number | null} */ level) => VALUES_OF.presence(listed({ uid: "a", presence_level: level }))[0];
  assert.deepEqual([7, 6.9, 5, 4.9, null].map(part), ["7 of 10 and more", "5 to 7", "5 to 7", "below 5", undefined]);
});

test("who agrees has more than read", () => {
  const reading = (/** @type {Partial<ListedImage>} */ facts) => VALUES_OF.reading(listed({ uid: "a", ...facts }))[0];
  assert.deepEqual([reading({}), reading({ read: true }), reading({ read: true, agreed: true })], ["unread", "read", "agreed"]);
});
