// @ts-check
// Views that move together: a prior with the image that it is the prior of, and all views where the reader wants it.

import { onOtherDate } from "./registration.js";

/**
 * @import { Pane } from "./pane.js"
 * @import { Viewer } from "./viewer.js"
 */

/**
 * Let the views that are tied to one that has moved come after it.
 *
 * @param {Viewer} viewer
 * @param {Pane} pane
 * @returns {Pane[]} Those that have moved, itself among them.
 */
export function follow(viewer, pane) {
  const home = viewer.homeOf(pane);
  if (home !== pane) placeLike(home, pane, home);
  const moved = viewer.movesTogether ? shiftOthers(viewer, home) : [];
  home.noteView();
  const all = [home, ...moved];
  for (const one of all) {
    const prior = viewer.priorOf(one);
    if (prior && prior !== pane) placeLike(one, one, prior);
  }
  return [...new Set([pane, ...all, ...all.flatMap((one) => viewer.priorOf(one) ?? [])])];
}

/**
 * Show in one view what another one shows: the same place in the middle, as many mm on the screen.
 *
 * @param {Pane} home The image that was compared.
 * @param {Pane} from It, or its prior.
 * @param {Pane} to The other one.
 */
export function placeLike(home, from, to) {
  const { view } = to;
  const { place, by } = onOtherDate(home, from, to, [from.view.x, from.view.y]);
  view.zoom = (from.view.zoom / from.view.screenMm) * view.screenMm;
  [view.x, view.y] = place;
  view.fitted = from.view.fitted;
  to.sayPlaced(by);
}

/**
 * Move the other views of the case as one of them has moved; away from the nipple is the same way in all of them.
 *
 * @param {Viewer} viewer
 * @param {Pane} home
 */
function shiftOthers(viewer, home) {
  const { view, wall, before } = home;
  const times = view.zoom / before.zoom;
  const [across, down] = view.scale.map(Math.sign);
  const right = (view.x - before.x) * across * view.aspect[0] * view.screenMm;
  const low = (view.y - before.y) * down * view.aspect[1] * view.screenMm;
  const others = viewer.all.filter((one) => one !== home && one.isShown);
  for (const one of others) {
    const sign = one.wall === wall ? 1 : -1;
    one.view.shift(times, (sign * right) / one.view.screenMm, low / one.view.screenMm);
    one.noteView();
  }
  return others;
}
