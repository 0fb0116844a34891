// @ts-check
// Orders of rows: what has no value comes last in either direction, and what is equal stays as it stood.

/**
 * The comparison by a value.
 *
 * @template T
 * @param {(row: T) => number | string | null | undefined} value
 * @param {boolean} isDescending
 * @returns {(one: T, other: T) => number}
 */
export function byValue(value, isDescending = false) {
  const sign = isDescending ? -1 : 1;
  return (one, other) => {
    const [left, right] = [value(one) ?? null, value(other) ?? null];
    if (left === right) return 0;
    if (left === null) return 1;
    if (right === null) return -1;
    return left < right ? -sign : sign;
  };
}

/**
 * The place of each value in their order by some text, so that rows are ordered by numbers.
 *
 * @template T
 * @param {T[]} values
 * @param {(value: T) => string} text
 * @returns {number[]}
 */
export function ranksOf(values, text) {
  const order = values.map((_, number) => number).sort(byValue((number) => text(values[number])));
  const ranks = new Array(values.length);
  order.forEach((number, place) => { ranks[number] = place; });
  return ranks;
}
