// @ts-check
// From an address to the views of a case: what the server says of them is asked for, and each gets its pane.

import { Answers } from "./answers.js";
import { byId } from "./dom.js";
import { Pane } from "./pane.js";
import { usable } from "./partners.js";
import { loadPriors } from "./priors.js";
import { answered } from "./saving.js";
import { hang } from "./stage_layout.js";

/**
 * @import { ShownImage } from "./types.js"
 * @import { Viewer } from "./viewer.js"
 */

/**
 * Open an image: the views of its case, or, with `large`, this one alone.
 *
 * @param {Viewer} viewer
 * @param {string} uid
 * @param {boolean} large
 */
export async function openImage(viewer, uid, large) {
  const ticket = (viewer.ticket = Symbol(uid));
  viewer.isLeaving = true;
  viewer.measured = false;
  performance.clearMarks("opened");
  performance.mark("opened");
  const first = await viewer.cache.get(uid);
  if (viewer.ticket !== ticket) return;
  const kept = await openCase(viewer, uid, first, large, ticket);
  if (viewer.ticket !== ticket) return;
  if (viewer.comparing === "beside") await loadPriors(viewer);
  if (viewer.ticket !== ticket) return;
  if (kept?.uid === uid && viewer.large && !viewer.priors.size) viewer.app.viewChanged();
  else {
    viewer.active = viewer.all.find((pane) => pane.uid === uid) ?? null;
    hang(viewer, large || viewer.all.length < 2);
  }
  viewer.isLeaving = false;
  viewer.app.preload();
  // What was compared is named by the letters of the prior, and is there at once when it is asked for.
  if (viewer.all.some((pane) => usable(pane.comparison))) {
    loadPriors(viewer).then(() => {
      if (viewer.ticket === ticket) viewer.app.viewChanged();
    });
  }
}

/**
 * Take the views of the case that an image belongs to, unless they are there already.
 *
 * @param {Viewer} viewer
 * @param {string} uid
 * @param {ShownImage} first What is shown of it.
 * @param {boolean} large
 * @param {symbol} ticket
 * @returns {Promise<Pane | null>} The view that has been put on the stage before the others came.
 */
async function openCase(viewer, uid, first, large, ticket) {
  const key = first.case.join(" ");
  if (viewer.caseKey === key) return null;
  viewer.priors = new Map();
  if (viewer.comparing === "place") viewer.comparing = "none";
  // One image alone need not wait for the others of its case.
  if (large && first.case.length > 1) {
    viewer.all = [paneOf(viewer, uid, first)];
    viewer.chosen = null;
    viewer.active = viewer.all[0];
    hang(viewer, true);
    viewer.isLeaving = false;
  }
  const kept = large ? viewer.active : null;
  const uids = [...new Set([...first.case, uid])];
  const documents = await Promise.all(uids.map((other) => viewer.cache.get(other)));
  if (viewer.ticket !== ticket) return null;
  viewer.caseKey = key;
  if (!kept) viewer.chosen = null;
  viewer.all = uids.map((other, index) => (kept?.uid === other ? kept : paneOf(viewer, other, documents[index])));
  return kept;
}

/**
 * @param {Viewer} viewer
 * @param {string} uid
 * @param {ShownImage} shown
 */
export function paneOf(viewer, uid, shown) {
  const { app, gallery } = viewer;
  const { vocabulary, reader } = app;
  const answers = answersOf(viewer, uid, shown);
  return new Pane(uid, shown, answers, {
    vocabulary, gallery, reader, listed: (other) => app.listed(other), changed: () => viewer.resized(),
  });
}

/**
 * The reader's answers: what waits to be saved stays with its image when the reader goes on and comes back.
 *
 * @param {Viewer} viewer
 * @param {string} uid
 * @param {ShownImage} shown
 */
function answersOf(viewer, uid, shown) {
  const { reader } = viewer.app;
  const key = `${reader} ${uid}`;
  const kept = viewer.everyAnswers.get(key);
  if (kept && !kept.isSaved) return kept;
  /** @type {Answers} */
  const answers = new Answers(uid, reader, shown.answers, () => answered(viewer, uid, answers));
  viewer.everyAnswers.set(key, answers);
  return answers;
}

/**
 * Fetch what the next image needs, behind everything that is looked at.
 *
 * @param {Viewer} viewer
 * @param {string} uid
 */
export async function preload(viewer, uid) {
  if (!viewer.gallery) return;
  const { width, height } = byId("stage").getBoundingClientRect();
  const isLarge = viewer.large && viewer.all.length > 1;
  const ahead = await viewer.cache.fetchAhead(uid, viewer.gallery, { isLarge, width, height });
  viewer.gallery.trim(new Set([...viewer.known.map((pane) => pane.uid), ...ahead]));
}
