// @ts-check
// What tools draw over a view, as SVG: the bracket of the selection, rulers, the circle of a size, the crosshair.

import { s } from "../../rendering/pages/scripts/elements.js";

/**
 * @import { Point, Ruler, SizeCircle } from "./types.js"
 * @import { View } from "./view.js"
 */

export const LEAST_PX = 5.5;  // a ring is never smaller on the screen, and always leaves free what it marks
const ARM_PX = 26;  // of a bracket, at most
export const GRIP_PX = 18;  // how far outside the circle of the size its grip lies, so as not to hide what is measured

/**
 * Four corners around what is selected.
 *
 * @param {Point} place On the screen.
 * @param {number} wide Half a side.
 * @param {number} high
 */
export function drawBracket([x, y], wide, high = wide) {
  const arm = Math.min(ARM_PX, 0.55 * wide, 0.55 * high);
  const corner = (/** @type {Point} */ [across, down]) => `M${x + across * wide} ${y + down * (high - arm)}V${y + down * high}H${x + across * (wide - arm)}`;
  /** @type {Point[]} */
  const corners = [[-1, -1], [1, -1], [1, 1], [-1, 1]];
  const d = corners.map(corner).join("");
  return [s("path", { class: "halo", d }), s("path", { class: "bracket", d })];
}

/**
 * @param {Ruler} ruler
 * @param {View} view
 */
export function drawRuler(ruler, view) {
  const [a, b] = [view.toScreen(...ruler.from), view.toScreen(...ruler.to)];
  const line = (/** @type {string} */ name) => s("line", { class: name, x1: a[0], y1: a[1], x2: b[0], y2: b[1] });
  const angle = Math.atan2(b[1] - a[1], b[0] - a[0]);
  const end = (/** @type {Point} */ [x, y]) => s("line", {
    class: "line", x1: x - 6 * Math.sin(angle), y1: y + 6 * Math.cos(angle), x2: x + 6 * Math.sin(angle), y2: y - 6 * Math.cos(angle),
  });
  const text = s("text", { x: Math.max(a[0], b[0]) + 9, y: (a[0] > b[0] ? a : b)[1] + 4 }, lengthOf(ruler, view));
  return s("g", { class: "ruler" }, line("halo"), line("line"), end(a), end(b), text);
}

/**
 * @param {SizeCircle} sized
 * @param {View} view
 */
export function drawSize(sized, view) {
  const [x, y] = view.toScreen(sized.x, sized.y);
  const radius = sized.radiusPx * view.zoom;
  const across = Math.max(radius, LEAST_PX) + GRIP_PX;
  const ring = s("circle", { class: "line", cx: x, cy: y, r: radius });
  const grip = s("circle", { class: "grip", cx: x + across, cy: y, r: 5 });
  const lead = s("line", { class: "lead", x1: x + across - GRIP_PX + 4, y1: y, x2: x + across - 5, y2: y });
  const text = sized.text ? s("text", { x: x + across + 12, y: y + 4 }, sized.text) : null;
  return s("g", { class: "sized" }, ring, lead, grip, text);
}

/** @param {Point} place On the screen. */
export function drawCrosshair([x, y]) {
  return s("path", { class: "crosshair", d: `M${x - 16} ${y}h12M${x + 4} ${y}h12M${x} ${y - 16}v12M${x} ${y + 4}v12` });
}

/**
 * The length of a ruler in mm, in pixels where the image has no spacing.
 *
 * @param {Ruler} ruler
 * @param {Pick<View, "spacing">} view
 */
export function lengthOf({ from, to }, view) {
  const across = to[0] - from[0];
  const down = to[1] - from[1];
  if (!view.spacing) return `${Math.hypot(across, down).toFixed(0)} px`;
  const length = Math.hypot(across * view.spacing[1], down * view.spacing[0]);
  return `${length < 10 ? length.toFixed(2) : length.toFixed(1)} mm`;
}
