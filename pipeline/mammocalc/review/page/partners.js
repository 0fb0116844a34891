// @ts-check
// The partners of a finding: in the other views of its examination, and on the other date.

import { middleOf } from "./view.js";

/**
 * @import { AnswerState, Comparison, ComparisonAnswer, ComparisonCalcification, ComparisonCluster, Finding, PairAnswer, PairName, Point, Result, Study,
 *   StudyFinding, StudyLink, StudyLocation } from "./types.js"
 */

/** @typedef {PairName & { uid: string, title: string, claim: PairAnswer | null, about: string, reasons: string[] }} Pair */

/** What can be said of a pair, by whether there is a finding on this side and on the other. @type {Record<string, PairAnswer[]>} */
const SAYINGS = { link: ["same", "not_the_same"], both: ["same", "not_the_same", "new"], here: ["new", "same"], there: ["gone", "same"] };

/** All words in the order of their keys. @type {PairAnswer[]} */
export const PAIR_WORDS = ["same", "not_the_same", "new", "gone"];

/** What the words of a comparison claim. @type {Record<string, PairAnswer>} */
const CLAIMS = { matched: "same", grown: "same", smaller: "same", new: "new", new_faint: "new", gone: "gone" };

/** @param {PairName} pair */
export function sayingsOf({ relation, id, other_id: other }) {
  if (relation === "link") return SAYINGS.link;
  return SAYINGS[id === null ? "there" : other === null ? "here" : "both"];
}

/**
 * The comparison itself, where it can be used.
 *
 * @param {ComparisonAnswer | null} answer
 * @returns {Comparison | null}
 */
export function usable(answer) {
  return answer && "clusters" in answer ? answer : null;
}

/**
 * The cluster that a finding is, or is a member of.
 *
 * @param {Finding} finding
 */
export function clusterOf(finding) {
  if (finding.kind === "cluster") return finding.id;
  return finding.kind === "calcification" ? finding.item.cluster : null;
}

/**
 * The place in the breast that a cluster belongs to.
 *
 * @param {Study | null} study
 * @param {string} uid
 * @param {number | null} cluster
 * @returns {StudyFinding | null}
 */
export function findingOf(study, uid, cluster) {
  if (cluster === null) return null;
  return study?.findings.find(({ sightings }) => sightings.some((one) => one.sop_instance_uid === uid && one.cluster === cluster)) ?? null;
}

/**
 * Where in the breast a finding lies: `lower inner, 4 o'clock, middle third, 58 mm from the nipple`; empty where nothing is told.
 *
 * @param {StudyLocation | null} location
 */
export function sayLocation(location) {
  if (!location) return "";
  const { quadrant, upper_lower: half, outer_inner: side, region, clock, depth, from_nipple_mm: away } = location;
  const where = region ?? quadrant ?? half ?? side;
  const told = [
    where?.replaceAll("_", " "), clock === null ? null : `${clock} o'clock`, depth && `${depth} third`, away === null ? null : `${away.toFixed(0)} mm from the nipple`,
  ];
  return told.filter(Boolean).join(", ");
}

/**
 * The clusters of other images that one is linked to.
 *
 * @param {Study | null} study
 * @param {string} uid
 * @param {number | null} cluster
 * @returns {{ uid: string, cluster: number, link: StudyLink }[]}
 */
export function linksOf(study, uid, cluster) {
  return (findingOf(study, uid, cluster)?.links ?? []).flatMap((link) => {
    const ends = [link.first, link.second];
    const own = ends.findIndex((end) => end.sop_instance_uid === uid && end.cluster === cluster);
    if (own < 0) return [];
    const other = ends[1 - own];
    return [{ uid: other.sop_instance_uid, cluster: other.cluster, link }];
  });
}

/**
 * What a comparison says of a calcification or a cluster of one of its images.
 *
 * @param {Comparison} comparison
 * @param {Finding} finding
 * @param {boolean} isPrior Whether it is one of the prior.
 * @returns {{ of: "cluster", row: ComparisonCluster } | { of: "calcification", row: ComparisonCalcification } | null}
 */
export function rowOf(comparison, finding, isPrior) {
  if (finding.kind === "cluster") {
    const row = comparison.clusters.find((one) => (isPrior ? one.prior_clusters.includes(finding.id) : one.cluster === finding.id));
    return row ? { of: "cluster", row } : null;
  }
  if (finding.kind !== "calcification") return null;
  const row = comparison.calcifications.find((one) => (isPrior ? one.prior_calcification : one.calcification) === finding.id);
  return row ? { of: "calcification", row } : null;
}

/**
 * The keys of the findings on the other date that a finding was joined with, and where it should lie there.
 *
 * @param {Comparison} comparison
 * @param {Finding} finding
 * @param {boolean} isPrior Whether the finding is one of the prior.
 * @returns {{ keys: string[], place: Point | null }}
 */
export function acrossDates(comparison, finding, isPrior) {
  const found = rowOf(comparison, finding, isPrior);
  if (!found) return { keys: [], place: null };
  if (found.of === "cluster") {
    const ids = isPrior ? [found.row.cluster].filter((id) => id !== null) : found.row.prior_clusters;
    return { keys: ids.map((id) => `cluster-${id}`), place: null };
  }
  const id = isPrior ? found.row.calcification : found.row.prior_calcification;
  return { keys: id === null ? [] : [`calcification-${id}`], place: found.row.place };
}

/**
 * The pair of findings on two dates that a row speaks of.
 *
 * @param {"cluster" | "calcification"} of
 * @param {ComparisonCluster | ComparisonCalcification} row
 * @param {string} other The prior.
 * @returns {PairName}
 */
export function pairOfRow(of, row, other) {
  if ("prior_clusters" in row) return { relation: "change", of, id: row.cluster, other, other_id: row.prior_clusters[0] ?? null };
  return { relation: "change", of, id: row.calcification, other, other_id: row.prior_calcification };
}

/**
 * What the program holds of a row: one of the reader's words, or null where it holds nothing.
 *
 * @param {string} change
 */
export function claimOf(change) {
  return CLAIMS[change] ?? null;
}

/**
 * The pair as it stands on the other side.
 *
 * @param {PairName} pair
 * @param {string} uid The image of the pair.
 * @returns {PairName}
 */
export function turned(pair, uid) {
  return { ...pair, id: pair.other_id, other: uid, other_id: pair.id };
}

/**
 * Whether two names are of the same pair.
 *
 * @param {PairName} one
 * @param {PairName} other
 */
export function isSamePair(one, other) {
  return one.relation === other.relation && one.of === other.of && one.id === other.id && one.other === other.other && one.other_id === other.other_id;
}

/**
 * What was said of a pair, on either of its sides.
 *
 * @param {PairName} pair
 * @param {string} uid The image of the pair.
 * @param {(uid: string) => AnswerState | null} stateOf
 * @returns {PairAnswer | null}
 */
export function saidOf(pair, uid, stateOf) {
  const own = (stateOf(uid)?.pairs ?? []).filter((one) => isSamePair(one, pair));
  const other = pair.relation === "link" ? (stateOf(pair.other)?.pairs ?? []).filter((one) => isSamePair(one, turned(pair, uid))) : [];
  const [last] = [...own, ...other].sort((one, two) => two.number - one.number);
  return last?.answer ?? null;
}

/**
 * The nipple where it is sure enough to measure from, as (x, y).
 *
 * @param {Result | null} result
 * @returns {Point | null}
 */
export function sureNipple(result) {
  const nipple = result?.breast?.nipple;
  return nipple && !result?.flags.includes("nipple_uncertain") ? middleOf([nipple.row, nipple.column]) : null;
}
