// @ts-check
// The line at the top: where the reader is, how much is read, whether everything is saved.

import { hasDrafts } from "./comment.js";
import { byId } from "./dom.js";

/**
 * @import { Viewer } from "./viewer.js"
 * @import { Worklist } from "./worklist.js"
 */

/**
 * A time as the reader's language writes it.
 *
 * @param {string} text
 */
export function timeOf(text) {
  const time = new Date(text);
  return Number.isNaN(time.getTime()) ? String(text) : time.toLocaleString();
}

/**
 * @param {Pick<Worklist, "shown">} worklist
 * @param {Pick<Viewer, "active">} viewer
 */
export function showPlace(worklist, viewer) {
  const at = worklist.shown.findIndex((image) => image.uid === viewer.active?.uid);
  byId("place").textContent = byId("viewer").hidden || at < 0 ? "" : `${at + 1} of ${worklist.shown.length}`;
}

/** @param {Pick<Worklist, "images" | "readCount">} worklist */
export function showProgress(worklist) {
  const total = worklist.images.length;
  const read = worklist.readCount;
  byId("progress").setAttribute("aria-valuemax", String(total));
  byId("progress").setAttribute("aria-valuenow", String(read));
  byId("progress-bar").style.width = `${total ? (100 * read) / total : 0}%`;
  byId("progress-text").textContent = `${read} of ${total} read`;
}

/** @param {Pick<Viewer, "everyAnswers" | "active">} viewer */
export function showSaved(viewer) {
  const all = [...viewer.everyAnswers.values()];
  const waiting = all.reduce((sum, answers) => sum + answers.pending.length, 0);
  const isBad = all.some((answers) => answers.problem && !answers.isSaved);
  const last = viewer.active?.answers.state.saved_at;
  let text = last ? "Saved" : "";
  if (hasDrafts()) text = "Comment not saved";
  if (waiting) text = "Saving";
  if (isBad) text = `Not saved: ${waiting} waiting, the server does not answer`;
  const place = byId("saved");
  if (place.textContent !== text) place.textContent = text;
  place.className = `saved ${isBad ? "bad" : waiting || hasDrafts() ? "busy" : "good"}`;
  place.title = last && !waiting ? `Saved ${timeOf(last)}` : "";
}
