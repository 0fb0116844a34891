// @ts-check
// What every part of the page needs: its elements, how errors are told, and a sentence that fades.

import { elementsOf } from "../../rendering/pages/scripts/elements.js";

/** @import { Elements } from "./types.js" */

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
