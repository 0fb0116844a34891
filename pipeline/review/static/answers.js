// The answers of one reader to one image: sent one after the other, sent again until the server has them.

import { postAction } from "./api.js";

const AGAIN_MS = 1500;

export class Answers {
  /** `changed` is called after every answer of the server and when the saved state changes. */
  constructor(uid, reader, state, changed) {
    Object.assign(this, { uid, reader, state, changed, pending: [], sending: false, problem: null });
  }

  /** Send an action. The promise holds when the server has it, and throws where the server refuses it. */
  send(action) {
    return new Promise((resolve, reject) => {
      this.pending.push({ action, resolve, reject });
      this.pump();
      this.changed();
    });
  }

  async pump() {
    if (this.sending) return;
    this.sending = true;
    while (this.pending.length) {
      const { action, resolve, reject } = this.pending[0];
      try {
        this.state = await postAction(this.uid, this.reader, action);
        this.problem = null;
        this.pending.shift();
        resolve(this.state);
      } catch (error) {
        if (error.status === 0) {
          // Nobody answered: it stays in the queue, and nothing overtakes it.
          this.problem = error.message;
          this.changed();
          await new Promise((done) => setTimeout(done, AGAIN_MS));
          continue;
        }
        this.pending.shift();
        reject(error);
      }
      this.changed();
    }
    this.sending = false;
    this.changed();
  }

  get isSaved() {
    return this.pending.length === 0;
  }
}
