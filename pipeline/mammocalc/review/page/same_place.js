// @ts-check
// Where a place of one image lies in another of the same breast and view: same scale, same place on the screen.

import { sureNipple } from "./partners.js";
import { middleOf } from "./view.js";

/**
 * @import { Point, Result } from "./types.js"
 * @import { View } from "./view.js"
 */

/** @typedef {"registration" | "nipple" | "outline" | "edges"} PlacedBy */
/** @typedef {"left" | "right" | null} Wall */
/** @typedef {{ view: View, result: Result | null, wall: Wall }} Framed */

/**
 * A point that both images have, and how deep the breast is behind it, in mm as on the screen.
 *
 * @typedef {{ point: Point, depth: number | null }} Anchor
 */

const RATIO = [3 / 4, 4 / 3];  // of the depths of two images of a breast: beyond, one of them is not measured well

/** What the place of a prior is found by, as it is said. @type {Record<PlacedBy, string>} */
export const PLACED_BY = {
  registration: "registered", nipple: "placed by nipple", outline: "placed by outline", edges: "placed by image edges",
};

/**
 * Millimetres as on the screen, to the right and down, from the image's first pixel.
 *
 * @param {View} view
 * @param {Point} place (x, y) of the stored image.
 * @returns {Point}
 */
export function toMm(view, [x, y]) {
  const [across, down] = steps(view);
  return [x * across, y * down];
}

/**
 * @param {View} view
 * @param {Point} place In mm as on the screen.
 * @returns {Point} (x, y) of the stored image.
 */
export function fromMm(view, [right, down]) {
  const [stepX, stepY] = steps(view);
  return [right / stepX, down / stepY];
}

/**
 * Millimetres per pixel of the stored image, negative where it is mirrored.
 *
 * @param {View} view
 * @returns {Point}
 */
function steps({ mirror, aspect, screenMm }) {
  return [(mirror.across ? -1 : 1) * aspect[0] * screenMm, (mirror.down ? -1 : 1) * aspect[1] * screenMm];
}

/**
 * The map from millimetres of one image to those of another, and what it was found by.
 *
 * @param {Framed} from
 * @param {Framed} to
 * @returns {{ map: (mm: Point) => Point, by: PlacedBy }}
 */
export function mapOf(from, to) {
  const by = placedBy(from, to);
  const [one, other] = [anchorOf(from, by), anchorOf(to, by)];
  const ratio = one.depth && other.depth ? Math.min(RATIO[1], Math.max(RATIO[0], other.depth / one.depth)) : 1;
  return { map: ([right, down]) => [other.point[0] + ratio * (right - one.point[0]), other.point[1] + down - one.point[1]], by };
}

/**
 * The best that both images have.
 *
 * @param {Framed} from
 * @param {Framed} to
 * @returns {PlacedBy}
 */
export function placedBy(from, to) {
  if (sureNipple(from.result) && sureNipple(to.result)) return "nipple";
  const hasOutline = (/** @type {Framed} */ { result, wall }) => wall !== null && (result?.breast?.outline?.length ?? 0) > 2;
  return hasOutline(from) && hasOutline(to) ? "outline" : "edges";
}

/**
 * @param {Framed} framed
 * @param {PlacedBy} by What it has.
 * @returns {Anchor}
 */
function anchorOf(framed, by) {
  const { view, result, wall } = framed;
  const nipple = sureNipple(result);
  if (by === "nipple" && nipple) return withDepth(toMm(view, nipple), framed);
  if (by === "outline" && result && wall) return withDepth(frontOf(view, result, wall), framed);
  return { point: edgeOf(view, wall), depth: null };
}

/**
 * @param {Point} point In mm as on the screen.
 * @param {Framed} framed
 * @returns {Anchor}
 */
function withDepth(point, { view, result, wall }) {
  const back = wall && result ? wallOf(view, result, wall) : null;
  return { point, depth: back === null ? null : Math.abs(point[0] - back) };
}

/**
 * The middle of the image's edge at the chest wall; that of the image where the side is not known.
 *
 * @param {View} view
 * @param {Wall} wall
 * @returns {Point}
 */
function edgeOf(view, wall) {
  const [one, other] = [toMm(view, [0, 0]), toMm(view, [view.columns, view.rows])];
  const middle = (one[1] + other[1]) / 2;
  if (wall === null) return [(one[0] + other[0]) / 2, middle];
  return [wall === "left" ? Math.min(one[0], other[0]) : Math.max(one[0], other[0]), middle];
}

/**
 * The corners of the outline in mm as on the screen.
 *
 * @param {View} view
 * @param {Result} result
 */
function cornersOf(view, result) {
  return (result.breast.outline ?? []).map((point) => toMm(view, middleOf(point)));
}

/**
 * Where the breast begins at the chest wall; null without an outline.
 *
 * @param {View} view
 * @param {Result} result
 * @param {"left" | "right"} wall
 */
function wallOf(view, result, wall) {
  const across = cornersOf(view, result).map((corner) => corner[0]);
  if (!across.length) return null;
  return wall === "left" ? Math.min(...across) : Math.max(...across);
}

/**
 * What lies furthest from the chest wall: the middle of the outline's foremost millimetre.
 *
 * @param {View} view
 * @param {Result} result
 * @param {"left" | "right"} wall
 * @returns {Point}
 */
function frontOf(view, result, wall) {
  const corners = cornersOf(view, result);
  const sign = wall === "left" ? 1 : -1;
  const most = Math.max(...corners.map((corner) => sign * corner[0]));
  const front = corners.filter((corner) => sign * corner[0] > most - 1);
  return [sign * most, front.reduce((sum, corner) => sum + corner[1], 0) / front.length];
}
