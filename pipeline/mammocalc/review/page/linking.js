// @ts-check
// Links that the program did not propose: a reader begins one at a finding, and ends it at one of another view of the breast.

import { letterOf, nameOf } from "./findings.js";
import { clusterOf, isSamePair, saidOf, turned } from "./partners.js";

/**
 * @import { Finding, PairName } from "./types.js"
 * @import { Pair } from "./partners.js"
 * @import { Pane } from "./pane.js"
 * @import { Chosen, Viewer } from "./viewer.js"
 */

/** Where a link was begun. @type {WeakMap<Viewer, Chosen>} */
const BEGUN = new WeakMap();

/**
 * The other views of the breast in which a finding may have its partner.
 *
 * @param {Viewer} viewer
 * @param {Pane} pane
 */
export function otherViews(viewer, pane) {
  return viewer.all.includes(pane) ? viewer.all.filter((one) => one !== pane && one.image.laterality === pane.image.laterality) : [];
}

/**
 * Whether a reader can say what a finding is in another view.
 *
 * @param {Viewer} viewer
 * @param {Chosen} chosen
 */
export function canBeLinked(viewer, { pane, finding }) {
  return ["cluster", "calcification"].includes(finding.kind) && otherViews(viewer, pane).length > 0;
}

/**
 * Begin a link, or leave it where it was begun at this very finding. Gives what the reader is told.
 *
 * @param {Viewer} viewer
 * @param {Chosen} chosen
 */
export function beginLink(viewer, chosen) {
  const former = BEGUN.get(viewer);
  if (former?.pane === chosen.pane && former.finding.key === chosen.finding.key) {
    endLink(viewer);
    return "No link is made.";
  }
  BEGUN.set(viewer, chosen);
  return `${nameOf(chosen.finding)}: now select the same ${chosen.finding.kind} in another view of this breast, and press S there. S here leaves it.`;
}

/** @param {Viewer} viewer */
export function endLink(viewer) {
  BEGUN.delete(viewer);
}

/**
 * The link that was begun, where it can end at a finding.
 *
 * @param {Viewer} viewer
 * @param {Chosen} chosen
 * @returns {Pair[]}
 */
export function offeredLink(viewer, { pane, finding }) {
  const from = BEGUN.get(viewer);
  if (!from || from.finding.kind !== finding.kind || !otherViews(viewer, pane).includes(from.pane)) return [];
  return [pairOf(finding, pane, from.pane, Number(from.finding.id), "to be linked")];
}

/**
 * The links of a finding that the reader made, said in either view.
 *
 * @param {Viewer} viewer
 * @param {Chosen} chosen
 * @returns {Pair[]}
 */
export function linksOfReader(viewer, { pane, finding }) {
  return otherViews(viewer, pane).flatMap((other) => {
    const own = eachOnce(linksBetween(pane, other)).filter(({ of, id }) => of === finding.kind && id === finding.id);
    return own.flatMap((pair) => pair.other_id ?? []).map((id) => pairOf(finding, pane, other, id, "said by you"));
  });
}

/**
 * The findings of another view that a finding, or the cluster that it is of, is by the last word of the reader.
 *
 * @param {Pane} pane
 * @param {Finding} finding
 * @param {Pane} other
 * @returns {string[]} Their keys.
 */
export function saidToBe(pane, finding, other) {
  const states = new Map([pane, other].map((one) => [one.uid, one.answers.state]));
  const named = [{ of: finding.kind, id: finding.id }, { of: "cluster", id: clusterOf(finding) }];
  const own = linksBetween(pane, other).filter((pair) => named.some(({ of, id }) => pair.of === of && pair.id === id));
  const found = own.filter((pair) => saidOf(pair, pane.uid, (uid) => states.get(uid) ?? null) === "same");
  return eachOnce(found).map((pair) => `${pair.of}-${pair.other_id}`);
}

/**
 * @param {Pane} pane
 * @param {Pane} other
 * @returns {PairName[]} The links between two views of which anything was said, in either of the two; some twice.
 */
function linksBetween(pane, other) {
  const here = pane.answers.state.pairs.filter((pair) => pair.other === other.uid);
  const there = other.answers.state.pairs.filter((pair) => pair.other === pane.uid).map((pair) => turned(pair, other.uid));
  return [...here, ...there].filter((pair) => pair.relation === "link");
}

/**
 * Leave out what an earlier pair names already.
 *
 * @template {PairName} T
 * @param {T[]} pairs
 */
export function eachOnce(pairs) {
  return pairs.filter((pair, place) => pairs.findIndex((one) => isSamePair(one, pair)) === place);
}

/**
 * @param {Finding} finding A cluster or a calcification.
 * @param {Pane} pane
 * @param {Pane} other
 * @param {number} id In the other view.
 * @param {string} about
 * @returns {Pair}
 */
function pairOf(finding, pane, other, id, about) {
  const of = finding.kind === "cluster" ? "cluster" : "calcification";
  const title = `${other.name}: ${of} ${letterOf(other.result, of, id)}`;
  return { relation: "link", of, id: Number(finding.id), other: other.uid, other_id: id, uid: pane.uid, title, claim: null, about, reasons: [] };
}
