// @ts-check
// Calcifications in the wall of one artery belong together: in lists and for stepping they are one finding that opens.

/** @import { Result, ResultCalcification, ResultVessel } from "./types.js" */

/**
 * The arteries of a result that have any of some calcifications, each with these, and what stands alone.
 *
 * @param {Result | null} result
 * @param {ResultCalcification[]} items
 * @returns {[{ vessel: ResultVessel, members: ResultCalcification[] }[], ResultCalcification[]]}
 */
export function vesselsOf(result, items) {
  const vessels = (result?.vessels ?? [])
    .map((vessel) => ({ vessel, members: items.filter((item) => item.vessel === vessel.id) }))
    .filter(({ members }) => members.length > 0);
  /** @type {Set<number | null>} */
  const taken = new Set(vessels.map(({ vessel }) => vessel.id));
  return [vessels, items.filter((item) => !taken.has(item.vessel))];
}
