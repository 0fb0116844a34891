// @ts-check
// From a window to what the graphics card computes: a line, and where the window is curved, a table behind it.

/** @import { VoiWindow } from "./types.js" */

/**
 * What the graphics card computes: slope * value + offset, and a table of greys (0 to 255) behind it or none.
 *
 * @typedef {{ slope: number, offset: number, curve: number[] | null }} Transform
 */

const ENTRIES = 1024;
const REACH = 2;  // widths on each side of the centre: a sigmoid is within a grey level of black and white there
const SIGMOID = Array.from({ length: ENTRIES }, (_, index) => 255 / (1 + Math.exp(-4 * REACH * ((2 * index) / (ENTRIES - 1) - 1))));
const STEEP = 1e6;  // a window without a width is a step

/**
 * The window as slope and offset, so that slope * value + offset is 0 for black and 1 for white; with a `curve` (greys
 * from 0 to 255) it is where in the texture of that table the grey stands. Functions as in PS3.3 C.11.2.1.
 *
 * @param {Omit<VoiWindow, "name">} window
 * @returns {Transform}
 */
export function voiTransform({ center, width, function: kind, table }) {
  if (kind === "TABLE" && table) return curved(table, center, Math.max(width, 1));
  if (kind === "SIGMOID") return curved(SIGMOID, center, 2 * REACH * Math.max(width, 1e-3));
  if (kind === "LINEAR_EXACT") return line(center, Math.max(width, 1e-3));
  return width > 1 ? line(center - 0.5, width - 1) : { slope: STEEP, offset: 0.5 - STEEP * (center - 0.5), curve: null };
}

/**
 * @param {number} middle
 * @param {number} width
 */
function line(middle, width) {
  return { slope: 1 / width, offset: 0.5 - middle / width, curve: null };
}

/**
 * The table reaches from the middle of its first texel to the middle of its last.
 *
 * @param {number[]} curve
 * @param {number} middle
 * @param {number} width
 */
function curved(curve, middle, width) {
  const { slope, offset } = line(middle, width);
  const part = (curve.length - 1) / curve.length;
  return { slope: slope * part, offset: offset * part + 0.5 / curve.length, curve };
}
