// @ts-check
// The magnifier: a circle in which the place under it is larger, in the window of that place.

import { windowOf } from "./local.js";

/**
 * @import { Box, Layer, Point, Rectangle } from "./types.js"
 * @import { Pane } from "./pane.js"
 * @import { Picture } from "./picture.js"
 */

export const LENS_PX = 120;
const LENS_TIMES = 3;

/**
 * What the magnifier shows: the place under it stays where it is, and all around it is larger.
 *
 * @param {Pane} pane
 * @param {Picture} picture
 * @param {Rectangle} rectangle
 * @param {{ x: number, y: number }} lens
 * @returns {Layer}
 */
export function magnified(pane, picture, rectangle, lens) {
  const { view } = pane;
  /** @type {Point} */
  const scale = [view.scale[0] * LENS_TIMES, view.scale[1] * LENS_TIMES];
  const [x, y] = view.toImage(lens.x, lens.y);
  /** @type {Point} */
  const centre = [x - (lens.x - view.width / 2) / scale[0], y - (lens.y - view.height / 2) / scale[1]];
  const level = picture.levelFor(view.pixelScale * LENS_TIMES * devicePixelRatio);
  const reach = LENS_PX / Math.min(...scale.map(Math.abs));
  /** @type {Box} */
  const box = [Math.max(0, x - reach), Math.max(0, y - reach), Math.min(view.columns - 1, x + reach), Math.min(view.rows - 1, y + reach)];
  picture.want(level, box);
  const round = { x: rectangle.left + lens.x, y: rectangle.top + lens.y, radius: LENS_PX };
  const window = windowOf(picture, picture.isHere(level, box) ? level : pane.levelOf(picture), box, pane.outline);
  return { centre, scale, lens: round, window, pieces: picture.pieces(level, box) };
}
