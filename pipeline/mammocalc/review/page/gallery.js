// @ts-check
// The pictures that are open, by UID; those that were not looked at for longest go first when there are too many.

import { Picture } from "./picture.js";

/**
 * @import { PixelInfo } from "./types.js"
 * @import { Painter } from "./painter.js"
 */

const BUDGET = 400e6;  // bytes of greys kept; about ten full mammograms

export class Gallery {
  /** @type {Map<string, Picture>} */
  pictures = new Map();

  /**
   * @param {Painter} painter
   * @param {() => void} changed Called when more can be drawn.
   */
  constructor(painter, changed) {
    this.painter = painter;
    this.changed = changed;
  }

  /** After a loss of the graphics card. */
  restore() {
    for (const picture of this.pictures.values()) picture.restore();
    this.changed();
  }

  /**
   * @param {string} uid
   * @param {PixelInfo} info
   */
  open(uid, info) {
    let picture = this.pictures.get(uid);
    if (picture) this.pictures.delete(uid);
    else picture = new Picture(uid, info, this.painter, this.changed);
    this.pictures.set(uid, picture);
    return picture;
  }

  /** @param {Set<string>} kept UIDs that are not to be let go. */
  trim(kept) {
    let total = 0;
    for (const picture of this.pictures.values()) total += picture.bytes;
    for (const [uid, picture] of this.pictures) {
      if (total <= BUDGET) return;
      if (kept.has(uid)) continue;
      total -= picture.bytes;
      picture.close();
      this.pictures.delete(uid);
    }
  }
}
