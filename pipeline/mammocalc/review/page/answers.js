// The answers of one reader to one image: sent one after the other, sent again until the server has them, and never twice.

import { getHistory, getImage, postAction } from "./api.js";

const AGAIN_MS = 1500;

export class Answers {
  /** `changed` is called after every answer of the server and when the saved state changes. */
  constructor(uid, reader, state, changed) {
    Object.assign(this, { uid, reader, state, changed, pending: [], sending: false, problem: null });
  }

  /** Send an action. The promise holds when the server has it, and throws where the server refuses it. */
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
        if (error.status === 0) {
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

  /** The state, where an action that nobody confirmed had reached the server all the same; else null. */
  async arrived(action) {
    const { history } = await getHistory(this.uid, this.reader);
    const isSame = (one) => Object.entries(action).every(([name, value]) => one[name] === value || JSON.stringify(one[name]) === JSON.stringify(value));
    const isThere = history.some((entry) => entry.number > this.state.last && isSame(entry.action));
    return isThere ? (await getImage(this.uid, this.reader)).answers : null;
  }

  /**
   * The state as it will be when all that waits is saved, as far as reading and agreeing go: undefined where an undo
   * waits, for what that takes back is known when the server has answered.
   */
  get expected() {
    const expected = { ...this.state };
    for (const { action } of this.pending) {
      if (isUndo(action)) expected.read = expected.agreed = expected.rest_accepted = undefined;
      if (action.type === "mark_read") expected.read = action.read;
      if (action.type !== "agree_image") continue;
      expected.agreed = expected.rest_accepted = action.agreed;
      expected.read ||= action.agreed;
    }
    return expected;
  }

  /** The verdict on what an action judges, as it will be; `now` is the saved one. Undefined where it is not known yet. */
  expectedVerdict(asked, now) {
    let expected = now;
    const ids = asked.ids ?? [asked.id];
    for (const { action } of this.pending) {
      if (isUndo(action)) expected = undefined;
      if (action.verdict === undefined || (action.type === "judge_cluster") !== (asked.type === "judge_cluster")) continue;
      const both = ids.filter((id) => (action.ids ?? [action.id]).includes(id));
      if (both.length) expected = both.length === ids.length ? action.verdict : undefined;
    }
    return expected;
  }

  /** The diameter that waits to be saved for a calcification, `place` being its id or key; undefined where none does. */
  expectedDiameter(place) {
    const name = Object.keys(place)[0];
    return this.pending.findLast(({ action }) => action.type === "resize_calcification" && action[name] === place[name])?.action.diameter_mm;
  }

  get isSaved() {
    return this.pending.length === 0;
  }
}

function isUndo({ type }) {
  return type === "undo" || type === "redo";
}
