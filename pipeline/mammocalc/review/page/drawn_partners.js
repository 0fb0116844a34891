// @ts-check
// What lights up over a view, as SVG: brackets around partners, the arc with its band, the place on the other date.

import { s } from "../../rendering/pages/scripts/elements.js";
import { drawBracket } from "./drawn_tools.js";
import { sureNipple } from "./partners.js";
import { middleOf } from "./view.js";

/**
 * @import { Point, Result } from "./types.js"
 * @import { Light } from "./lights.js"
 * @import { Marks } from "./marks.js"
 * @import { View } from "./view.js"
 */

const ROOM_PX = 9;  // between a mark and its bracket

/**
 * @param {Light} light
 * @param {Marks} marks
 * @param {Result | null} result
 * @returns {SVGElement[]}
 */
export function drawLight(light, marks, result) {
  const { view } = marks;
  const parts = light.keys.flatMap((key) => bracketOf(key, marks));
  const nipple = sureNipple(result);
  if (light.arc && nipple) parts.push(...drawArc(view, view.toScreen(...nipple), light.arc, result));
  if (light.spot) {
    const [cx, cy] = view.toScreen(light.spot.x, light.spot.y);
    parts.push(s("circle", { class: "spot", cx, cy, r: pxOf(view, light.spot.radiusMm) }));
  }
  return [s("g", { class: "light" }, ...parts)];
}

/**
 * @param {View} view
 * @param {number} mm
 */
function pxOf(view, mm) {
  return (mm / view.screenMm) * view.zoom;
}

/**
 * @param {string} key
 * @param {Marks} marks
 * @returns {SVGElement[]}
 */
function bracketOf(key, marks) {
  const ring = marks.rings.find((one) => one.finding.key === key);
  if (ring) return drawBracket(marks.view.toScreen(ring.x, ring.y), marks.radius(ring) * marks.view.zoom + ROOM_PX);
  const hull = marks.hulls.find((one) => one.finding.key === key);
  if (!hull?.points.length) return [];
  const corners = hull.points.map(([x, y]) => marks.view.toScreen(x, y));
  const sides = [0, 1].map((axis) => corners.map((corner) => corner[axis]));
  const [xs, ys] = sides.map((values) => [Math.min(...values), Math.max(...values)]);
  const room = marks.room(hull) * marks.view.zoom + ROOM_PX;
  return drawBracket([(xs[0] + xs[1]) / 2, (ys[0] + ys[1]) / 2], (xs[1] - xs[0]) / 2 + room, (ys[1] - ys[0]) / 2 + room);
}

/**
 * A band around the nipple, within the breast where its outline is known.
 *
 * @param {View} view
 * @param {Point} nipple On the screen.
 * @param {{ radiusMm: number, bandMm: number }} arc
 * @param {Result | null} result
 * @returns {SVGElement[]}
 */
function drawArc(view, [x, y], { radiusMm, bandMm }, result) {
  const [radius, inner, outer] = [radiusMm, Math.max(0, radiusMm - bandMm), radiusMm + bandMm].map((mm) => pxOf(view, mm));
  const circle = (/** @type {number} */ r) => `M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0Z`;
  const outline = result?.breast.outline ?? [];
  const { sop_instance_uid: uid = "", frame = null } = result?.image ?? {};
  const id = `within-${uid.replaceAll(".", "-")}${frame === null ? "" : `-${frame}`}`;
  const corners = outline.map((point) => view.toScreen(...middleOf(point)).map((value) => value.toFixed(1)).join(" "));
  const clip = outline.length > 2 ? s("clipPath", { id }, s("path", { d: `M${corners.join("L")}Z` })) : null;
  const band = s("path", { class: "band", "fill-rule": "evenodd", d: circle(outer) + (inner > 0 ? circle(inner) : "") });
  const line = s("path", { class: "arc", d: circle(radius) });
  return [...(clip ? [clip] : []), s("g", { "clip-path": clip ? `url(#${id})` : null }, band, line)];
}
