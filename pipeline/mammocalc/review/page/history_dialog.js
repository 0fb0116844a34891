// @ts-check
// The dialog of what was answered, and when.

import { getHistory } from "./api.js";
import { byId, h, messageOf, toast } from "./dom.js";
import { timeOf } from "./header.js";
import { sentenceOf } from "./sentences.js";

/** @import { HistoryEntry, Result } from "./types.js" */

/**
 * @param {HistoryEntry} entry
 * @param {Result | null} result
 */
function line({ time, reader, action, undone_by: undone }, result) {
  const text = ` ${reader}: ${sentenceOf(action, result)}${undone ? " (undone)" : ""}`;
  return h("li", { class: undone ? "undone" : "" }, h("time", {}, timeOf(time)), text);
}

/**
 * @param {string} uid
 * @param {string | null} reader
 * @param {Result | null} result
 */
export async function showHistory(uid, reader, result) {
  try {
    const { history } = await getHistory(uid, reader);
    byId("past-list").replaceChildren(...(history.length ? history.map((entry) => line(entry, result)) : [h("li", {}, "Nothing yet.")]));
    byId("past").showModal();
  } catch (error) {
    toast(messageOf(error), "bad");
  }
}
