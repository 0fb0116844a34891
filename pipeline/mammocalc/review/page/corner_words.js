// @ts-check
// The words in the upper corner of a view, as places that labels keep clear of.

/** @import { Box } from "./types.js" */

/**
 * The boxes of some words over a picture. They are measured only where they may have changed, for measuring makes the
 * browser lay out the page once more.
 *
 * @param {HTMLElement[]} nodes
 * @param {number} width Of the view.
 * @param {{ key: string, boxes: Box[] }} kept What was measured last.
 * @returns {Box[]}
 */
export function boxesOf(nodes, width, kept) {
  const key = `${width} ${nodes.map((node) => node.textContent).join("|")}`;
  if (kept.key !== key) {
    kept.key = key;
    kept.boxes = nodes.filter((node) => node.textContent).map((node) => {
      const { offsetLeft: left, offsetTop: top } = node;
      return [left, top, left + node.offsetWidth, top + node.offsetHeight];
    });
  }
  return kept.boxes;
}
