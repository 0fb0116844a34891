// @ts-check
// The earlier examination on the stage: beside each view, or in its place, at one scale and the same place.

import { h } from "../../rendering/pages/scripts/elements.js";
import { sayInterval } from "../../rendering/pages/scripts/wording.js";
import { paneOf } from "./case_opening.js";
import { byId, messageOf, toast } from "./dom.js";
import { placeLike } from "./following.js";
import { arrange, arrangeColumns } from "./hanging.js";
import { localise } from "./local.js";
import { hang } from "./stage_layout.js";

/**
 * @import { Arrangement } from "./types.js"
 * @import { Pane } from "./pane.js"
 * @import { Viewer } from "./viewer.js"
 */

/** @typedef {"none" | "beside" | "place"} Comparing */

/**
 * Open the priors of all views of the case that have one; those that cannot be opened are named.
 *
 * @param {Viewer} viewer
 */
export async function loadPriors(viewer) {
  const { ticket } = viewer;
  const wanted = viewer.all.flatMap((pane) => (pane.prior && !viewer.priors.has(pane.prior.uid) ? [pane.prior] : []));
  await Promise.all(wanted.map(async ({ uid, days_earlier: days }) => {
    const known = viewer.all.find((pane) => pane.uid === uid);
    try {
      if (known) {  // two dates in one study that names no day
        viewer.priors.set(uid, known);
        known.callPrior(sayInterval(days));
        return;
      }
      const shown = await viewer.cache.get(uid);
      if (viewer.ticket !== ticket || viewer.priors.has(uid)) return;
      const pane = paneOf(viewer, uid, shown);
      pane.callPrior(sayInterval(days));
      viewer.priors.set(uid, pane);
    } catch (error) {
      toast(`A prior cannot be shown. ${messageOf(error)}`, "bad");
    }
  }));
}

/**
 * Show the priors so, or no longer.
 *
 * @param {Viewer} viewer
 * @param {"beside" | "place"} how
 */
export async function comparePriors(viewer, how) {
  if (viewer.comparing === how) return change(viewer, "none");
  if (!viewer.homes.some((pane) => pane.prior)) return toast(whyNone(viewer, viewer.homeOf(viewer.current)));
  await loadPriors(viewer);
  if (!viewer.priors.size) return undefined;
  change(viewer, how);
  const without = viewer.homes.filter((pane) => !viewer.priorOf(pane)).map((pane) => pane.name);
  if (how === "place" && without.length) toast(`No prior of ${without.join(", ")}: it stays as it is.`);
  return undefined;
}

/**
 * What is selected in a view that leaves the stage is selected again when it comes back.
 *
 * @param {Viewer} viewer
 * @param {Comparing} how
 */
function change(viewer, how) {
  const home = viewer.homeOf(viewer.current);
  viewer.comparing = how;
  viewer.active = (how === "place" && viewer.priorOf(home)) || home;
  hang(viewer, viewer.large, true);
  localiseAll(viewer);
  viewer.toPicture();
}

/**
 * Give each view on the stage the window of its place where the view that it is compared with has that.
 *
 * @param {Viewer} viewer
 */
function localiseAll(viewer) {
  for (const pane of viewer.panes) {
    const other = viewer.homeOf(pane) === pane ? viewer.priorOf(pane) : viewer.homeOf(pane);
    if (other?.isLocal && !pane.isLocal) localise(viewer, pane, pane.view);
  }
}

/**
 * @param {Viewer} viewer
 * @param {Pane} home
 */
function whyNone(viewer, home) {
  if (viewer.large && viewer.all.some((pane) => pane.prior)) return `There is no prior of ${home.name} in this run.`;
  return "There is no prior of these views in this run: no earlier examination of the patient, or its date is unknown.";
}

/**
 * What lies on the stage for some views of the case.
 *
 * @param {Viewer} viewer
 * @param {Pane[]} homes
 */
export function panesOf(viewer, homes) {
  if (viewer.comparing === "place") return homes.map((pane) => viewer.priorOf(pane) ?? pane);
  if (viewer.comparing !== "beside") return homes;
  return [...homes, ...homes.flatMap((pane) => viewer.priorOf(pane) ?? [])];
}

/**
 * The elements of the stage in the order of its grid, with a sentence where there is no prior.
 *
 * @param {Viewer} viewer
 * @param {Pane[]} homes
 * @returns {HTMLElement[]}
 */
export function nodesOf(viewer, homes) {
  if (viewer.comparing !== "beside") return viewer.panes.map((pane) => pane.node);
  const below = homes.map((pane) => viewer.priorOf(pane)?.node ?? h("p", { class: "absent" }, `No prior of ${pane.name}`));
  return [...homes.map((pane) => pane.node), ...below];
}

/**
 * How the stage is divided; one view has its prior on the right, several have theirs below.
 *
 * @param {Viewer} viewer
 * @returns {Arrangement}
 */
export function planOf(viewer) {
  const { width, height } = byId("stage").getBoundingClientRect();
  const homes = viewer.homes;
  if (viewer.comparing !== "beside") return arrange(homes, width, height);
  const columns = homes.map((pane) => [pane, viewer.priorOf(pane)].filter((one) => one !== null));
  return homes.length === 1 ? arrangeColumns(columns.flat().map((one) => [one]), 1, width, height) : arrangeColumns(columns, 2, width, height);
}

/**
 * Put every prior where its image is.
 *
 * @param {Viewer} viewer
 */
export function placePriors(viewer) {
  for (const home of viewer.all) {
    const prior = viewer.priorOf(home);
    if (prior) placeLike(home, home, prior);
  }
}
