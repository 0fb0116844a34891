// @ts-check
// What the server says of images, kept for a while, and what the next image needs, fetched before it is opened.

import { getImage } from "./api.js";
import { arrange, boxOf, hung, zoomOf } from "./hanging.js";
import { View } from "./view.js";

/**
 * @import { AnswerState, ShownImage } from "./types.js"
 * @import { Gallery } from "./gallery.js"
 */

const KEPT = 40;  // documents of images: those of a few cases
const BEHIND = 100;  // the priority of what is not looked at yet

export class ImageCache {
  /** @type {Map<string, Promise<ShownImage>>} */
  documents = new Map();

  /** @param {() => string | null} who Gives the reader whose answers are asked for. */
  constructor(who) {
    this.who = who;
  }

  /**
   * The document of an image, asked for once.
   *
   * @param {string} uid
   */
  get(uid) {
    return this.documents.get(uid) ?? this.ask(uid);
  }

  /** @param {string} uid */
  ask(uid) {
    const promise = getImage(uid, this.who());
    this.documents.set(uid, promise);
    promise.catch(() => this.documents.delete(uid));
    const [oldest] = this.documents.keys();
    if (this.documents.size > KEPT) this.documents.delete(oldest);
    return promise;
  }

  /**
   * Keep the newest answers with the image.
   *
   * @param {string} uid
   * @param {AnswerState} answers
   */
  async note(uid, answers) {
    const shown = await this.documents.get(uid)?.catch(() => null);
    if (shown) shown.answers = answers;
  }

  forget() {
    this.documents.clear();
  }

  /**
   * Fetch what an image or, unless it will be large, its case needs on a stage of a size: the very tiles that it will
   * be drawn from, behind everything that is looked at. Gives the UIDs.
   *
   * @param {string} uid
   * @param {Gallery} gallery
   * @param {{ isLarge: boolean, width: number, height: number }} stage
   */
  async fetchAhead(uid, gallery, { isLarge, width, height }) {
    const first = await this.get(uid);
    const cases = await Promise.all(first.case.map(async (other) => ({ uid: other, ...(await this.get(other)) })));
    const imageOf = (/** @type {ShownImage} */ one) => one.result?.image ?? one.image;
    const images = hung(cases.map(imageOf));
    const together = cases.filter((one) => images.includes(imageOf(one)));
    const isAlone = isLarge || !together.some((one) => one.uid === uid);
    const panes = (isAlone ? cases.filter((one) => one.uid === uid) : together).map((one) => {
      const { rows, columns, pixel_spacing_mm: spacing } = imageOf(one);
      const view = new View(rows, columns, spacing);
      return { uid: one.uid, pixels: one.pixels, view, box: boxOf(view, one.result) };
    });
    const plan = arrange(panes, width, height);
    for (const { uid: other, pixels, view } of panes) {
      if (!pixels.available) continue;
      view.zoom = zoomOf(view, plan);
      const picture = gallery.open(other, pixels);
      picture.want(picture.levelFor(view.pixelScale * devicePixelRatio), [0, 0, view.columns, view.rows], BEHIND);
    }
    return panes.map((pane) => pane.uid);
  }
}
