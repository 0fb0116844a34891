// @ts-check
// Levels of one image, each half as large as the one before: their tiles, and how they are cut into textures.

/**
 * @import { Box, LevelInfo, Point } from "./types.js"
 * @import { Job } from "./tile_queue.js"
 */

/** @typedef {{ left: number, top: number, right: number, bottom: number }} Edges */

/**
 * A texture of a level, and what of the level it is for; its rim is one texel more on each side.
 *
 * @typedef {{ box: Edges, rim: Edges, texture: WebGLTexture }} Block
 */

/**
 * @typedef {object} Tile
 * @property {number} row
 * @property {number} column
 * @property {number} rows
 * @property {number} columns
 * @property {Uint16Array | null} values
 * @property {Job | null} job Until it is begun.
 * @property {Promise<void>} ready
 */

/**
 * @typedef {object} Level
 * @property {number} level
 * @property {number} rows
 * @property {number} columns
 * @property {number} shrink Pixels of the stored image per texel.
 * @property {Map<number, Tile>} tiles
 * @property {number} wide Tiles in a row.
 * @property {number} high
 * @property {number} side Texels along a side of a tile.
 * @property {Block[] | null} blocks
 */

/**
 * @param {LevelInfo} info
 * @returns {Level}
 */
export function emptyLevel({ level, rows, columns, tiles: [high, wide], tile: side }) {
  // The last texel of an odd side lies half beyond the border.
  return { level, rows, columns, shrink: 2 ** level, tiles: new Map(), wide, high, side, blocks: null };
}

/**
 * Cut a level into parts that a texture can hold: they have a rim of one texel in common.
 *
 * @param {Pick<Level, "rows" | "columns">} level
 * @param {number} largest Side of a texture.
 * @returns {Pick<Block, "box" | "rim">[]}
 */
export function cut({ rows, columns }, largest) {
  const core = largest - 2;
  const parts = [];
  for (let top = 0; top < rows; top += core) {
    for (let left = 0; left < columns; left += core) {
      const box = { top, left, bottom: Math.min(rows, top + core), right: Math.min(columns, left + core) };
      const rim = { top: Math.max(0, top - 1), left: Math.max(0, left - 1), bottom: Math.min(rows, box.bottom + 1), right: Math.min(columns, box.right + 1) };
      parts.push({ box, rim });
    }
  }
  return parts;
}

/**
 * Tiles of a level that meet a box, as [row, column].
 *
 * @param {Pick<Level, "shrink" | "side" | "wide" | "high">} level
 * @param {Box} box
 */
export function tilesIn({ shrink, side, wide, high }, box) {
  // One texel more on each side: the last one in sight is mixed with it.
  /** @type {(low: number, high: number, count: number) => Point} */
  const span = (from, to, count) => [
    Math.max(0, Math.floor((from / shrink - 1) / side)),
    Math.min(count - 1, Math.floor((to / shrink + 1) / side)),
  ];
  const [left, right] = span(box[0], box[2], wide);
  const [top, bottom] = span(box[1], box[3], high);
  /** @type {Point[]} */
  const found = [];
  for (let row = top; row <= bottom; row += 1) for (let column = left; column <= right; column += 1) found.push([row, column]);
  return found;
}
