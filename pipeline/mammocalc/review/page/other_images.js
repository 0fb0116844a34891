// @ts-check
// What sentences say of the other image of a pair: its name, and the letters of what was found in it.

import { sayInterval } from "../../rendering/pages/scripts/wording.js";

/**
 * @import { Action } from "./types.js"
 * @import { Others } from "./sentences.js"
 * @import { Viewer } from "./viewer.js"
 */

/**
 * Those that are open.
 *
 * @param {Viewer} viewer
 * @returns {Others}
 */
export function openOnes(viewer) {
  return (uid) => {
    const other = viewer.known.find((one) => one.uid === uid);
    return other ? { name: [other.name, other.when.dataset.when].filter(Boolean).join(", "), result: other.result } : null;
  };
}

/**
 * Those that some actions speak of, open or not.
 *
 * @param {Viewer} viewer
 * @param {Action[]} actions
 * @returns {Promise<Others>}
 */
export async function onesOf(viewer, actions) {
  const open = openOnes(viewer);
  const { prior } = viewer.homeOf(viewer.current);
  const named = new Set(actions.flatMap((action) => (action.type === "judge_pair" ? [action.other] : [])));
  const asked = await Promise.all([...named].filter((uid) => !open(uid)).map(async (uid) => {
    const shown = await viewer.cache.get(uid).catch(() => null);  // it is no longer in the run: then it has no letters either
    const when = uid === prior?.uid ? `, ${sayInterval(prior.days_earlier)}` : "";
    return /** @type {const} */ ([uid, shown && { name: `${shown.name}${when}`, result: shown.result }]);
  }));
  const known = new Map(asked);
  return (uid) => open(uid) ?? known.get(uid) ?? null;
}
