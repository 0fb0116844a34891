// @ts-check
// What a reader steps through: clusters, then calcifications that stand alone, then vessels, then those that a reader added.

import { millimetres, words } from "../../rendering/pages/scripts/wording.js";
import { spans } from "./outline.js";
import { vesselsOf } from "./vessels.js";

/**
 * @import { AddedCalcification, AddedFinding, AnswerState, Box, CalcificationFinding, ClusterFinding, Finding, Point, Result,
 *   ResultCalcification, ResultCluster, ResultVessel, VesselFinding } from "./types.js"
 */

const SKIN_MM = 2;  // the outline runs along the skin, which is about so thick

/**
 * The findings of an image in the order of stepping, each with what the reader said of it.
 *
 * @param {Result | null} result
 * @param {AnswerState} answers
 * @returns {Finding[]}
 */
export function findingsOf(result, answers) {
  return [...(result ? reported(result, answers) : []), ...answers.added.map(added)];
}

/**
 * What the program reports: clusters, calcifications that stand alone, vessels.
 *
 * @param {Result} result
 * @param {AnswerState} answers
 * @returns {Finding[]}
 */
function reported(result, answers) {
  const { calcifications, clusters } = result;
  const byId = new Map(calcifications.map((item) => [item.id, item]));
  // A loose cluster is a chain of specks without a word: they stand alone.
  const loose = new Set(clusters.filter((one) => one.loose).map((one) => one.id));
  const alone = calcifications.filter((item) => item.cluster === null || loose.has(item.cluster));
  const [vessels, single] = vesselsOf(result, alone.filter(isVascular));
  alone.sort((one, other) => Number(isVascular(one)) - Number(isVascular(other)) || other.score - one.score);
  return [
    ...clusters.filter((one) => !loose.has(one.id)).map((one) => cluster(one, one.members.flatMap((id) => byId.get(id) ?? []), answers)),
    ...alone.filter((item) => !isVascular(item) || single.includes(item)).map((item) => calcification(item, answers)),
    ...vessels.map((one) => vessel(one.vessel, one.members, answers)),
  ];
}

/**
 * @param {ResultCluster} item
 * @param {ResultCalcification[]} members
 * @param {AnswerState} answers
 * @returns {ClusterFinding}
 */
function cluster(item, members, answers) {
  const said = answers.clusters[item.id] ?? {};
  return {
    kind: "cluster", key: `cluster-${item.id}`, id: item.id, item, members, said,
    label: said.distribution ?? item.distribution.label, verdict: said.verdict ?? null, ...middle(members, item.hull),
  };
}

/**
 * @param {AddedCalcification} item
 * @returns {AddedFinding}
 */
function added(item) {
  return { kind: "added", key: `added-${item.key}`, id: item.key, item, row: item.row, column: item.column, verdict: "accept", said: item };
}

/**
 * Every calcification of an image, members of clusters and vessels as well.
 *
 * @param {Result | null} result
 * @param {AnswerState} answers
 */
export function calcificationsOf(result, answers) {
  return (result?.calcifications ?? []).map((item) => calcification(item, answers));
}

/**
 * @param {ResultCalcification} item
 * @param {AnswerState} answers
 * @returns {CalcificationFinding}
 */
function calcification(item, answers) {
  const said = answers.calcifications[item.id] ?? {};
  return { kind: "calcification", key: `calcification-${item.id}`, id: item.id, item, said, row: item.row, column: item.column, verdict: said.verdict ?? null };
}

/**
 * Its verdict is that of all its members, where they have the same.
 *
 * @param {ResultVessel} item
 * @param {ResultCalcification[]} members
 * @param {AnswerState} answers
 * @returns {VesselFinding}
 */
function vessel(item, members, answers) {
  const verdicts = new Set(members.map((member) => answers.calcifications[member.id]?.verdict ?? null));
  const verdict = verdicts.size === 1 ? [...verdicts][0] : null;
  return { kind: "vessel", key: `vessel-${item.id}`, id: item.id, item, members, verdict, said: {}, ...middle(members) };
}

/** @param {ResultCalcification} item */
export function isVascular(item) {
  return item.flags.includes("vascular");
}

/**
 * micro, macro or vascular: the three kinds that are shown or hidden apart.
 *
 * @param {ResultCalcification} item
 */
export function kindOf(item) {
  return isVascular(item) ? "vascular" : item.size === "macro" ? "macro" : "micro";
}

/**
 * @param {ResultCalcification[]} members
 * @param {Point[]} hull
 */
function middle(members, hull = []) {
  const points = members.length ? members.map((item) => [item.row, item.column]) : hull;
  const rows = points.map((point) => point[0]);
  const columns = points.map((point) => point[1]);
  /** @type {Box} */
  const box = [Math.min(...columns), Math.min(...rows), Math.max(...columns), Math.max(...rows)];
  return { row: (box[1] + box[3]) / 2, column: (box[0] + box[2]) / 2, box };
}

/**
 * Whether a cluster or a vessel holds a calcification.
 *
 * @param {Finding | null | undefined} finding
 * @param {number | string} id
 */
export function holds(finding, id) {
  if (finding?.kind !== "cluster" && finding?.kind !== "vessel") return false;
  return finding.item.members.some((member) => member === id);
}

/**
 * The letter of what the program found; its number where it has none, as members of clusters, and said to be one where
 * the result that knows its letter is not there.
 *
 * @param {Pick<Result, "calcifications" | "clusters"> | null | undefined} result
 * @param {"cluster" | "calcification"} kind
 * @param {number} id
 */
export function letterOf(result, kind, id) {
  /** @type {{ id: number, letter: string | null }[]} */
  const all = result?.[`${kind}s`] ?? [];
  const found = all.find((one) => one.id === id);
  return found ? found.letter ?? id : `number ${id}`;
}

/** @param {Finding} finding */
export function nameOf(finding) {
  if (finding.kind === "added") return "Added by you";
  if (finding.kind === "vessel") return `Artery ${finding.item.letter}`;
  const name = finding.kind === "cluster" ? "Cluster" : "Calcification";
  return `${name} ${finding.item.letter ?? finding.id}`;
}

/**
 * What stands behind the name in a list.
 *
 * @param {Finding} finding
 */
export function aboutOf(finding) {
  if (finding.kind === "cluster") {
    return `${words(finding.label)}, ${finding.item.members.length} over ${finding.item.extent_mm.toFixed(1)} mm`;
  }
  if (finding.kind === "vessel") {
    const { length: count } = finding.members;
    return `vascular, ${count === 1 ? "1 calcification" : `${count} over ${finding.item.length_mm.toFixed(1)} mm`}`;
  }
  const diameter = millimetres(diameterOf(finding));
  if (finding.kind === "added") return diameter;
  const { size, width_mm: width, length_mm: length } = finding.item;
  if (width === null || length === null || finding.said.diameter_mm !== undefined) return diameter;
  // The width decides between micro and macro; in the words of mammocalc.rendering.wording.
  const sides = `${(Math.floor(width * 100 + 1e-6) / 100).toFixed(2)} × ${length.toFixed(2)} mm`;
  return `${isVascular(finding.item) ? "vascular, " : ""}${size}, ${sides}`;
}

/**
 * The diameter as the reader has it: corrected, or else as measured; null where there is none.
 *
 * @param {Finding} finding
 */
export function diameterOf(finding) {
  return finding.said.diameter_mm ?? ("diameter_mm" in finding.item ? finding.item.diameter_mm : null);
}

/**
 * Whether a place lies in the air beside the breast, more than the skin's thickness from its outline.
 *
 * @param {Point[] | null} outline
 * @param {number} row
 * @param {number} column
 * @param {number} unitMm
 */
export function isOutside(outline, row, column, unitMm) {
  if (!outline || outline.length < 3) return false;
  if (spans(outline, row).some(([left, right]) => left <= column && column <= right)) return false;
  return outline.every(([y, x], index) => {
    const [nextY, nextX] = outline[(index + 1) % outline.length];
    const along = Math.min(1, Math.max(0, ((row - y) * (nextY - y) + (column - x) * (nextX - x)) / ((nextY - y) ** 2 + (nextX - x) ** 2 || 1)));
    return Math.hypot(row - y - along * (nextY - y), column - x - along * (nextX - x)) * unitMm > SKIN_MM;
  });
}
