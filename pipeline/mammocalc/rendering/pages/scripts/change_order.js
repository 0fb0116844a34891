// @ts-check
// The words of a comparison in the order in which a reader looks: what changed first, then what is as it was.

export const CHANGE_ORDER = ["new", "gone", "grown", "smaller", "new_faint", "matched", "not_comparable"];

/** What says nothing of a change. */
export const UNCHANGED = ["matched", "not_comparable"];

/**
 * The rows in that order.
 *
 * @template {{ change: string }} T
 * @param {T[]} rows
 */
export function byChange(rows) {
  return rows.toSorted((one, other) => CHANGE_ORDER.indexOf(one.change) - CHANGE_ORDER.indexOf(other.change));
}
