// @ts-check
// What a reader says of the findings, as actions for the server. Each says one thing, once: to say it again changes nothing.

import { choose } from "./choosing.js";
import { confirmed } from "./confirming.js";
import { toast } from "./dom.js";
import { isOutside, nameOf } from "./findings.js";

/**
 * @import { Action, Finding, Place, Point, Verdict, Vocabulary } from "./types.js"
 * @import { LabelMode } from "./choosing.js"
 * @import { Pane } from "./pane.js"
 * @import { Chosen, Viewer } from "./viewer.js"
 */

const SMALLEST_MM = 0.05;
const LARGEST_MM = 50;

/**
 * @param {Finding} finding
 * @param {Verdict | null} verdict
 * @returns {Extract<Action, { verdict: Verdict | null }>}
 */
function verdictOn(finding, verdict) {
  if (finding.kind === "vessel") return { type: "judge_calcifications", ids: finding.members.map((item) => item.id), verdict };
  if (finding.kind === "cluster") return { type: "judge_cluster", id: finding.id, verdict };
  return { type: "judge_calcification", id: Number(finding.id), verdict };
}

/**
 * Accept or reject what is selected; null takes the verdict back.
 *
 * @param {Viewer} viewer
 * @param {Verdict | null} verdict
 * @param {Chosen | null} chosen
 */
export function judge(viewer, verdict, chosen = viewer.selected) {
  if (!chosen) return toast("Select a finding first: J goes to the next one.");
  const { finding, pane } = chosen;
  if (finding.kind === "added") {
    if (verdict === "reject") return viewer.send({ type: "remove_added", key: finding.id }, pane);
    return toast("You added this one yourself. X removes it.");
  }
  const action = verdictOn(finding, verdict);
  if (pane.answers.expectedVerdict(action, finding.verdict) === verdict) {
    return toast(`${nameOf(finding)} ${verdict === null ? "has no verdict" : `is ${verdict}ed already`}.`);
  }
  return viewer.send(action, pane);
}

/**
 * Whether the reader has added one at a place already, or one there waits to be saved.
 *
 * @param {Pane} pane
 * @param {number} row
 * @param {number} column
 */
function isAddedAt({ answers, view }, row, column) {
  const waiting = answers.pending.map(({ action }) => action).filter((action) => action.type === "add_calcification");
  return [...answers.state.added, ...waiting].some((one) => {
    const away = Math.hypot(one.row - row, one.column - column) * view.screenMm;
    return away < Math.max(one.diameter_mm ?? 0, SMALLEST_MM * 2) / 2;
  });
}

/**
 * Add a missed calcification; outside of the breast only where the reader says so again.
 *
 * @param {Viewer} viewer
 * @param {Pane} pane
 * @param {Point} place (x, y) of the stored image.
 * @param {number} diameter In mm; not used where the image has no spacing.
 */
export async function add(viewer, pane, [x, y], diameter) {
  const { answers, view } = pane;
  const row = Number((y - 0.5).toFixed(2));
  const column = Number((x - 0.5).toFixed(2));
  if (row < 0 || column < 0 || row > view.rows - 1 || column > view.columns - 1) return toast("That lies outside the image.");
  viewer.sized = null;
  if (isAddedAt(pane, row, column)) return toast("You have added one at this place already.");
  if (isOutside(pane.outline, row, column, view.screenMm) && !(await confirmed(
    "Outside of the breast", "This place lies in the air beside the breast, as the program has outlined it.", "Add it all the same",
  ))) return toast("Nothing was added.");
  const known = new Set(answers.state.added.map((one) => one.key));
  const millimetres = view.unitMm ? within(diameter) : null;
  if (!(await viewer.send({ type: "add_calcification", row, column, diameter_mm: millimetres }, pane))) return undefined;
  const added = pane.marks.findings.find((one) => one.kind === "added" && !known.has(one.id));
  if (added && viewer.active === pane) viewer.select(added, pane);
  return undefined;
}

/**
 * The nearest diameter that can be given.
 *
 * @param {number} diameter
 */
export function within(diameter) {
  return Number(Math.min(LARGEST_MM, Math.max(SMALLEST_MM, diameter)).toFixed(3));
}

/**
 * Correct the diameter of a finding.
 *
 * @param {Viewer} viewer
 * @param {number} diameter
 * @param {Chosen} chosen
 */
export function resize(viewer, diameter, { finding, pane }) {
  return viewer.send({ type: "resize_calcification", ...placeOf(finding), diameter_mm: within(diameter) }, pane);
}

/**
 * How a calcification is named to the server.
 *
 * @param {Finding} finding
 * @returns {Place}
 */
export function placeOf(finding) {
  return finding.kind === "added" ? { key: finding.id } : { id: finding.id };
}

/**
 * Agree with the whole image, or no longer.
 *
 * @param {Viewer} viewer
 */
export function agree(viewer, isOn = true) {
  const pane = viewer.current;
  if (pane.result === null) return toast("Blinded: the marks are shown when the whole case is read. Then you can agree.");
  const { agreed, rest_accepted: isAccepted } = pane.answers.expected;
  if ((agreed || isAccepted) === isOn) return toast(isOn ? "You have agreed already. Shift+G takes it back." : "You have not agreed.");
  return viewer.send({ type: "agree_image", agreed: isOn }, pane);
}

/** @param {Viewer} viewer */
export function markRead(viewer, isOn = true) {
  const pane = viewer.current;
  if (pane.answers.expected.read === isOn) return toast(isOn ? "This image is read already. Shift+R marks it as unread." : "This image is unread already.");
  return viewer.send({ type: "mark_read", read: isOn }, pane);
}

/** @param {Viewer} viewer */
export function undo(viewer, isRedo = false) {
  const pane = viewer.current;
  const { state, isSaved } = pane.answers;
  if (isSaved && !(isRedo ? state.can_redo : state.can_undo)) return toast(isRedo ? "There is nothing to redo." : "There is nothing to undo.");
  return viewer.send({ type: isRedo ? "redo" : "undo" }, pane);
}

/**
 * Choose a label from the list of its mode.
 *
 * @param {Viewer} viewer
 * @param {LabelMode} what
 * @param {{ finding: Finding | null, pane: Pane }} of The image where `finding` is null.
 * @param {Vocabulary} vocabulary
 */
export async function label(viewer, what, { finding, pane }, vocabulary) {
  const about = `${pane.name}, ${finding ? nameOf(finding) : "the whole image"}`;
  const isCluster = finding?.kind === "cluster";
  const chosen = await choose(what, { about, said: saidOf(what, finding, pane), own: ownLabel(what, finding, pane), vocabulary, isCluster });
  viewer.toPicture();
  if (chosen === undefined) return;
  const cluster = isCluster ? finding.id : null;
  if (what === "distribution") await viewer.send({ type: "set_distribution", cluster, label: chosen }, pane);
  else if (isCluster) await viewer.send({ type: "set_morphology", cluster, label: chosen }, pane);
  else await viewer.send({ type: "set_morphology", calcification: Number(finding?.id), label: chosen }, pane);
}

/**
 * What the reader has called a finding, or the image.
 *
 * @param {LabelMode} what
 * @param {Finding | null} finding
 * @param {Pane} pane
 */
function saidOf(what, finding, pane) {
  if (finding) return finding.said[what] ?? null;
  return what === "distribution" ? pane.answers.state.distribution : null;
}

/**
 * What the program calls a finding, or the image.
 *
 * @param {LabelMode} what
 * @param {Finding | null} finding
 * @param {Pane} pane
 * @returns {string | undefined}
 */
export function ownLabel(what, finding, pane) {
  if (!finding) return what === "distribution" ? pane.result?.distribution.label : undefined;
  if (finding.kind === "cluster") return finding.item[what]?.label;
  return finding.kind === "calcification" && what === "morphology" ? finding.item.morphology?.label : undefined;
}

/**
 * The distribution of the selected cluster, else of the image.
 *
 * @param {Viewer} viewer
 * @param {Vocabulary} vocabulary
 */
export function labelDistribution(viewer, vocabulary) {
  const { selected, current: pane } = viewer;
  const of = selected?.finding.kind === "cluster" ? selected : { finding: null, pane };
  return label(viewer, "distribution", of, vocabulary);
}

/**
 * @param {Viewer} viewer
 * @param {Vocabulary} vocabulary
 */
export function labelMorphology(viewer, vocabulary) {
  const { selected } = viewer;
  const kind = selected?.finding.kind;
  if (selected && (kind === "cluster" || kind === "calcification")) return label(viewer, "morphology", selected, vocabulary);
  return toast(kind ? "A morphology is given to a cluster or a calcification of the program." : "Select a finding first: J goes to the next one.");
}
