// @ts-check
// The window of a place: its greys spread over the tissue around it, as in the insets of the run's own pictures.

import { spans } from "./outline.js";
import { airOf } from "./windows.js";

/**
 * @import { Box, Point, VoiWindow } from "./types.js"
 * @import { Pane } from "./pane.js"
 * @import { Picture } from "./picture.js"
 * @import { Viewer } from "./viewer.js"
 */

const ENDS = [0.01, 0.99];  // of the tissue: almost without particles
const ABOVE = 0.5;  // of the tissue's range is added above it, for particles, which are brighter
const MOST = 20000;  // values that are looked at: enough for a hundredth, few enough for every move of the magnifier
const FEW = 50;  // values that say nothing

/**
 * The values of tissue within a box, as far as they are here.
 *
 * @param {Picture} picture
 * @param {number} index
 * @param {Box} box
 * @param {Point[] | null} outline
 */
function tissue(picture, index, box, outline) {
  const level = picture.levels[index];
  const [left, top, right, bottom] = box.map((value, side) => Math.min((side % 2 ? level.rows : level.columns), Math.max(0, Math.round(value / level.shrink))));
  const step = Math.max(1, Math.ceil(Math.sqrt(((right - left) * (bottom - top)) / MOST)));
  /** @type {number[]} */
  const values = [];
  const air = outline ? -1 : airOf(picture);
  for (let row = top; row < bottom; row += step) {
    const within = outline ? spans(outline, (row + 0.5) * level.shrink - 0.5).map((span) => span.map((x) => x / level.shrink)) : [[left, right]];
    for (const [from, to] of within) {
      for (let column = Math.max(left, Math.ceil(from)); column < Math.min(right, to); column += step) {
        const tile = level.tiles.get(Math.floor(row / level.side) * level.wide + Math.floor(column / level.side));
        const value = tile?.values?.[(row - tile.row * level.side) * tile.columns + column - tile.column * level.side];
        if (value !== undefined && value > air) values.push(value);
      }
    }
  }
  return Float64Array.from(values).sort();
}

/**
 * The window of a box, from the greys of a level that are here; null where there is too little tissue.
 *
 * @param {Picture} picture
 * @param {number} index
 * @param {Box} box
 * @param {Point[] | null} outline
 * @returns {VoiWindow | null}
 */
export function windowOf(picture, index, box, outline) {
  const values = tissue(picture, index, box, outline && outline.length > 2 ? outline : null);
  if (values.length < FEW) return null;
  const [low, high] = ENDS.map((share) => {
    const at = share * (values.length - 1);
    const below = Math.floor(at);
    return values[below] + (at - below) * ((values[below + 1] ?? values[below]) - values[below]);
  });
  const width = Math.max(1, (high - low) * (1 + ABOVE));
  return { name: "Local", center: low + width / 2, width, function: "LINEAR_EXACT" };
}

/**
 * Give a pane the window of a place.
 *
 * @param {Viewer} viewer
 * @param {Pane} pane
 * @param {{ x: number, y: number, zoom: number }} goal What will be seen.
 * @param {Box | null} around What the window is taken from; all that will be seen where there is none.
 */
export async function localise(viewer, pane, goal, around = null) {
  const { view, picture } = pane;
  if (!picture || !pane.window) {
    pane.whenReady = () => void localise(viewer, pane, goal, around);
    return;
  }
  const seen = view.seenAt(goal);
  const box = around ? common(seen, around) : seen;
  const level = picture.levelFor(goal.zoom * Math.min(...view.aspect) * devicePixelRatio);
  const ticket = (pane.localising = Symbol("place"));
  await picture.want(level, box);
  if (pane.localising !== ticket || !viewer.panes.includes(pane)) return;
  const found = windowOf(picture, level, box, pane.outline);
  if (!found) return;
  pane.showLocal(found);
  viewer.request();
  viewer.app.viewChanged();
}

/**
 * What two boxes have in common.
 *
 * @param {Box} one
 * @param {Box} other
 * @returns {Box}
 */
function common(one, other) {
  return [Math.max(one[0], other[0]), Math.max(one[1], other[1]), Math.min(one[2], other[2]), Math.min(one[3], other[3])];
}
