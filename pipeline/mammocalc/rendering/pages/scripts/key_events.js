// @ts-check
// What a key event is, before it means anything.

/** @typedef {Pick<KeyboardEvent, "altKey" | "ctrlKey" | "metaKey">} Modified */

/**
 * Whether a key is pressed without those that make it the browser's own.
 *
 * @param {Modified} event
 */
export function isPlain({ altKey, ctrlKey, metaKey }) {
  return !altKey && !ctrlKey && !metaKey;
}

/**
 * Whether a key belongs to a text that is being composed, as in Japanese, or to an accent that waits for its letter.
 *
 * @param {KeyboardEvent} event
 */
export function isComposed(event) {
  return event.isComposing || event.keyCode === 229 || ["Process", "Dead", "Unidentified"].includes(event.key);
}
