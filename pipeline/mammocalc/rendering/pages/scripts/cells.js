// @ts-check
// Where the cells of a long list lie, and which of them are in sight: row by row, all of one size.

const ROOM = 2;  // rows beyond what is in sight

/**
 * How a list is divided: `width` null for one cell a row; `gap` lies between cells and around them; a stretched cell
 * takes its share of the row.
 *
 * @typedef {{ width: number | null, height: number, gap: number, isStretched?: boolean }} Cell
 */

/** @typedef {{ across: number, pitch: number, step: number, wide: number }} Grid */

/**
 * @param {Cell} cell
 * @param {number} room Width of the list.
 * @returns {Grid} Cells in a row, from row to row, from cell to cell, and the width of a cell.
 */
export function gridOf({ width, height, gap, isStretched = false }, room) {
  const inner = room - 2 * gap;
  const pitch = height + gap;
  if (width === null) return { across: 1, pitch, step: 0, wide: inner };
  const across = Math.max(1, Math.floor((inner + gap) / (width + gap)));
  const step = isStretched ? (inner + gap) / across : width + gap;
  return { across, pitch, step, wide: step - gap };
}

/**
 * How high the list is.
 *
 * @param {Grid} grid
 * @param {Cell} cell
 * @param {number} count
 */
export function heightOf({ across, pitch }, { gap }, count) {
  return Math.ceil(count / across) * pitch + gap;
}

/**
 * The cells in sight, from the first up to the one behind the last.
 *
 * @param {Grid} grid
 * @param {number} count
 * @param {{ top: number, height: number }} sight
 * @returns {[first: number, last: number]}
 */
export function inSight({ across, pitch }, count, { top, height }) {
  const first = Math.max(Math.floor(top / pitch) - ROOM, 0) * across;
  return [first, Math.min(count, (Math.ceil((top + height) / pitch) + ROOM) * across)];
}

/**
 * @param {Grid} grid
 * @param {Cell} cell
 * @param {number} place
 */
export function placeOf({ across, pitch, step }, { gap }, place) {
  return { left: gap + (place % across) * step, top: gap + Math.floor(place / across) * pitch };
}

/**
 * How far the list has to be scrolled for a cell to be seen whole.
 *
 * @param {Grid} grid
 * @param {Cell} cell
 * @param {number} place
 * @param {{ top: number, height: number, head: number }} sight `head` covers the upper edge, or stands above the cells.
 */
export function scrollTo({ across, pitch }, { gap }, place, { top, height, head }) {
  const above = Math.floor(place / across) * pitch;
  const below = above + pitch + head + gap;
  if (above < top) return above;
  return below > top + height ? below - height : top;
}

/**
 * Where a key leads from a cell; null where it leads nowhere.
 *
 * @param {string} key
 * @param {number} place
 * @param {{ across: number, count: number, isGrid: boolean }} list
 */
export function moved(key, place, { across, count, isGrid }) {
  if (!isGrid && ["ArrowRight", "ArrowLeft"].includes(key)) return null;
  /** @type {Record<string, number>} */
  const targets = { ArrowDown: place + across, ArrowUp: place - across, ArrowRight: place + 1, ArrowLeft: place - 1, Home: 0, End: count - 1 };
  return targets[key] ?? null;
}
