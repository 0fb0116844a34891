// @ts-check
// The answers of one reader to one image: sent one after the other, sent again until the server has them, and never twice.

import { ApiError, getHistory, getImage, postAction } from "./api.js";

/** @import { Action, AnswerState, AnyAction, Place, Verdict } from "./types.js" */

/**
 * An action that waits, and whether it was sent before without an answer.
 *
 * @typedef {object} Pending
 * @property {Action} action
 * @property {(state: AnswerState) => void} resolve
 * @property {(error: unknown) => void} reject
 * @property {boolean} isAgain
 */

/**
 * What is not known yet is undefined.
 *
 * @typedef {{ read?: boolean, agreed?: boolean, rest_accepted?: boolean }} Expected
 */

const AGAIN_MS = 1500;

export class Answers {
  /** @type {Pending[]} */
  pending = [];
  sending = false;
  /** @type {string | null} */
  problem = null;

  /**
   * @param {string} uid
   * @param {string | null} reader
   * @param {AnswerState} state
   * @param {() => void} changed Called after every answer of the server and when the saved state changes.
   */
  constructor(uid, reader, state, changed) {
    this.uid = uid;
    this.reader = reader;
    this.state = state;
    this.changed = changed;
  }

  /**
   * Send an action. The promise holds when the server has it, and throws where the server refuses it.
   *
   * @param {Action} action
   * @returns {Promise<AnswerState>}
   */
  send(action) {
    return new Promise((resolve, reject) => {
      this.pending.push({ action, resolve, reject, isAgain: false });
      this.pump();
      this.changed();
    });
  }

  async pump() {
    if (this.sending) return;
    this.sending = true;
    while (this.pending.length) {
      const first = this.pending[0];
      try {
        this.state = (first.isAgain && (await this.arrived(first.action))) || (await postAction(this.uid, this.reader, first.action));
        this.problem = null;
        this.pending.shift();
        first.resolve(this.state);
      } catch (error) {
        if (error instanceof ApiError && error.status === 0) {
          // Nobody answered: it stays in the queue, and nothing overtakes it.
          this.problem = error.message;
          first.isAgain = true;
          this.changed();
          await new Promise((done) => setTimeout(done, AGAIN_MS));
          continue;
        }
        this.pending.shift();
        first.reject(error);
      }
      this.changed();
    }
    this.sending = false;
    this.changed();
  }

  /**
   * The state, where an action that nobody confirmed had reached the server all the same; else null.
   *
   * @param {Action} action
   */
  async arrived(action) {
    const { history } = await getHistory(this.uid, this.reader);
    const isSame = (/** @type {Record<string, unknown>} */ one) => Object.entries(action).every(
      ([name, value]) => one[name] === value || JSON.stringify(one[name]) === JSON.stringify(value),
    );
    const isThere = history.some((entry) => entry.number > this.state.last && isSame(entry.action));
    return isThere ? (await getImage(this.uid, this.reader)).answers : null;
  }

  /**
   * The state as it will be when all that waits is saved, as far as reading and agreeing go: undefined where an undo
   * waits, for what that takes back is known when the server has answered.
   *
   * @returns {Expected}
   */
  get expected() {
    const { read, agreed, rest_accepted: accepted } = this.state;
    /** @type {Expected} */
    const expected = { read, agreed, rest_accepted: accepted };
    for (const { action } of this.pending) {
      if (isUndo(action)) expected.read = expected.agreed = expected.rest_accepted = undefined;
      if (action.type === "mark_read") expected.read = action.read;
      if (action.type !== "agree_image") continue;
      expected.agreed = expected.rest_accepted = action.agreed;
      expected.read ||= action.agreed;
    }
    return expected;
  }

  /**
   * The verdict on what an action judges, as it will be. Undefined where it is not known yet.
   *
   * @param {AnyAction} asked
   * @param {Verdict | null} now The saved one.
   */
  expectedVerdict(asked, now) {
    /** @type {Verdict | null | undefined} */
    let expected = now;
    const ids = asked.ids ?? [asked.id];
    for (const { action } of this.pending) {
      /** @type {AnyAction} */
      const any = action;
      if (isUndo(any)) expected = undefined;
      if (any.verdict === undefined || (any.type === "judge_cluster") !== (asked.type === "judge_cluster")) continue;
      const judged = any.ids ?? [any.id];
      const both = ids.filter((id) => judged.includes(id));
      if (both.length) expected = both.length === ids.length ? any.verdict : undefined;
    }
    return expected;
  }

  /**
   * The diameter that waits to be saved for a calcification; undefined where none does.
   *
   * @param {Place} place
   */
  expectedDiameter(place) {
    const isMeant = (/** @type {AnyAction} */ action) => ("id" in place ? action.id === place.id : action.key === place.key);
    for (const { action } of this.pending.toReversed()) {
      if (action.type === "resize_calcification" && isMeant(action)) return action.diameter_mm;
    }
    return undefined;
  }

  get isSaved() {
    return this.pending.length === 0;
  }
}

/** @param {AnyAction} action */
function isUndo({ type }) {
  return type === "undo" || type === "redo";
}
