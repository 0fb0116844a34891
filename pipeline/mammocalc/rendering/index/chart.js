// @ts-check
// The five probabilities as upright bars, always in the same order, so that place tells them as well as colour.

import { s } from "../pages/scripts/elements.js";
import { words } from "../pages/scripts/wording.js";

/** @import { Look } from "../pages/scripts/elements.js" */

const STEP = 8.75;

/**
 * @param {number[] | null} shares In per cent.
 * @param {string[]} descriptors
 * @param {Record<string, Look>} looks
 */
export function chartOf(shares, descriptors, looks) {
  if (shares === null) return null;
  const named = descriptors.map((label, place) => ({ label, share: shares[place] }));
  const spoken = named.filter(({ share }) => share > 0).sort((one, other) => other.share - one.share).map(({ label, share }) => `${words(label)} about ${share} %`);
  const said = `Probabilities: ${spoken.join(", ")}`;
  const bars = named.flatMap(({ label, share }, place) => {
    const height = 0.16 * share;
    return [
      s("rect", { x: place * STEP, y: 17, width: 7, height: 1, class: "ground" }),
      s("rect", { x: place * STEP, y: 17 - height, width: 7, height, fill: looks[label].colour }),
    ];
  });
  return s("svg", { viewBox: "0 0 42 18", class: "chart", role: "img", "aria-label": said }, s("title", {}, said), ...bars);
}
