// @ts-check
// How large things are on the screen: the zoom, and a bar of a round length.

import { h } from "../../rendering/pages/scripts/elements.js";

/** @import { Pane } from "./pane.js" */

const STEPS_MM = [1, 2, 5, 10, 20, 50, 100];

/**
 * The bar that tells lengths: a round number of mm, about a tenth of the view.
 *
 * @param {Pane} pane
 */
export function measure({ view, bar }) {
  const zoom = `${Math.round(100 * view.pixelScale * devicePixelRatio)} %`;
  if (!view.unitMm) {
    bar.replaceChildren(`${zoom} · not calibrated`);
    return;
  }
  const pxPerMm = view.zoom / view.unitMm;
  const length = STEPS_MM.findLast((step) => step * pxPerMm < 0.3 * view.width) ?? 1;
  const line = h("span", { class: "line" });
  line.style.width = `${length * pxPerMm}px`;
  bar.replaceChildren(h("span", {}, zoom), line, h("span", {}, `${length} mm`));
}
