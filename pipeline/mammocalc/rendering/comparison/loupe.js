// @ts-check
// Thumbnails of the chosen mark on both dates, and one that blinks between them.

import { h } from "../pages/scripts/elements.js";
import { wordOf } from "./change_looks.js";
import { byId } from "./page_elements.js";
import { SIDES } from "./pairs.js";

/** @import { Mark, Shown } from "./pairs.js" */

/**
 * @param {Shown} shown
 * @param {0 | 1} side
 */
function cropOf({ pair, mark, data }, side) {
  const source = pair.crops[side];
  if (!source || !pair.marks[mark]?.at[side]) return [];
  const [, columns] = data.crop;
  const sidePx = byId("blink").offsetWidth;
  const image = h("img", { alt: "", src: source });
  image.style.width = `${columns * sidePx}px`;
  image.style.left = `${-(mark % columns) * sidePx}px`;
  image.style.top = `${-Math.floor(mark / columns) * sidePx}px`;
  return [image];
}

/**
 * What it is called and how large it is, on both dates.
 *
 * @param {Mark} mark
 */
function saidOf({ names, groups, mm }) {
  return SIDES.map((side, number) => {
    if (names[number] === null) return `${side}: none`;
    const within = groups[number] === null ? "" : ` in ${groups[number]}`;
    return `${side}: ${names[number]}${within}${mm[number] === null ? "" : `, ${mm[number].toFixed(2)} mm`}`;
  }).join(" · ");
}

/** @param {Shown} shown */
export function drawLoupe(shown) {
  const mark = shown.pair.marks[shown.mark];
  byId("blink-name").textContent = `${SIDES[shown.side]} (blinks)`;
  byId("blink").replaceChildren(...cropOf(shown, shown.side));
  byId("crop-current").replaceChildren(...cropOf(shown, 0));
  byId("crop-prior").replaceChildren(...cropOf(shown, 1));
  byId("said").replaceChildren(...(mark ? [h("strong", {}, saidOf(mark)), h("br"), wordOf(shown, mark.change), `: ${mark.reason}`] : ["Choose a calcification."]));
}
