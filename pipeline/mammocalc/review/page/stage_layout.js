// @ts-check
// Which views lie on the stage, and where: all of the case or one large, with or in place of them their priors.

import { byId } from "./dom.js";
import { fitAll, hung } from "./hanging.js";
import { nodesOf, panesOf, planOf } from "./priors.js";

/** @import { Viewer } from "./viewer.js" */

/**
 * Put the views of the case, or the active one alone, on the stage, with or in place of them their priors.
 *
 * @param {Viewer} viewer
 * @param {boolean} large
 * @param {boolean} keeps Whether what is seen stays as it is.
 */
export function hang(viewer, large, keeps = false) {
  const home = viewer.homeOf(viewer.current);
  // Who goes to the image itself wants to see it, and not its prior.
  if (!keeps && viewer.comparing === "place" && home === viewer.active) viewer.comparing = "none";
  viewer.large = large;
  // Two dates in one study that names no day: what a comparison calls a prior hangs with its image alone.
  const own = viewer.all.filter((pane) => !viewer.all.some((other) => other.prior?.uid === pane.uid));
  const images = hung((own.length ? own : viewer.all).map((pane) => pane.image));
  const together = images.flatMap((image) => viewer.all.find((pane) => pane.image === image) ?? []);
  if (!together.includes(home)) viewer.large = true;
  viewer.homes = viewer.large ? [home] : together;
  viewer.panes = panesOf(viewer, viewer.homes);
  if (!viewer.panes.includes(viewer.current)) viewer.active = home;
  for (const pane of viewer.known) {
    pane.isAlone = viewer.large;
    if (!keeps) pane.leaveLocal();
  }
  byId("panes").replaceChildren(...nodesOf(viewer, viewer.homes));
  byId("panes").classList.toggle("one", viewer.panes.length === 1);
  for (const pane of viewer.panes) pane.ready();
  layOut(viewer, !keeps);
  viewer.point(null);
  viewer.lightUp();
  viewer.app.viewChanged();
}

/**
 * Divide the stage among its views; those that were whole stay so.
 *
 * @param {Viewer} viewer
 * @param {boolean} isNew Whether all of them are to be seen whole.
 */
export function layOut(viewer, isNew) {
  if (!viewer.panes.length || byId("viewer").hidden) return;
  const stage = byId("stage").getBoundingClientRect();
  const plan = planOf(viewer);
  const panes = byId("panes");
  panes.style.gridTemplateColumns = plan.columns.map((wide) => `minmax(0, ${wide.toFixed(2)}fr)`).join(" ");
  panes.style.gridTemplateRows = `repeat(${plan.down}, minmax(0, 1fr))`;
  for (const pane of viewer.panes) {
    const { left, top, width, height } = pane.node.getBoundingClientRect();
    for (const one of new Set([pane, viewer.comparing === "place" ? viewer.homeOf(pane) : pane])) {
      one.rectangle = { left: left - stage.left, top: top - stage.top, width, height };
      one.view.put(one.rectangle, devicePixelRatio);
      one.isMoved = true;
    }
  }
  fitAll(viewer.homes.filter((pane) => isNew || pane.view.fitted), plan, viewer.panes.length > 1);
  viewer.moved();
}

/**
 * Show the active view whole, and all others of the stage with it.
 *
 * @param {Viewer} viewer
 */
export function fit(viewer, pane = viewer.homeOf(viewer.current)) {
  for (const one of [pane, viewer.priorOf(pane)]) one?.leaveLocal();
  fitAll(viewer.large ? [pane] : viewer.homes, planOf(viewer), viewer.panes.length > 1);
  viewer.moved();
}

/**
 * Another view of the case, or all of them.
 *
 * @param {Viewer} viewer
 */
export function toggleLarge(viewer) {
  if (viewer.all.length < 2) return fit(viewer);
  hang(viewer, !viewer.large);
  viewer.app.placeChanged();
  return viewer.current.node.focus({ preventScroll: true });
}
