// @ts-check
// The order in which greys are asked for: few at once, and what is looked at before what may be looked at next.

const AT_ONCE = 4;  // requests in flight: enough to keep a loopback server busy, few enough that urgent ones come soon

/** A lower priority goes first, and may change until it is begun. @typedef {{ priority: number, run: () => Promise<void> }} Job */

/** @type {Job[]} */
const waiting = [];
let running = 0;

function pump() {
  while (running < AT_ONCE && waiting.length) {
    waiting.sort((one, other) => one.priority - other.priority);
    const job = waiting.shift();
    if (!job) return;
    running += 1;
    job.run().finally(() => {
      running -= 1;
      pump();
    });
  }
}

/** @param {Job} job */
export function enqueue(job) {
  waiting.push(job);
  pump();
}
