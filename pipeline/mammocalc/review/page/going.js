// @ts-check
// From a finding to its partner: in another view of the case, or on the other date.

import { toast } from "./dom.js";
import { calcificationsOf } from "./findings.js";
import { comparePriors } from "./priors.js";
import { hang } from "./stage_layout.js";
import { show } from "./stepping.js";

/**
 * @import { PairName } from "./types.js"
 * @import { Pair } from "./partners.js"
 * @import { Pane } from "./pane.js"
 * @import { Viewer } from "./viewer.js"
 */

/**
 * Select and show a finding of an image.
 *
 * @param {Viewer} viewer
 * @param {Pane} pane
 * @param {PairName["of"]} of
 * @param {number} id
 */
function reach(viewer, pane, of, id) {
  const all = of === "cluster" ? pane.marks.findings : calcificationsOf(pane.result, pane.answers.state);
  const finding = all.find((one) => one.key === `${of}-${id}`);
  if (!finding) return toast("This finding is not shown.");
  if (viewer.large && !viewer.panes.includes(pane)) {
    viewer.active = pane;
    hang(viewer, true);
    viewer.app.placeChanged();
  }
  if (viewer.homeOf(pane) === pane) return viewer.select(finding, pane, true);
  viewer.select(finding, pane);
  return show(viewer, finding, pane);
}

/**
 * Go to the other side of a pair; where there is nothing on it, the place is lit.
 *
 * @param {Viewer} viewer
 * @param {Pair} pair
 * @param {Pane} from The side that is looked from.
 */
export function goTo(viewer, pair, from) {
  return goToSide(viewer, pair, from.uid === pair.uid ? pair.other : pair.uid);
}

/**
 * Show what a row of the change table speaks of: on the current image where it is there, else on the prior.
 *
 * @param {Viewer} viewer
 * @param {Pane} home
 * @param {PairName} pair
 */
export function goToRow(viewer, home, pair) {
  return goToSide(viewer, pair, pair.id === null ? pair.other : home.uid);
}

/**
 * @param {Viewer} viewer
 * @param {PairName} pair
 * @param {string} uid Of the side.
 */
async function goToSide(viewer, { relation, of, id, other, other_id: otherId }, uid) {
  if (relation === "change" && viewer.comparing === "none") await comparePriors(viewer, "beside");
  const pane = viewer.known.find((one) => one.uid === uid);
  const wanted = uid === other ? otherId : id;
  if (pane && wanted !== null) await reach(viewer, pane, of, wanted);
  viewer.toPicture();
}
