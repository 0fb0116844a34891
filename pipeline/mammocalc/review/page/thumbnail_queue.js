// @ts-check
// Thumbnails without marks. The server draws them from the images themselves, so they come one at a time, and only those
// that are in sight: whoever opens an image meanwhile does not wait for them.

import { plainOf } from "./api.js";

export class ThumbnailQueue {
  /** @type {{ picture: HTMLImageElement, uid: string }[]} */
  waiting = [];
  isBusy = false;

  /**
   * Fill a picture when its turn comes.
   *
   * @param {HTMLImageElement} picture
   * @param {string} uid
   */
  add(picture, uid) {
    this.waiting.push({ picture, uid });
    // Cards are made before they are put into the document.
    setTimeout(() => this.next());
  }

  next() {
    if (this.isBusy) return;
    this.waiting = this.waiting.filter(({ picture }) => picture.offsetParent);
    const first = this.waiting.shift();
    if (!first) return;
    this.isBusy = true;
    const done = () => {
      this.isBusy = false;
      this.next();
    };
    first.picture.addEventListener("load", done, { once: true });
    first.picture.addEventListener("error", done, { once: true });
    first.picture.src = plainOf(first.uid);
  }
}
