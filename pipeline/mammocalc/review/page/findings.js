// What a reader steps through: clusters, then calcifications that stand alone, then vessels, then those that a reader added.

import { millimetres, words } from "./dom.js";
import { spans } from "./outline.js";
import { vesselsOf } from "./vessels.js";

const SKIN_MM = 2;  // the outline runs along the skin, which is about so thick

/** The findings of an image in the order of stepping, each with what the reader said of it. */
export function findingsOf(result, answers) {
  const found = [];
  const calcifications = result?.calcifications ?? [];
  const byId = new Map(calcifications.map((item) => [item.id, item]));
  const loose = new Set((result?.clusters ?? []).filter((cluster) => cluster.loose).map((cluster) => cluster.id));
  for (const cluster of result?.clusters ?? []) {
    if (loose.has(cluster.id)) continue;  // a chain of specks without a word: they stand alone
    const members = cluster.members.map((id) => byId.get(id)).filter(Boolean);
    const said = answers.clusters[cluster.id] ?? {};
    found.push({
      kind: "cluster", key: `cluster-${cluster.id}`, id: cluster.id, item: cluster, members, said,
      label: said.distribution ?? cluster.distribution.label, verdict: said.verdict ?? null, ...middle(members, cluster.hull),
    });
  }
  const alone = calcifications.filter((item) => item.cluster === null || loose.has(item.cluster));
  const [vessels, single] = vesselsOf(result, alone.filter(isVascular));
  alone.sort((one, other) => isVascular(one) - isVascular(other) || other.score - one.score);
  for (const item of alone) if (!isVascular(item) || single.includes(item)) found.push(calcification(item, answers));
  for (const one of vessels) found.push(vessel(one.vessel, one.members, answers));
  for (const item of answers.added) {
    found.push({ kind: "added", key: `added-${item.key}`, id: item.key, item, row: item.row, column: item.column, verdict: "accept", said: item });
  }
  return found;
}

/** Every calcification of an image, members of clusters and vessels as well. */
export function calcificationsOf(result, answers) {
  return (result?.calcifications ?? []).map((item) => calcification(item, answers));
}

function calcification(item, answers) {
  const said = answers.calcifications[item.id] ?? {};
  return { kind: "calcification", key: `calcification-${item.id}`, id: item.id, item, said, row: item.row, column: item.column, verdict: said.verdict ?? null };
}

// Its verdict is that of all its members, where they have the same.
function vessel(item, members, answers) {
  const verdicts = new Set(members.map((item) => answers.calcifications[item.id]?.verdict ?? null));
  const verdict = verdicts.size === 1 ? [...verdicts][0] : null;
  return { kind: "vessel", key: `vessel-${item.id}`, id: item.id, item, members, verdict, said: {}, ...middle(members) };
}

export function isVascular(item) {
  return item.flags.includes("vascular");
}

/** micro, macro or vascular: the three kinds that are shown or hidden apart. */
export function kindOf(item) {
  return isVascular(item) ? "vascular" : item.size === "macro" ? "macro" : "micro";
}

function middle(members, hull = []) {
  const points = members.length ? members.map((item) => [item.row, item.column]) : hull;
  const rows = points.map((point) => point[0]);
  const columns = points.map((point) => point[1]);
  const box = [Math.min(...columns), Math.min(...rows), Math.max(...columns), Math.max(...rows)];
  return { row: (box[1] + box[3]) / 2, column: (box[0] + box[2]) / 2, box };
}

/** Whether a cluster or a vessel holds a calcification. */
export function holds(finding, id) {
  return ["cluster", "vessel"].includes(finding?.kind) && finding.item.members.includes(id);
}

export function nameOf(finding) {
  if (finding.kind === "added") return "Added by you";
  if (finding.kind === "vessel") return `Artery ${finding.item.letter}`;
  const name = finding.kind === "cluster" ? "Cluster" : "Calcification";
  return `${name} ${finding.item.letter ?? finding.id}`;
}

/** What stands behind the name in a list. */
export function aboutOf(finding) {
  if (finding.kind === "cluster") {
    return `${words(finding.label)}, ${finding.item.members.length} over ${finding.item.extent_mm.toFixed(1)} mm`;
  }
  if (finding.kind === "vessel") {
    const { length: count } = finding.members;
    return `vascular, ${count === 1 ? "1 calcification" : `${count} over ${finding.item.length_mm.toFixed(1)} mm`}`;
  }
  const diameter = millimetres(diameterOf(finding));
  const { size, width_mm: width, length_mm: length } = finding.item;
  if (finding.kind === "added" || width === null || finding.said?.diameter_mm !== undefined) return diameter;
  // The width decides between micro and macro; in the words of mammocalc.rendering.wording.
  const sides = `${(Math.floor(width * 100 + 1e-6) / 100).toFixed(2)} × ${length.toFixed(2)} mm`;
  return `${isVascular(finding.item) ? "vascular, " : ""}${size}, ${sides}`;
}

/** The diameter as the reader has it: corrected, or else as measured. */
export function diameterOf(finding) {
  return finding.said?.diameter_mm ?? finding.item.diameter_mm ?? null;
}

/** Whether a place lies in the air beside the breast, more than the skin's thickness from its outline. */
export function isOutside(outline, row, column, unitMm) {
  if (!outline || outline.length < 3) return false;
  if (spans(outline, row).some(([left, right]) => left <= column && column <= right)) return false;
  return outline.every(([y, x], index) => {
    const [nextY, nextX] = outline[(index + 1) % outline.length];
    const along = Math.min(1, Math.max(0, ((row - y) * (nextY - y) + (column - x) * (nextX - x)) / ((nextY - y) ** 2 + (nextX - x) ** 2 || 1)));
    return Math.hypot(row - y - along * (nextY - y), column - x - along * (nextX - x)) * unitMm > SKIN_MM;
  });
}
