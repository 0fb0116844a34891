// @ts-check
// One image on the screen: where its pixels lie. Nothing here draws.

/**
 * @import { Box, Point, Rectangle, ResultImage } from "./types.js"
 * @import { Picture } from "./picture.js"
 */

const USUAL_MM = 0.07;  // of a pixel: between those of the detectors in use

/**
 * The middle of a pixel as (x, y).
 *
 * @param {Point} place [row, column]
 * @returns {Point}
 */
export function middleOf([row, column]) {
  return [column + 0.5, row + 0.5];
}

/**
 * Whether the image has to be mirrored so that the chest wall lies where radiologists hang it.
 *
 * @param {Pick<ResultImage, "laterality" | "view" | "patient_orientation">} image
 * @param {Pick<Picture, "levels" | "coarsest" | "sample"> | null} picture Asked where the file does not say.
 */
export function mirroring(image, picture) {
  const [along, down] = image.patient_orientation ?? [];
  const wanted = image.laterality === "R" ? "right" : image.laterality === "L" ? "left" : null;
  const wall = wallOf(along) ?? (picture ? brighterSide(picture) : null);
  // Lateral is up in the axial views: the columns of the right breast run to the patient's left. Else the head is up.
  const axial = ["CC", "XCCL", "XCCM"].includes(image.view);
  const isUpsideDown = Boolean(down) && down.startsWith(axial ? image.laterality : "H");
  return { across: Boolean(wanted && wall && wall !== wanted), down: isUpsideDown };
}

/**
 * The side of the chest wall by the direction of the rows: they run away from it where they run to the front.
 *
 * @param {string | undefined} along
 */
function wallOf(along) {
  if (along?.startsWith("A")) return "left";
  return along?.startsWith("P") ? "right" : null;
}

/** @param {Pick<Picture, "levels" | "coarsest" | "sample">} picture */
function brighterSide(picture) {
  const level = picture.levels[picture.coarsest];
  const sample = picture.sample();
  if (!sample || sample.length !== 1) return null;
  const edge = Math.max(1, Math.round(level.columns / 12));
  let left = 0;
  let right = 0;
  for (let row = 0; row < level.rows; row += 1) {
    for (let column = 0; column < edge; column += 1) {
      left += sample[0][row * level.columns + column];
      right += sample[0][(row + 1) * level.columns - 1 - column];
    }
  }
  return left > right ? "left" : "right";
}

export class View {
  zoom = 1;
  // On the stage, in CSS pixels.
  left = 0;
  top = 0;
  width = 1;
  height = 1;
  ratio = 1;
  mirror = { across: false, down: false };
  fitted = true;

  /**
   * Places are (x, y) of the stored image, as `middleOf` gives them.
   *
   * @param {number} rows
   * @param {number} columns
   * @param {Point | null} spacing [row, column] in mm.
   */
  constructor(rows, columns, spacing) {
    const least = spacing ? Math.min(...spacing) : 1;
    this.rows = rows;
    this.columns = columns;
    this.spacing = spacing;
    this.x = columns / 2;
    this.y = rows / 2;
    /** @type {Point} */
    this.aspect = spacing ? [spacing[1] / least, spacing[0] / least] : [1, 1];
    this.unitMm = spacing ? least : null;
    this.screenMm = this.unitMm ?? USUAL_MM;  // for the size on the screen alone
  }

  /**
   * Say where the view lies on the stage.
   *
   * @param {Rectangle} rectangle
   * @param {number} ratio Pixels of the screen per CSS pixel.
   */
  put({ left, top, width, height }, ratio = 1) {
    this.left = left;
    this.top = top;
    this.width = width;
    this.height = height;
    this.ratio = ratio;
  }

  /**
   * CSS pixels per pixel of the stored image, negative where mirrored.
   *
   * @returns {Point}
   */
  get scale() {
    const [x, y] = this.aspect;
    return [(this.mirror.across ? -x : x) * this.zoom, (this.mirror.down ? -y : y) * this.zoom];
  }

  /** CSS pixels per pixel of the stored image along its shorter side. */
  get pixelScale() {
    return this.zoom * Math.min(...this.aspect);
  }

  /**
   * What lies in the middle. Where a pixel of the image is one of the screen, or a whole number of them, its borders lie
   * on theirs: at 1:1 each is shown once, and none is blurred. Half a pixel of the screen is the most that this moves.
   *
   * @returns {Point}
   */
  get centre() {
    const [across, down] = this.scale;
    return [this.onGrid(this.x, across, this.left + this.width / 2), this.onGrid(this.y, down, this.top + this.height / 2)];
  }

  /**
   * @param {number} at
   * @param {number} scale
   * @param {number} middle
   */
  onGrid(at, scale, middle) {
    const times = scale * this.ratio;
    if (Math.abs(times) < 0.5 || Math.abs(times - Math.round(times)) > 1e-6) return at;
    const edge = middle * this.ratio - at * times;
    return at + (edge - Math.round(edge)) / times;
  }

  /**
   * @param {number} x
   * @param {number} y
   * @returns {Point}
   */
  toScreen(x, y) {
    const [across, down] = this.scale;
    const [middle, centre] = this.centre;
    return [this.width / 2 + (x - middle) * across, this.height / 2 + (y - centre) * down];
  }

  /**
   * @param {number} left
   * @param {number} top
   * @returns {Point}
   */
  toImage(left, top) {
    const [across, down] = this.scale;
    const [middle, centre] = this.centre;
    return [middle + (left - this.width / 2) / across, centre + (top - this.height / 2) / down];
  }

  /**
   * The part that is seen, within the image.
   *
   * @returns {Box}
   */
  get seen() {
    const [a, b] = this.toImage(0, 0);
    const [c, d] = this.toImage(this.width, this.height);
    const within = (/** @type {number} */ value, /** @type {number} */ most) => Math.min(most, Math.max(0, value));
    return [
      within(Math.min(a, c), this.columns - 1), within(Math.min(b, d), this.rows - 1),
      within(Math.max(a, c), this.columns), within(Math.max(b, d), this.rows),
    ];
  }

  /**
   * What will be seen with (x, y) in the middle at a zoom, within the image.
   *
   * @param {{ x: number, y: number, zoom: number }} goal
   * @returns {Box}
   */
  seenAt({ x, y, zoom }) {
    const [across, down] = [this.width / this.aspect[0] / zoom / 2, this.height / this.aspect[1] / zoom / 2];
    return [Math.max(0, x - across), Math.max(0, y - down), Math.min(this.columns - 1, x + across), Math.min(this.rows - 1, y + down)];
  }

  /**
   * How far the image has to be shrunk to show a box whole.
   *
   * @param {Box} box
   */
  zoomFor([left, top, right, bottom]) {
    const wide = Math.max(1, (right - left) * this.aspect[0]);
    const high = Math.max(1, (bottom - top) * this.aspect[1]);
    return Math.min(this.width / wide, this.height / high);
  }

  get limits() {
    const whole = this.zoomFor([0, 0, this.columns, this.rows]);
    return [Math.min(whole / 2, 0.5), Math.max(16, whole)];
  }

  /**
   * Zoom about a place on the screen.
   *
   * @param {number} zoom
   */
  setZoom(zoom, left = this.width / 2, top = this.height / 2) {
    const [x, y] = this.toImage(left, top);
    const [least, most] = this.limits;
    this.zoom = Math.min(most, Math.max(least, zoom));
    const [across, down] = this.scale;
    this.x = x - (left - this.width / 2) / across;
    this.y = y - (top - this.height / 2) / down;
    this.fitted = false;
    this.keep();
  }

  /**
   * @param {number} right
   * @param {number} down
   */
  pan(right, down) {
    const scale = this.scale;
    this.x -= right / scale[0];
    this.y -= down / scale[1];
    this.fitted = false;
    this.keep();
  }

  /**
   * Zoom by a factor about the middle, and move what lies there.
   *
   * @param {number} times
   * @param {number} right Towards the right of the screen, in the unit of the zoom.
   * @param {number} low
   */
  shift(times, right, low) {
    const [least, most] = this.limits;
    this.zoom = Math.min(most, Math.max(least, this.zoom * times));
    const [across, down] = this.scale.map(Math.sign);
    this.x += (right * across) / this.aspect[0];
    this.y += (low * down) / this.aspect[1];
    this.fitted = false;
    this.keep();
  }

  /** Some of the image always stays in sight: nobody loses it. */
  keep() {
    const [across, down] = this.scale.map(Math.abs);
    const room = [Math.max(0, this.width / 2 - 60) / across, Math.max(0, this.height / 2 - 60) / down];
    this.x = Math.min(this.columns + room[0], Math.max(-room[0], this.x));
    this.y = Math.min(this.rows + room[1], Math.max(-room[1], this.y));
  }

  /**
   * Show a box whole, at a zoom that several views may share.
   *
   * @param {Box} box
   * @param {number} zoom
   * @param {"left" | "right" | null} side Against which the chest wall is pressed.
   */
  fit(box, zoom = this.zoomFor(box) * 0.97, side = null) {
    this.zoom = zoom;
    this.x = (box[0] + box[2]) / 2;
    this.y = (box[1] + box[3]) / 2;
    if (side) {
      const wall = (side === "left") !== this.mirror.across ? box[0] : box[2];
      const [across] = this.scale;
      this.x = wall + (side === "left" ? this.width / 2 : -this.width / 2) / across;
    }
    this.fitted = true;
  }
}
