// @ts-check
// What lights up in the other views and on the other date when a finding is pointed at: its partner, or where it would lie.

import { saidToBe } from "./linking.js";
import { acrossDates, clusterOf, findingOf, linksOf, sureNipple, usable } from "./partners.js";
import { onOtherDate as placeOnOtherDate } from "./registration.js";
import { toMm } from "./same_place.js";
import { middleOf } from "./view.js";

/**
 * @import { Finding } from "./types.js"
 * @import { Pane } from "./pane.js"
 * @import { Viewer } from "./viewer.js"
 */

/** A band around the nipple in which a place of another view lies. @typedef {{ radiusMm: number, bandMm: number }} Arc */
/** A circle around a place of the other date, (x, y). @typedef {{ x: number, y: number, radiusMm: number }} Spot */
/** @typedef {{ keys: string[], arc: Arc | null, spot: Spot | null }} Light */

export const BAND_MM = 15;  // either way: keeps 74 % of the true pairs and 36 % of the false ones in simulated breasts
export const SPOT_MM = 15;  // by nipple and outline a place of the prior is found to 8.5 mm, SD 6 (Hadjiiski, 2003)
const JOINED_MM = 5;  // where the calcifications around are joined

/** @type {Light} */
const DARK = { keys: [], arc: null, spot: null };

/**
 * What lights up in each view on the stage, but the one of the finding.
 *
 * @param {Viewer} viewer
 * @param {{ pane: Pane, finding: Finding } | null} pointed
 * @returns {Map<Pane, Light>}
 */
export function lightsOf(viewer, pointed) {
  if (!pointed || pointed.finding.kind === "vessel" || !viewer.panes.includes(pointed.pane)) return new Map();
  const { pane, finding } = pointed;
  const others = viewer.panes.filter((one) => one !== pane);
  return new Map(others.map((one) => [one, lightOf(viewer, pane, finding, one)]));
}

/**
 * @param {Viewer} viewer
 * @param {Pane} pane
 * @param {Finding} finding
 * @param {Pane} other
 * @returns {Light}
 */
function lightOf(viewer, pane, finding, other) {
  const [from, to] = [viewer.homeOf(pane), viewer.homeOf(other)];
  if (from === to) return onOtherDate(from, pane, finding, other);
  const isPrior = from !== pane;
  if (isPrior === (to !== other)) return inOtherView(pane, finding, other);
  // Another view on another date: over that view on this date.
  const between = isPrior ? viewer.priorOf(to) : to;
  if (!between) return DARK;
  const first = inOtherView(pane, finding, between);
  const partners = between.marks.findings.filter((one) => first.keys.includes(one.key));
  const there = partners.map((one) => onOtherDate(to, between, one, other));
  const keys = there.flatMap((one) => one.keys);
  if (keys.length) return { ...DARK, keys };
  return there[0] ?? { ...DARK, arc: arcOf(pane, finding, other) };
}

/**
 * @param {Pane} pane
 * @param {Finding} finding
 * @param {Pane} other Of the same day.
 * @returns {Light}
 */
function inOtherView(pane, finding, other) {
  const links = linksOf(pane.study, pane.uid, clusterOf(finding)).filter(({ uid }) => uid === other.uid);
  const keys = [...links.map(({ cluster }) => `cluster-${cluster}`), ...saidToBe(pane, finding, other)];
  if (keys.length) return { ...DARK, keys };
  return { ...DARK, arc: arcOf(pane, finding, other) };
}

/**
 * The distance from the nipple at which a finding would lie in another view of the breast; null where it is not known.
 *
 * @param {Pane} pane
 * @param {Finding} finding
 * @param {Pane} other
 * @returns {Arc | null}
 */
export function arcOf(pane, finding, other) {
  const side = pane.image.laterality;
  if (side !== other.image.laterality || !["L", "R"].includes(side) || !sureNipple(other.result)) return null;
  const unseen = findingOf(pane.study, pane.uid, clusterOf(finding))?.unseen.find((one) => one.sop_instance_uid === other.uid);
  if (unseen) return unseen.arc_mm === null ? null : { radiusMm: unseen.arc_mm, bandMm: unseen.band_mm ?? BAND_MM };
  const nipple = sureNipple(pane.result);
  if (!nipple || !pane.view.unitMm || !other.view.unitMm) return null;
  const [a, b] = [toMm(pane.view, nipple), toMm(pane.view, middleOf([finding.row, finding.column]))];
  return { radiusMm: Math.hypot(a[0] - b[0], a[1] - b[1]), bandMm: BAND_MM };
}

/**
 * @param {Pane} home The image that was compared.
 * @param {Pane} pane
 * @param {Finding} finding
 * @param {Pane} other The same view of the other date.
 * @returns {Light}
 */
function onOtherDate(home, pane, finding, other) {
  const comparison = usable(home.comparison);
  const found = comparison ? acrossDates(comparison, finding, home !== pane) : { keys: [], place: null };
  if (found.keys.length) return { ...DARK, keys: found.keys };
  const here = middleOf([finding.row, finding.column]);
  const [x, y] = found.place ? middleOf(found.place) : placeOnOtherDate(home, pane, other, here).place;
  return { ...DARK, spot: { x, y, radiusMm: found.place ? JOINED_MM : SPOT_MM } };
}
