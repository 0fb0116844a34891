// @ts-check
// What every part of the page needs: its elements, a sentence that fades, and what all pages share.

import { elementsOf } from "../../rendering/pages/scripts/elements.js";

/** @import { Elements } from "./types.js" */

export { around, h, s, symbol } from "../../rendering/pages/scripts/elements.js";
export { millimetres, percent, sayCounts, sayPresence, words } from "../../rendering/pages/scripts/wording.js";

/** @type {ReturnType<typeof elementsOf<Elements>>} */
export const byId = elementsOf();

/**
 * A listener that ignores the second click of a double click, which would take the first one back.
 *
 * @param {(event: MouseEvent) => void} listener
 */
export function once(listener) {
  return (/** @type {MouseEvent} */ event) => {
    if (event.detail < 2) listener(event);
  };
}

/**
 * The sentence of something that was thrown.
 *
 * @param {unknown} error
 */
export function messageOf(error) {
  return error instanceof Error ? error.message : String(error);
}

/** @type {ReturnType<typeof setTimeout> | undefined} */
let fading;

/**
 * Show a sentence for some seconds; screen readers read it aloud.
 *
 * @param {string} text
 */
export function toast(text, kind = "") {
  const place = byId("toast");
  place.textContent = text;
  place.className = `toast shown ${kind}`;
  clearTimeout(fading);
  fading = setTimeout(() => place.classList.remove("shown"), kind === "bad" ? 8000 : 2600);
}

/**
 * Which frame of a multi-frame object an image is, as it follows the name of its view; empty where it is the only one.
 *
 * @param {number | null | undefined} frame From 0.
 * @param {number} count
 */
export function sayFrame(frame, count) {
  return typeof frame === "number" ? `, frame ${frame + 1} of ${count}` : "";
}
