// What the server says of images, kept for a while, and what the next image needs, fetched before it is opened.

import { getImage } from "./api.js";
import { arrange, boxOf, hung, zoomOf } from "./hanging.js";
import { View } from "./view.js";

const KEPT = 40;  // documents of images: those of a few cases
const BEHIND = 100;  // the priority of what is not looked at yet

export class Library {
  /** `who` gives the reader whose answers are asked for. */
  constructor(who) {
    Object.assign(this, { who, documents: new Map() });
  }

  /** The document of an image, asked for once. */
  get(uid) {
    if (!this.documents.has(uid)) this.renew(uid);
    return this.documents.get(uid);
  }

  /** Ask again: after an answer there may be more to see. */
  renew(uid) {
    const promise = getImage(uid, this.who());
    this.documents.delete(uid);
    this.documents.set(uid, promise);
    promise.catch(() => this.documents.delete(uid));
    if (this.documents.size > KEPT) this.documents.delete(this.documents.keys().next().value);
    return promise;
  }

  /** Keep the newest answers with the image. */
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
   */
  async fetchAhead(uid, gallery, { isLarge, width, height }) {
    const first = await this.get(uid);
    const cases = await Promise.all(first.case.map(async (other) => ({ uid: other, ...(await this.get(other)) })));
    const imageOf = (one) => one.result?.image ?? one.image;
    const images = hung(cases.map(imageOf));
    const together = cases.filter((one) => images.includes(imageOf(one)));
    const isAlone = isLarge || !together.some((one) => one.uid === uid);
    const panes = (isAlone ? cases.filter((one) => one.uid === uid) : together).map((one) => {
      const { rows, columns, pixel_spacing_mm: spacing } = imageOf(one);
      const view = new View(rows, columns, spacing);
      return { uid: one.uid, pixels: one.pixels, view, box: boxOf(view, one.result) };
    });
    const plan = arrange(panes, width, height);
    for (const { uid: other, pixels, view } of panes.filter((pane) => pane.pixels.available)) {
      view.zoom = zoomOf(view, plan);
      const picture = gallery.open(other, pixels);
      picture.want(picture.levelFor(view.pixelScale * devicePixelRatio), [0, 0, view.columns, view.rows], BEHIND);
    }
    return panes.map((pane) => pane.uid);
  }
}
