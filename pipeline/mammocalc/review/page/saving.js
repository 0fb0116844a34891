// @ts-check
// What readers say goes to the server, and what it answers comes back to the views.

import { messageOf, toast } from "./dom.js";
import { calcificationsOf } from "./findings.js";
import { openOnes } from "./other_images.js";
import { savedAs } from "./sentences.js";

/**
 * @import { Action } from "./types.js"
 * @import { Answers } from "./answers.js"
 * @import { Pane } from "./pane.js"
 * @import { Viewer } from "./viewer.js"
 */

/**
 * The server has answered, or something waits to be saved.
 *
 * @param {Viewer} viewer
 * @param {string} uid
 * @param {Answers} answers
 */
export function answered(viewer, uid, answers) {
  const pane = viewer.known.find((one) => one.uid === uid);
  const isOpen = pane !== undefined && answers === pane.answers;
  if (answers.isSaved && !isOpen) viewer.everyAnswers.delete(`${answers.reader} ${uid}`);
  if (answers.reader === viewer.app.reader) viewer.cache.note(uid, answers.state);
  if (!isOpen) return viewer.app.answersChanged(uid, answers);
  pane.rebuild();
  const { chosen } = viewer;
  if (chosen?.pane === pane) {
    const known = [...pane.marks.findings, ...calcificationsOf(pane.result, pane.answers.state)];
    const same = known.find((one) => one.key === chosen.finding.key);
    viewer.chosen = same ? { pane, finding: same } : null;
  }
  viewer.sized = null;
  viewer.lightUp();
  return viewer.app.answersChanged(uid, answers);
}

/**
 * Have an action saved, and say what was; true where it was.
 *
 * @param {Viewer} viewer
 * @param {Action} action
 * @param {Pane} pane
 */
export async function send(viewer, action, pane) {
  try {
    const state = await pane.answers.send(action);
    toast(savedAs(action, state, pane.name, pane.result, openOnes(viewer)));
    if (pane.result === null && ["mark_read", "undo", "redo"].includes(action.type)) await reveal(viewer);
    return true;
  } catch (error) {
    toast(`Not saved. ${messageOf(error)}`, "bad");
    return false;
  }
}

/**
 * Whether anything waits to be saved.
 *
 * @param {Pick<Viewer, "everyAnswers">} viewer
 */
export function isUnsaved(viewer) {
  return [...viewer.everyAnswers.values()].some((answers) => !answers.isSaved);
}

/**
 * Blinded reading: one view more is read; how many are not, and the results when it was the last of the case.
 *
 * @param {Viewer} viewer
 */
async function reveal(viewer) {
  viewer.cache.forget();
  for (const pane of viewer.known) {
    const shown = await viewer.cache.get(pane.uid);
    if (pane.answers.isSaved && shown.answers.last >= pane.answers.state.last) pane.answers.state = shown.answers;
    if (!shown.result) continue;
    pane.take(shown);
    if (!pane.picture) pane.showInstead();
    pane.rebuild();
  }
  viewer.resized();
  viewer.app.viewChanged();
}
