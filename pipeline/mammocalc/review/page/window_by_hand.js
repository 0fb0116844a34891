// @ts-check
// The window of a view as a hand changes it, and as its corner tells it.

/** @import { Pane } from "./pane.js" */

/**
 * Change the window of a view by shares of its own width, so that several images can follow one hand.
 *
 * @param {Pane} pane
 * @param {number} shift
 * @param {number} stretch
 */
export function adjust(pane, shift, stretch) {
  const { window, picture } = pane;
  if (!window || !picture) return;
  const { info } = picture;
  const room = info.max - info.min + 1;
  window.center = Math.min(info.max + room, Math.max(info.min - room, window.center + shift * window.width));
  window.width = Math.min(4 * room, Math.max(2, window.width * stretch));
  pane.preset = null;
  window.name = pane.isLocal ? "Local, by hand" : "";
  pane.caption();
}

/**
 * The window in the values of the file, which are those of the page shifted, stretched or turned round; empty without one.
 *
 * @param {Pick<Pane, "window" | "picture" | "preset" | "isLocal" | "inverted">} pane
 */
export function captionOf({ window, picture, preset, isLocal, inverted }) {
  if (!window || !picture) return "";
  const { center, width, function: kind } = window;
  const half = kind === "LINEAR" ? 0.5 : 0;  // its centre lies so far beside the middle of its ramp
  const level = picture.meaning(center - half) + half;
  const wide = (width - 2 * half) * picture.step + 2 * half;
  const name = window.name && (preset !== null || isLocal) ? ` · ${window.name}` : "";
  return `L ${Math.round(level)}  W ${Math.round(wide)}${name}${inverted ? " · inverted" : ""}`;
}
