// What a reader says of the findings, as actions for the server.

import { say } from "./dom.js";
import { diameterOf, nameOf } from "./findings.js";

const STEP_MM = 0.05;  // of a size by keyboard: half of what is read off at best
const SMALLEST_MM = 0.05;
const LARGEST_MM = 50;
const QUIET_MS = 350;  // a key that is held down is one correction

const isHidden = (pane) => pane.result === null;

/** Accept or reject what is selected; null takes the verdict back. */
export function judge(viewer, verdict, finding = viewer.selected?.finding, pane = viewer.selected?.pane) {
  if (!finding) return say("Select a finding first: J goes to the next one.");
  if (finding.kind === "added") {
    if (verdict === "reject") return viewer.send({ type: "remove_added", key: finding.id }, pane);
    return say("You added this one yourself. X removes it.");
  }
  say(`${nameOf(finding)} ${verdict === null ? "has no verdict now" : `${verdict}ed`}.`);
  return viewer.send({ type: `judge_${finding.kind}`, id: finding.id, verdict }, pane);
}

/** Add a missed calcification at (x, y) of the stored image. */
export async function add(viewer, pane, [x, y], diameter) {
  const row = Number((y - 0.5).toFixed(2));
  const column = Number((x - 0.5).toFixed(2));
  if (row < 0 || column < 0 || row > pane.view.rows - 1 || column > pane.view.columns - 1) return say("That lies outside the image.");
  const millimetres = pane.view.unitMm ? within(diameter) : null;
  viewer.sized = null;
  const known = new Set(pane.answers.state.added.map((one) => one.key));
  if (!(await viewer.send({ type: "add_calcification", row, column, diameter_mm: millimetres }, pane))) return undefined;
  const added = pane.marks.findings.find((one) => one.kind === "added" && !known.has(one.id));
  if (added) viewer.select(added, pane);
  return say("Added.");
}

function within(diameter) {
  return Number(Math.min(LARGEST_MM, Math.max(SMALLEST_MM, diameter)).toFixed(3));
}

/** Correct the diameter of what is selected. */
export function resize(viewer, diameter) {
  const { pane, finding } = viewer.selected;
  const place = finding.kind === "added" ? { key: finding.id } : { id: finding.id };
  return viewer.send({ type: "resize_calcification", ...place, diameter_mm: within(diameter) }, pane);
}

let waiting = null;

/** Send a correction that waits for the key to come to rest. */
export function settle() {
  if (!waiting) return;
  clearTimeout(waiting.timer);
  const { viewer, key, diameter } = waiting;
  waiting = null;
  if (viewer.selected?.finding.key === key) resize(viewer, diameter);
}

/** Larger or smaller by one step of the keyboard. */
export function nudge(viewer, by) {
  const chosen = viewer.selected;
  if (!chosen || chosen.finding.kind === "cluster") return say("Select a calcification first: Shift+J goes to the next one.");
  const { pane, finding } = chosen;
  if (!pane.view.unitMm) return say("The image has no pixel spacing, so sizes cannot be given.");
  const before = waiting?.key === finding.key ? waiting.diameter : diameterOf(finding);
  const diameter = within(before + by * STEP_MM);
  clearTimeout(waiting?.timer);
  waiting = { viewer, key: finding.key, diameter, timer: setTimeout(settle, QUIET_MS) };
  viewer.sized = { ...viewer.sizeOf(pane, finding), radiusPx: diameter / 2 / pane.view.unitMm, text: `${diameter.toFixed(2)} mm` };
  return viewer.request();
}

/** Agree with the whole image, or take that back. */
export async function agree(viewer) {
  const pane = viewer.active;
  if (isHidden(pane)) return say("Blinded: answer and mark the image as read first. Then the marks are shown.");
  const { agreed, rest_accepted: isAccepted } = pane.answers.state;
  const isOn = agreed || isAccepted;
  if (!(await viewer.send(isOn ? { type: "agree_image", agreed: false } : { type: "agree_image" }, pane))) return undefined;
  return say(isOn ? "No longer agreed." : "Agreed with the whole image.");
}

export function markRead(viewer) {
  const pane = viewer.active;
  return viewer.send({ type: "mark_read", read: !pane.answers.state.read }, pane);
}

export function undo(viewer, isRedo = false) {
  const { state } = viewer.active.answers;
  if (!(isRedo ? state.can_redo : state.can_undo)) return say(isRedo ? "There is nothing to redo." : "There is nothing to undo.");
  return viewer.send({ type: isRedo ? "redo" : "undo" }, viewer.active);
}

/** Change a label; an empty one takes the reader's back. `finding` null is the image. */
export function setLabel(viewer, what, label, finding, pane = viewer.active) {
  const target = finding === null ? { cluster: null } : { [finding.kind]: finding.id };
  return viewer.send({ type: `set_${what}`, ...target, label: label || null }, pane);
}

export function setComment(viewer, text, pane = viewer.active) {
  if (text === pane.answers.state.comment) return undefined;
  return viewer.send({ type: "comment", text }, pane);
}
