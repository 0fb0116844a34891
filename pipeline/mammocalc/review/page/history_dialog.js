// @ts-check
// The dialog of what was answered, and when.

import { h } from "../../rendering/pages/scripts/elements.js";
import { getHistory } from "./api.js";
import { byId, messageOf, toast } from "./dom.js";
import { timeOf } from "./header.js";
import { onesOf } from "./other_images.js";
import { sentenceOf } from "./sentences.js";

/**
 * @import { HistoryEntry, Result } from "./types.js"
 * @import { Others } from "./sentences.js"
 * @import { Viewer } from "./viewer.js"
 */

/**
 * What was said of an earlier result is told by its numbers: its letters are not those of the result on the screen.
 *
 * @param {HistoryEntry} entry
 * @param {Result | null} result
 * @param {Others} others
 */
function line({ time, reader, action, undone_by: undone, is_of_this_result: isPresent }, result, others) {
  const said = isPresent ? sentenceOf(action, result, others) : `${sentenceOf(action)} (of an earlier result)`;
  return h("li", { class: undone ? "undone" : "" }, h("time", {}, timeOf(time)), ` ${reader}: ${said}${undone ? " (undone)" : ""}`);
}

/** @param {Viewer} viewer */
export async function showHistory(viewer) {
  const { uid, result } = viewer.current;
  const { ticket } = viewer;
  try {
    const { history } = await getHistory(uid, viewer.app.reader);
    const others = await onesOf(viewer, history.map(({ action }) => action));
    if (viewer.ticket !== ticket) return;  // the reader has gone on meanwhile
    byId("past-list").replaceChildren(...(history.length ? history.map((entry) => line(entry, result, others)) : [h("li", {}, "Nothing yet.")]));
    byId("past").showModal();
  } catch (error) {
    toast(messageOf(error), "bad");
  }
}
