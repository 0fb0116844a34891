// What a reader says of the findings, as actions for the server. Each says one thing, once: to say it again changes nothing.

import { choose } from "./choosing.js";
import { confirmed } from "./confirming.js";
import { say } from "./dom.js";
import { diameterOf, isOutside, nameOf } from "./findings.js";
import { nameOfView } from "./pane.js";

const STEP_MM = 0.05;  // of a size by keyboard: half of what is read off at best
const SMALLEST_MM = 0.05;
const LARGEST_MM = 50;
const QUIET_MS = 350;  // presses in a row are one correction

const isHidden = (pane) => pane.result === null;

/** Accept or reject what is selected; null takes the verdict back. */
export function judge(viewer, verdict, { finding, pane } = viewer.selected ?? {}) {
  if (!finding) return say("Select a finding first: J goes to the next one.");
  if (finding.kind === "added") {
    if (verdict === "reject") return viewer.send({ type: "remove_added", key: finding.id }, pane);
    return say("You added this one yourself. X removes it.");
  }
  const action = finding.kind === "vessel"
    ? { type: "judge_calcifications", ids: finding.members.map((item) => item.id), verdict }
    : { type: `judge_${finding.kind}`, id: finding.id, verdict };
  if (pane.answers.expectedVerdict(action, finding.verdict) === verdict) {
    return say(`${nameOf(finding)} ${verdict === null ? "has no verdict" : `is ${verdict}ed already`}.`);
  }
  return viewer.send(action, pane);
}

/** Add a missed calcification at (x, y) of the stored image; outside of the breast only where the reader says so again. */
export async function add(viewer, pane, [x, y], diameter) {
  const row = Number((y - 0.5).toFixed(2));
  const column = Number((x - 0.5).toFixed(2));
  if (row < 0 || column < 0 || row > pane.view.rows - 1 || column > pane.view.columns - 1) return say("That lies outside the image.");
  const millimetres = pane.view.unitMm ? within(diameter) : null;
  viewer.sized = null;
  const { answers } = pane;
  const waiting = answers.pending.map(({ action }) => action).filter((action) => action.type === "add_calcification");
  const away = (one) => Math.hypot(one.row - row, one.column - column) * pane.view.screenMm;
  const same = [...answers.state.added, ...waiting].find((one) => away(one) < Math.max(one.diameter_mm ?? 0, SMALLEST_MM * 2) / 2);
  if (same) return say("You have added one at this place already.");
  if (isOutside(pane.outline, row, column, pane.view.screenMm) && !(await confirmed(
    "Outside of the breast", "This place lies in the air beside the breast, as the program has outlined it.", "Add it all the same",
  ))) return say("Nothing was added.");
  const known = new Set(answers.state.added.map((one) => one.key));
  if (!(await viewer.send({ type: "add_calcification", row, column, diameter_mm: millimetres }, pane))) return undefined;
  const added = pane.marks.findings.find((one) => one.kind === "added" && !known.has(one.id));
  if (added && viewer.active === pane) viewer.select(added, pane);
  return undefined;
}

function within(diameter) {
  return Number(Math.min(LARGEST_MM, Math.max(SMALLEST_MM, diameter)).toFixed(3));
}

/** Correct the diameter of a finding. */
export function resize(viewer, diameter, { finding, pane }) {
  return viewer.send({ type: "resize_calcification", ...placeOf(finding), diameter_mm: within(diameter) }, pane);
}

function placeOf(finding) {
  return finding.kind === "added" ? { key: finding.id } : { id: finding.id };
}

let waiting = null;

/** Send a correction that waits for the key to come to rest. */
export function settle() {
  if (!waiting) return;
  clearTimeout(waiting.timer);
  const { viewer, chosen, diameter } = waiting;
  waiting = null;
  resize(viewer, diameter, chosen);
}

/** Larger or smaller by one step of the keyboard. */
export function nudge(viewer, by) {
  const chosen = viewer.selected;
  if (!chosen || !["calcification", "added"].includes(chosen.finding.kind)) return say("Select a calcification first: Shift+J goes to the next one.");
  const { pane, finding } = chosen;
  if (!pane.view.unitMm) return say("The image has no pixel spacing, so sizes cannot be given.");
  const isSame = waiting && waiting.chosen.pane === pane && waiting.chosen.finding.key === finding.key;
  if (!isSame) settle();
  const before = isSame ? waiting.diameter : pane.answers.expectedDiameter(placeOf(finding)) ?? diameterOf(finding);
  const diameter = within(before + by * STEP_MM);
  clearTimeout(waiting?.timer);
  waiting = { viewer, chosen, diameter, timer: setTimeout(settle, QUIET_MS) };
  viewer.sized = { ...viewer.sizeOf(pane, finding), radiusPx: diameter / 2 / pane.view.unitMm, text: `${diameter.toFixed(2)} mm` };
  return viewer.request();
}

/** Agree with the whole image, or no longer. */
export function agree(viewer, isOn = true) {
  const pane = viewer.active;
  if (isHidden(pane)) return say("Blinded: the marks are shown when the whole case is read. Then you can agree.");
  const { agreed, rest_accepted: isAccepted } = pane.answers.expected;
  if ((agreed || isAccepted) === isOn) return say(isOn ? "You have agreed already. Shift+G takes it back." : "You have not agreed.");
  return viewer.send({ type: "agree_image", agreed: isOn }, pane);
}

export function markRead(viewer, isOn = true) {
  const pane = viewer.active;
  if (pane.answers.expected.read === isOn) return say(isOn ? "This image is read already. Shift+R marks it as unread." : "This image is unread already.");
  return viewer.send({ type: "mark_read", read: isOn }, pane);
}

export function undo(viewer, isRedo = false) {
  const { state, isSaved } = viewer.active.answers;
  if (isSaved && !(isRedo ? state.can_redo : state.can_undo)) return say(isRedo ? "There is nothing to redo." : "There is nothing to undo.");
  return viewer.send({ type: isRedo ? "redo" : "undo" }, viewer.active);
}

/** Choose a label from the list of its mode: of a finding, or of the image where `finding` is null. */
export async function label(viewer, what, { finding, pane }, vocabulary) {
  const state = finding ? finding.said : pane.answers.state;
  const own = finding ? finding.item[what]?.label : pane.result?.[what].label;
  const about = `${nameOfView(pane.image)}, ${finding ? nameOf(finding) : "the whole image"}`;
  const chosen = await choose(what, { about, said: state[what] ?? null, own, vocabulary, isCluster: finding?.kind === "cluster" });
  viewer.toPicture();
  if (chosen === undefined) return;
  const target = finding ? { [finding.kind]: finding.id } : { cluster: null };
  await viewer.send({ type: `set_${what}`, ...target, label: chosen }, pane);
}

/** The distribution of the selected cluster, else of the image. */
export function labelDistribution(viewer, vocabulary) {
  const isCluster = viewer.selected?.finding.kind === "cluster";
  return label(viewer, "distribution", isCluster ? viewer.selected : { finding: null, pane: viewer.active }, vocabulary);
}

export function labelMorphology(viewer, vocabulary) {
  const kind = viewer.selected?.finding.kind;
  if (kind === "cluster" || kind === "calcification") return label(viewer, "morphology", viewer.selected, vocabulary);
  return say(kind ? "A morphology is given to a cluster or a calcification of the program." : "Select a finding first: J goes to the next one.");
}
