// @ts-check
// One view of the hanging: its picture, its window, its marks and the words in its corners.

import { h } from "../../rendering/pages/scripts/elements.js";
import { overlayOf } from "./api.js";
import { boxesOf } from "./corner_words.js";
import { drawLight } from "./drawn_partners.js";
import { boxOf } from "./hanging.js";
import { LENS_PX, magnified } from "./magnifier.js";
import { Marks } from "./marks.js";
import { PLACED_BY } from "./same_place.js";
import { measure } from "./scale_bar.js";
import { Sheet } from "./sheet.js";
import { View, mirroring } from "./view.js";
import { captionOf } from "./window_by_hand.js";
import { presets } from "./windows.js";

/**
 * @import { Box, Finding, Layer, Point, Rectangle, ResultImage, Ruler, ShownImage, ShownKinds, SizeCircle, Vocabulary,
 *   VoiWindow } from "./types.js"
 * @import { Answers } from "./answers.js"
 * @import { Light } from "./lights.js"
 * @import { PlacedBy } from "./same_place.js"
 * @import { Painter } from "./painter.js"
 * @import { Gallery } from "./gallery.js"
 * @import { Picture } from "./picture.js"
 */

/**
 * @typedef {object} Means
 * @property {Vocabulary} vocabulary
 * @property {Gallery | null} gallery None without WebGL2.
 * @property {string | null} reader
 * @property {(uid: string) => ResultImage} listed What the worklist knows of an image.
 * @property {() => void} changed Called when the run's own picture is here.
 */

export class Pane {
  /** @type {Ruler[]} */
  rulers = [];
  /** The place that keys move a tool to. @type {Point | null} */
  crosshair = null;
  inverted = false;
  /** @type {VoiWindow | null} */
  window = null;
  /** The number of the window among the presets; null where it is not one of them. @type {number | null} */
  preset = null;
  /** The window before that of a place, to which one key leads back. @type {{ window: VoiWindow | null, preset: number | null } | null} */
  former = null;
  /** The newest window of a place that is waited for. @type {symbol | null} */
  localising = null;
  /** What a place asks for that was stepped to before the first greys came. @type {(() => void) | null} */
  whenReady = null;
  /** @type {VoiWindow[]} */
  presets = [];
  isMoved = true;
  /** Where its words stand. @type {{ key: string, boxes: Box[] }} */
  corner = { key: "", boxes: [] };
  /** Whether it has the stage for itself. */
  isAlone = false;
  /** On the stage; null until it was laid out. @type {Rectangle | null} */
  rectangle = null;
  /** @type {Picture | null} */
  picture = null;
  /** The run's own picture, where the pixels are not there. @type {Sheet | null} */
  sheet = null;
  /** Why the pixels are not there. */
  why = "";

  /**
   * @param {string} uid
   * @param {ShownImage} shown
   * @param {Answers} answers
   * @param {Means} means
   */
  constructor(uid, shown, answers, { vocabulary, gallery, reader, listed, changed }) {
    this.uid = uid;
    this.answers = answers;
    this.source = overlayOf(uid, reader);
    this.changed = changed;
    this.result = shown.result;
    /** Which image is its prior, where one is known. */
    this.prior = shown.prior;
    this.study = shown.study;
    this.comparison = shown.comparison;
    /** @type {ResultImage} What the worklist knows, while a blinded reader may not see the result. */
    this.image = shown.result?.image ?? shown.image ?? listed(uid);
    this.where = h("p", { class: "view-name" });
    this.when = h("p", { class: "when" });
    this.greys = h("p", { class: "greys" });
    this.value = h("p", { class: "value" });
    this.bar = h("p", { class: "scale" });
    this.node = h("div", { class: "pane", tabIndex: 0, role: "group", data: { uid } }, this.where, this.when, this.greys, this.value, this.bar);
    const { rows, columns, pixel_spacing_mm: spacing } = this.image;
    this.view = new View(rows, columns, spacing);
    /** Where the view was when others last followed it. */
    this.before = { x: this.view.x, y: this.view.y, zoom: this.view.zoom };
    this.marks = new Marks(this.view, vocabulary);
    if (!gallery) this.why = "This browser has no WebGL2.";
    else if (shown.pixels.available) this.picture = gallery.open(uid, shown.pixels);
    else this.why = shown.pixels.why;
    if (!this.picture) this.showInstead();
    this.node.append(this.marks.node);
    /** Of its view: no other one of the examination is called so. */
    this.name = shown.name;
    this.where.textContent = this.name;
    this.node.classList.add(this.image.laterality === "R" ? "right" : "left");
    this.node.setAttribute("aria-label", this.name);
    this.rebuild();
  }

  /** Remember where the view is: others come after it by what it moves from here. */
  noteView() {
    const { x, y, zoom } = this.view;
    this.before = { x, y, zoom };
  }

  /** @param {string} when How long before the image that it is the prior of. */
  callPrior(when) {
    this.node.classList.add("prior");
    this.node.setAttribute("aria-label", `${this.name}, ${when}`);
    this.when.textContent = when;
    this.when.dataset.when = when;
  }

  /** @param {PlacedBy} by What the place of a prior was found by. */
  sayPlaced(by) {
    if (this.when.dataset.when) this.when.textContent = `${this.when.dataset.when} · ${PLACED_BY[by]}`;
  }

  /** @param {ShownImage} shown What may be seen now. */
  take(shown) {
    this.result = shown.result;
    this.study = shown.study;
    this.comparison = shown.comparison;
    this.image = shown.result?.image ?? shown.image ?? this.image;
  }

  /** Without pixels: the run's own picture, at the image's own places, and why. */
  showInstead() {
    const overlay = this.result?.overlay;
    this.sheet = overlay ? new Sheet(this.source, overlay, this.changed) : null;
    this.node.classList.add("without");
    const why = h("p", { class: "why" }, overlay ? "Shown from the picture of the run. " : null, this.why || "The image itself was not found.");
    this.node.querySelector(".instead")?.remove();
    this.node.prepend(h("div", { class: "instead" }, this.sheet?.node, why));
  }

  rebuild() {
    this.marks.build(this.result, this.answers.state);
    this.isMoved = true;
  }

  /**
   * The chest wall's side in the hanging: left breasts hang on the right, with their wall to the left.
   *
   * @returns {"left" | "right" | null}
   */
  get wall() {
    if (this.image.laterality === "L") return "left";
    return this.image.laterality === "R" ? "right" : null;
  }

  get box() {
    return (this.isAlone && this.sheet?.box) || boxOf(this.view, this.result);
  }

  /** The outline of the breast as [row, column], where the result may be seen and has one. */
  get outline() {
    return this.result?.breast?.outline ?? null;
  }

  /** Whether there is something to move about in. */
  get isShown() {
    return Boolean((this.picture && this.window) || this.sheet?.isHere);
  }

  /** Called as greys come: the window and the mirroring may wait for the first of them. */
  ready() {
    if (this.window || !this.picture?.sample()) return false;
    this.view.mirror = mirroring(this.image, this.picture);
    this.presets = presets(this.picture);
    this.choose(0);
    const asked = this.whenReady;
    this.whenReady = null;
    asked?.();
    return true;
  }

  /** @param {number} index Of a preset. */
  choose(index) {
    this.former = null;
    this.localising = null;
    this.preset = index;
    this.window = { ...this.presets[index] };
    this.caption();
  }

  /**
   * Show the window of a place until `leaveLocal`.
   *
   * @param {VoiWindow} window
   */
  showLocal(window) {
    const { preset } = this;
    this.former ??= { window: this.window, preset };
    this.preset = null;
    this.window = window;
    this.caption();
  }

  /** Go back to the window before; true where there was one. */
  leaveLocal() {
    this.localising = null;
    this.whenReady = null;
    if (!this.former) return false;
    this.window = this.former.window;
    this.preset = this.former.preset;
    this.former = null;
    this.caption();
    return true;
  }

  get isLocal() {
    return this.former !== null;
  }

  /** The window in the values of the file. */
  caption() {
    this.greys.textContent = captionOf(this);
  }

  /** @param {Picture} picture */
  levelOf(picture) {
    return picture.levelFor(this.view.pixelScale * devicePixelRatio);
  }

  want(priority = 0) {
    const { picture } = this;
    return picture ? picture.want(this.levelOf(picture), this.view.seen, priority) : Promise.resolve();
  }

  /** Whether it is drawn as finely as it will be; without pixels it is from the start. */
  get isSharp() {
    const { picture } = this;
    return !picture || (this.window !== null && picture.isHere(this.levelOf(picture), this.view.seen));
  }

  /**
   * Draw the greys, and the marks where something moved.
   *
   * @param {Painter | null} painter
   * @param {Rectangle} rectangle
   * @param {object} options
   * @param {ShownKinds} options.shown
   * @param {Finding | null} options.selected
   * @param {{ x: number, y: number } | null} options.lens
   * @param {SizeCircle | null} options.sized
   * @param {Light | null} options.light What a finding of another view lights up here.
   */
  draw(painter, rectangle, options) {
    const { view, picture } = this;
    if (painter && picture && this.window) {
      /** @type {Layer[]} */
      const layers = [{ centre: view.centre, scale: view.scale, pieces: picture.pieces(this.levelOf(picture), view.seen) }];
      if (options.lens) layers.push(magnified(this, picture, rectangle, options.lens));
      painter.draw(rectangle, layers, this.window, this.inverted);
    }
    this.sheet?.place(view);
    if (this.isMoved) {
      this.isMoved = false;
      measure(this);
      this.marks.place(options.shown, options.selected, boxesOf([this.where, this.bar, this.when], view.width, this.corner));
    }
    const { rulers, crosshair } = this;
    const { selected, sized, light } = options;
    const lens = options.lens ? { ...options.lens, radius: LENS_PX } : null;
    this.marks.drawTools({ rulers, sized, crosshair, selected, lens, lit: light ? drawLight(light, this.marks, this.result) : [] });
  }

  /**
   * The place under the pointer, and the value of the file there.
   *
   * @param {number} left
   * @param {number} top
   */
  point(left, top) {
    if (!this.picture) return;
    const [x, y] = this.view.toImage(left, top);
    const row = Math.floor(y);
    const column = Math.floor(x);
    const isIn = row >= 0 && column >= 0 && row < this.view.rows && column < this.view.columns;
    const value = isIn ? this.picture.valueAt(row, column) : null;
    const told = value === null ? "" : `: ${Number(this.picture.meaning(value).toFixed(2))}`;
    this.value.textContent = isIn ? `row ${row}, column ${column}${told}` : "";
  }
}
