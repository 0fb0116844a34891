// @ts-check
// Results and answers as small as tests need them.

/**
 * @import { AnswerState, Comparison, ComparisonCalcification, ComparisonCluster, Result, ResultCalcification, ResultCluster, ResultVessel } from "../../pipeline/mammocalc/review/page/types.js"
 */

/**
 * @param {Partial<ResultCalcification> & { id: number }} facts
 * @returns {ResultCalcification}
 */
export function calcification(facts) {
  return {
    letter: null, row: 10 * facts.id, column: 20 * facts.id, diameter_mm: 0.3, length_mm: 0.35, width_mm: 0.25, diameter_px: 4, outline: [],
    size: "micro", score: 0.5, contrast_to_noise: 8, cluster: null, vessel: null, morphology: null, left_out: null, flags: [], ...facts,
  };
}

/**
 * @param {Partial<ResultCluster> & { id: number, members: number[] }} facts
 * @returns {ResultCluster}
 */
export function cluster(facts) {
  const distribution = { label: "grouped", between: [], probabilities: null, calibrated_on: null, reasons: [] };
  return { letter: "A", loose: false, extent_mm: 5.21, hull: [], distribution, morphology: null, published_association: null, ...facts };
}

/**
 * @param {Partial<ResultVessel> & { id: number, members: number[] }} facts
 * @returns {ResultVessel}
 */
export function vessel(facts) {
  return { letter: "B", length_mm: 12.34, course: [], ...facts };
}

/**
 * @param {Partial<Result>} facts
 * @returns {Result}
 */
export function result(facts = {}) {
  return {
    image: { sop_instance_uid: "1.2.3", laterality: "R", view: "CC", rows: 100, columns: 200, pixel_spacing_mm: [0.1, 0.1], patient_orientation: [], number_of_frames: 1 },
    breast: { outline: [], nipple: null }, presence_level: 8, flags: [], overlay: null, calcifications: [], clusters: [], vessels: [],
    counts: { calcifications: 0, micro: 0, macro: 0, size_unknown: 0, vascular: 0, clusters: 0, vessels: 0 },
    distribution: { label: "grouped", between: [], probabilities: null, calibrated_on: null, reasons: [] },
    ...facts,
  };
}

/**
 * @param {Partial<AnswerState>} facts
 * @returns {AnswerState}
 */
export function answers(facts = {}) {
  return {
    calcifications: {}, clusters: {}, added: [], pairs: [], distribution: null, comment: "", read: false, agreed: false, rest_accepted: false,
    can_undo: false, can_redo: false, undoes: null, redoes: null, last: 0, saved_at: null, unread_of_case: 0, images_of_case: 1, ...facts,
  };
}

/**
 * A comparison with an image that is called `old`.
 *
 * @param {{ clusters?: Partial<ComparisonCluster>[], calcifications?: Partial<ComparisonCalcification>[] }} facts
 * @returns {Comparison}
 */
export function comparison({ clusters = [], calcifications = [] }) {
  return {
    why: null, prior: "old", interval_days: 731, notes: [], stability_notice: "",
    registration: { kind: "neighbours", joined: 9, residual_mm: 0.3, matched_share: 0.9, mirrored_share: 0.1, is_comparable: true, reasons: [] },
    clusters: clusters.map((row) => ({
      cluster: null, prior_clusters: [], change: "matched", members: 0, prior_members: 0, joined: 0, extent_mm: null, prior_extent_mm: null, reasons: [], ...row,
    })),
    calcifications: calcifications.map((row) => ({
      calcification: null, prior_calcification: null, change: "matched", diameter_mm: null, prior_diameter_mm: null, cluster: null, prior_cluster: null, place: null, reason: "", ...row,
    })),
  };
}
