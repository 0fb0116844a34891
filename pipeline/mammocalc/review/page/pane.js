// One view of the hanging: its picture, its window, its marks and the words in its corners.

import { overlayOf } from "./api.js";
import { h, words } from "./dom.js";
import { boxOf } from "./hanging.js";
import { windowOf } from "./local.js";
import { Marks } from "./marks.js";
import { Sheet } from "./sheet.js";
import { View, mirroring } from "./view.js";
import { presets } from "./windows.js";

const LENS_PX = 120;
const LENS_TIMES = 3;
const STEPS_MM = [1, 2, 5, 10, 20, 50, 100];

export class Pane {
  /** `shown` is what the server says of the image; `answers` are the reader's. */
  constructor(uid, shown, answers, { vocabulary, gallery, reader, listed, changed }) {
    this.uid = uid;
    this.image = listed(uid);  // what the worklist knows, while a blinded reader may not see the result
    this.answers = answers;
    this.vocabulary = vocabulary;
    this.rulers = [];
    this.crosshair = null;
    this.inverted = false;
    this.window = null;
    this.former = null;  // the window before that of a place, to which one key leads back
    this.presets = [];
    this.isMoved = true;
    this.where = h("p", { class: "view-name" });
    this.greys = h("p", { class: "greys" });
    this.value = h("p", { class: "value" });
    this.bar = h("p", { class: "scale" });
    this.node = h("div", { class: "pane", tabIndex: 0, role: "group", data: { uid } }, this.where, this.greys, this.value, this.bar);
    this.take(shown);
    const { rows, columns, pixel_spacing_mm: spacing } = this.image;
    this.view = new View(rows, columns, spacing);
    this.marks = new Marks(this.view, vocabulary);
    if (shown.pixels.available && gallery) {
      this.picture = gallery.open(uid, shown.pixels);
    } else {
      Object.assign(this, { why: gallery ? shown.pixels.why : "This browser has no WebGL2.", source: overlayOf(uid, reader), changed });
      this.showInstead();
    }
    this.node.append(this.marks.node);
    const name = nameOfView(this.image);
    this.where.textContent = name;
    this.node.classList.add(this.image.laterality === "R" ? "right" : "left");
    this.node.setAttribute("aria-label", name);
    this.rebuild();
  }

  take(shown) {
    this.shown = shown;
    this.result = shown.result;
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

  /** The chest wall's side in the hanging: left breasts hang on the right, with their wall to the left. */
  get wall() {
    return { L: "left", R: "right" }[this.image.laterality] ?? null;
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
    return true;
  }

  choose(index) {
    this.former = null;
    this.localising = null;
    this.preset = index;
    this.window = { ...this.presets[index] };
    this.caption();
  }

  /** Show the window of a place until `leaveLocal`. */
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
    if (!this.former) return false;
    Object.assign(this, this.former);
    this.former = null;
    this.caption();
    return true;
  }

  get isLocal() {
    return this.former !== null;
  }

  /** Change the window by shares of its own width, so that several images can follow one hand. */
  adjust(shift, stretch) {
    if (!this.window) return;
    const { info } = this.picture;
    const room = info.max - info.min + 1;
    this.window.center = Math.min(info.max + room, Math.max(info.min - room, this.window.center + shift * this.window.width));
    this.window.width = Math.min(4 * room, Math.max(2, this.window.width * stretch));
    this.preset = null;
    this.window.name = this.isLocal ? "Local, by hand" : "";
    this.caption();
  }

  /** The window in the values of the file, which are those of the page shifted, stretched or turned round. */
  caption() {
    if (!this.window) return;
    const { center, width, function: kind } = this.window;
    const half = kind === "LINEAR" ? 0.5 : 0;  // its centre lies so far beside the middle of its ramp
    const level = this.picture.meaning(center - half) + half;
    const wide = (width - 2 * half) * this.picture.step + 2 * half;
    const name = this.window.name && (this.preset !== null || this.isLocal) ? ` · ${this.window.name}` : "";
    this.greys.textContent = `L ${Math.round(level)}  W ${Math.round(wide)}${name}${this.inverted ? " · inverted" : ""}`;
  }

  get level() {
    return this.picture.levelFor(this.view.pixelScale * devicePixelRatio);
  }

  want(priority = 0) {
    return this.picture ? this.picture.want(this.level, this.view.seen, priority) : Promise.resolve();
  }

  get isSharp() {
    if (!this.picture || !this.window) return false;
    const { picture, level } = this;
    return picture.isHere(level, this.view.seen);
  }

  /** Draw the greys, and the marks where something moved. */
  draw(painter, rectangle, options) {
    const { view, picture } = this;
    if (picture && this.window) {
      const layers = [{ centre: view.centre, scale: view.scale, pieces: picture.pieces(this.level, view.seen) }];
      if (options.lens) layers.push(this.magnified(rectangle, options.lens));
      painter.draw(rectangle, layers, this.window, this.inverted);
    }
    this.sheet?.place(view);
    if (this.isMoved) {
      this.isMoved = false;
      this.marks.place(options.shown, options.selected);
      this.measure();
    }
    const { rulers, crosshair } = this;
    const { selected, sized = null } = options;
    const lens = options.lens ? { ...options.lens, radius: LENS_PX } : null;
    this.marks.drawTools({ rulers, sized, crosshair, selected, lens });
  }

  /** What the magnifier shows: the place under it stays where it is, and all around it is larger. */
  magnified(rectangle, lens) {
    const { view, picture } = this;
    const scale = view.scale.map((value) => value * LENS_TIMES);
    const [x, y] = view.toImage(lens.x, lens.y);
    const centre = [x - (lens.x - view.width / 2) / scale[0], y - (lens.y - view.height / 2) / scale[1]];
    const level = picture.levelFor(view.pixelScale * LENS_TIMES * devicePixelRatio);
    const reach = LENS_PX / Math.min(...scale.map(Math.abs));
    const box = [Math.max(0, x - reach), Math.max(0, y - reach), Math.min(view.columns - 1, x + reach), Math.min(view.rows - 1, y + reach)];
    picture.want(level, box);
    const round = { x: rectangle.left + lens.x, y: rectangle.top + lens.y, radius: LENS_PX };
    const window = windowOf(picture, picture.isHere(level, box) ? level : this.level, box, this.outline);
    return { centre, scale, lens: round, window, pieces: picture.pieces(level, box) };
  }

  /** The bar that tells lengths: a round number of mm, about a tenth of the view. */
  measure() {
    const { view } = this;
    const zoom = `${Math.round(100 * view.pixelScale * devicePixelRatio)} %`;
    if (!view.unitMm) {
      this.bar.replaceChildren(`${zoom} · not calibrated`);
      return;
    }
    const pxPerMm = view.zoom / view.unitMm;
    const length = STEPS_MM.findLast((step) => step * pxPerMm < 0.3 * view.width) ?? 1;
    const line = h("span", { class: "line" });
    line.style.width = `${length * pxPerMm}px`;
    this.bar.replaceChildren(h("span", {}, zoom), line, h("span", {}, `${length} mm`));
  }

  /** The place under the pointer, and the value of the file there. */
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

export function nameOfView({ laterality, view }) {
  const side = laterality === "unknown" ? "side unknown" : laterality;
  return `${side} ${view === "unknown" ? "view unknown" : words(view)}`;
}
