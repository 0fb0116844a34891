// @ts-check
// The only door to the server. All addresses are relative to the page's own, which holds the token.

/** @import { Action, AnswerState, HistoryEntry, RunInfo, ShownImage, Vocabulary, WorklistAnswer } from "./types.js" */

export class ApiError extends Error {
  /**
   * @param {string} message
   * @param {number} status Of HTTP; 0 where nobody answered.
   */
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

/**
 * @param {string} path
 * @param {RequestInit} options
 */
async function ask(path, options = {}) {
  let response;
  try {
    response = await fetch(`api/${path}`, { cache: "no-store", ...options });
  } catch (error) {
    if (error instanceof Error && error.name === "AbortError") throw error;
    throw new ApiError("The review server does not answer. Is the command still running?", 0);
  }
  if (response.ok) return response;
  let message = `The server answered ${response.status}.`;
  try {
    message = (await response.json()).error || message;
  } catch {
    // No JSON: the number has to do.
  }
  throw new ApiError(message, response.status);
}

/** @typedef {string | null} Reader */

const query = (/** @type {Reader} */ reader) => (reader ? `?reader=${encodeURIComponent(reader)}` : "");
const image = (/** @type {string} */ uid) => `images/${encodeURIComponent(uid)}`;

/** @returns {Promise<RunInfo>} */
export const getRun = async () => (await ask("run")).json();

/** @returns {Promise<Vocabulary>} */
export const getVocabulary = async () => (await ask("vocabulary")).json();

/** @type {(reader: Reader) => Promise<WorklistAnswer>} */
export const getWorklist = async (reader) => (await ask(`worklist${query(reader)}`)).json();

/** @type {(uid: string, reader: Reader) => Promise<ShownImage>} */
export const getImage = async (uid, reader) => (await ask(image(uid) + query(reader))).json();

/** @type {(uid: string, reader: Reader) => Promise<{ history: HistoryEntry[] }>} */
export const getHistory = async (uid, reader) => (await ask(`${image(uid)}/history${query(reader)}`)).json();

/** @type {(uid: string, reader: Reader) => string} */
export const thumbnailOf = (uid, reader) => `api/${image(uid)}/thumbnail${query(reader)}`;

/** @type {(uid: string) => string} */
export const plainOf = (uid) => `api/${image(uid)}/plain`;

/** @type {(uid: string, reader: Reader) => string} */
export const overlayOf = (uid, reader) => `api/${image(uid)}/overlay${query(reader)}`;

/**
 * The grey values of one tile; every browser that has WebGL2 runs on little-endian machines.
 *
 * @param {string} uid
 * @param {number} level
 * @param {number} row
 * @param {number} column
 * @param {AbortSignal} signal
 */
export async function getTile(uid, level, row, column, signal) {
  const response = await ask(`${image(uid)}/pixels/${level}/${row}/${column}`, { signal });
  return new Uint16Array(await response.arrayBuffer());
}

/**
 * Write one action of a reader; the answer is the reader's new state.
 *
 * @param {string} uid
 * @param {Reader} reader
 * @param {Action} action
 * @returns {Promise<AnswerState>}
 */
export async function postAction(uid, reader, action) {
  const headers = { "Content-Type": "application/json", "X-Mammocalc": "1" };
  const body = JSON.stringify({ reader, action });
  return (await ask(`${image(uid)}/answers`, { method: "POST", headers, body })).json();
}
