// @ts-check
// Places on the canvas: the stage in pixels of the screen, from the lower left corner, and the clip space of the graphics card.

/** @import { Box, Layer, LensCircle, Point, Rectangle } from "./types.js" */

export class CanvasPlaces {
  /**
   * @param {number} width Of the canvas, in its pixels.
   * @param {number} height
   * @param {number} ratio Pixels of the canvas for one of the page.
   */
  constructor(width, height, ratio) {
    this.width = width;
    this.height = height;
    this.ratio = ratio;
  }

  /**
   * A rectangle of the stage as pixels of the canvas, from its lower left corner.
   *
   * @param {Rectangle} rectangle
   * @returns {[x: number, y: number, width: number, height: number]}
   */
  within({ left, top, width, height }) {
    const [x, right] = [Math.round(left * this.ratio), Math.round((left + width) * this.ratio)];
    const [up, down] = [Math.round(top * this.ratio), Math.round((top + height) * this.ratio)];
    return [x, this.height - down, right - x, down - up];
  }

  /**
   * A lens in pixels of the canvas; a radius of 0 is none.
   *
   * @param {LensCircle | null | undefined} lens
   * @returns {[x: number, y: number, radius: number]}
   */
  circle(lens) {
    return lens ? [lens.x * this.ratio, this.height - lens.y * this.ratio, lens.radius * this.ratio] : [0, 0, 0];
  }

  /**
   * The middle of a rectangle of the stage in pixels of the canvas, from its lower left corner; not rounded.
   *
   * @param {Rectangle} rectangle
   * @returns {Point}
   */
  middleOf({ left, top, width, height }) {
    return [(left + width / 2) * this.ratio, this.height - (top + height / 2) * this.ratio];
  }

  /**
   * A box in pixels of the stored image as [left, bottom, right, top] in clip space, within the canvas.
   *
   * @param {Rectangle} rectangle
   * @param {Layer} layer
   * @param {Box} box
   * @returns {Box}
   */
  clip(rectangle, { centre, scale }, box) {
    const { width, height, ratio } = this;
    const middle = this.middleOf(rectangle);
    const corners = box.map((value, index) => {
      const axis = index % 2;
      const place = middle[axis] + (value - centre[axis]) * (axis ? -scale[1] : scale[0]) * ratio;
      return Math.min(1, Math.max(-1, (place / (axis ? height : width)) * 2 - 1));
    });
    const [one, two, three, four] = corners;
    return [Math.min(one, three), Math.min(two, four), Math.max(one, three), Math.max(two, four)];
  }

  /**
   * What all pieces cover together: beside it nothing has to be shown.
   *
   * @param {Rectangle} rectangle
   * @param {Layer[]} layers
   * @returns {Box}
   */
  around(rectangle, layers) {
    const boxes = layers.flatMap((layer) => layer.pieces.map((piece) => this.clip(rectangle, layer, piece.box)));
    const side = (/** @type {number} */ index) => boxes.map((box) => box[index]);
    return [Math.min(...side(0)), Math.min(...side(1)), Math.max(...side(2)), Math.max(...side(3))];
  }
}
