// @ts-check
// A size that is corrected by keys: presses in a row are one correction, which is sent when the key has come to rest.

import { placeOf, resize, within } from "./answering.js";
import { toast } from "./dom.js";
import { diameterOf } from "./findings.js";

/** @import { Chosen, Viewer } from "./viewer.js" */

const STEP_MM = 0.05;  // half of what is read off at best
const QUIET_MS = 350;

export class SizeCorrection {
  /** @type {{ chosen: Chosen, diameter: number, timer: ReturnType<typeof setTimeout> } | null} */
  waiting = null;

  /** @param {Viewer} viewer */
  constructor(viewer) {
    this.viewer = viewer;
  }

  /** Send a correction that waits for the key to come to rest. */
  settle() {
    if (!this.waiting) return;
    clearTimeout(this.waiting.timer);
    const { chosen, diameter } = this.waiting;
    this.waiting = null;
    resize(this.viewer, diameter, chosen);
  }

  /**
   * Larger or smaller by one step of the keyboard.
   *
   * @param {1 | -1} by
   */
  nudge(by) {
    const { viewer } = this;
    const chosen = viewer.selected;
    const kind = chosen?.finding.kind;
    if (!chosen || (kind !== "calcification" && kind !== "added")) return toast("Select a calcification first: Shift+J goes to the next one.");
    const { pane, finding } = chosen;
    const { unitMm } = pane.view;
    if (!unitMm) return toast("The image has no pixel spacing, so sizes cannot be given.");
    const diameter = within(this.diameterBefore(chosen) + by * STEP_MM);
    clearTimeout(this.waiting?.timer);
    this.waiting = { chosen, diameter, timer: setTimeout(() => this.settle(), QUIET_MS) };
    const circle = viewer.sizeOf(pane, finding);
    viewer.sized = circle && { ...circle, radiusPx: diameter / 2 / unitMm, text: `${diameter.toFixed(2)} mm` };
    return viewer.request();
  }

  /**
   * The diameter that a step starts from: what waits for this calcification, else what it has. What waits for another
   * one is sent.
   *
   * @param {Chosen} chosen
   */
  diameterBefore({ pane, finding }) {
    const { waiting } = this;
    if (waiting?.chosen.pane === pane && waiting.chosen.finding.key === finding.key) return waiting.diameter;
    this.settle();
    return pane.answers.expectedDiameter(placeOf(finding)) ?? diameterOf(finding) ?? 0;
  }
}
