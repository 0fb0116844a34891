// The run's own picture in place of pixels that are not there, laid so that it has the places and the scale of the image.

import { h } from "./dom.js";

export class Sheet {
  /** `overlay` is that of the result: the picture has stored pixel (x, y) at offset + scale * (x, y). */
  constructor(source, { scale, offset }, changed) {
    Object.assign(this, { scale, offset });
    this.node = h("img", { class: "sheet", alt: "The picture of the run with its marks", draggable: false, src: source, onload: changed });
  }

  get isHere() {
    return this.node.naturalWidth > 0;
  }

  /** All of it, as [left, top, right, bottom] in pixels of the stored image; null until it is here. */
  get box() {
    if (!this.isHere) return null;
    const [left, top] = this.offset.map((value) => -value / this.scale);
    return [left, top, left + this.node.naturalWidth / this.scale, top + this.node.naturalHeight / this.scale];
  }

  /** Put it where the view has the image. */
  place(view) {
    if (!this.isHere) return;
    const [left, top, right, bottom] = this.box;
    const [x, y] = view.toScreen(left, top);
    const [across, down] = view.scale;
    Object.assign(this.node.style, {
      left: `${x}px`, top: `${y}px`, width: `${(right - left) * across}px`, height: `${(bottom - top) * down}px`,
    });
  }
}
