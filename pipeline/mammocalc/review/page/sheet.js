// @ts-check
// The run's own picture in place of pixels that are not there, laid so that it has the places and the scale of the image.

import { h } from "../../rendering/pages/scripts/elements.js";

/**
 * @import { Box, ResultOverlay } from "./types.js"
 * @import { View } from "./view.js"
 */

export class Sheet {
  /**
   * @param {string} source The address of the picture.
   * @param {ResultOverlay} overlay
   * @param {() => void} changed Called when the picture is here.
   */
  constructor(source, { scale, offset }, changed) {
    this.scale = scale;
    this.offset = offset;
    this.node = h("img", { class: "sheet", alt: "The picture of the run with its marks", draggable: false, src: source, onload: changed });
  }

  get isHere() {
    return this.node.naturalWidth > 0;
  }

  /**
   * All of it; null until it is here.
   *
   * @returns {Box | null}
   */
  get box() {
    if (!this.isHere) return null;
    const [left, top] = this.offset.map((value) => -value / this.scale);
    return [left, top, left + this.node.naturalWidth / this.scale, top + this.node.naturalHeight / this.scale];
  }

  /**
   * Put it where the view has the image.
   *
   * @param {View} view
   */
  place(view) {
    const { box } = this;
    if (!box) return;
    const [left, top, right, bottom] = box;
    const [x, y] = view.toScreen(left, top);
    const [across, down] = view.scale;
    Object.assign(this.node.style, {
      left: `${x}px`, top: `${y}px`, width: `${(right - left) * across}px`, height: `${(bottom - top) * down}px`,
    });
  }
}
