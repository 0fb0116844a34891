// @ts-check
// From finding to finding: which comes next, and how the view gets there.

import { toast } from "./dom.js";
import { calcificationsOf, holds, nameOf } from "./findings.js";
import { localise } from "./local.js";
import { onOtherDate } from "./registration.js";
import { hang } from "./stage_layout.js";

/**
 * @import { Box, Finding } from "./types.js"
 * @import { Pane } from "./pane.js"
 * @import { Viewer } from "./viewer.js"
 */

/** @typedef {{ pane: Pane, finding: Finding }} Step */

const AROUND_MM = 14;  // a single calcification is shown within so much tissue
const CLOSE_MM = 7;  // and its greys are those of so much
const ROOM_MM = 3;  // around a cluster or a large calcification, at least
const LARGEST = 8;  // times: more shows no more
const GLIDE_MS = 180;

/**
 * Centre a finding and magnify it, in one large view.
 *
 * @param {Viewer} viewer
 * @param {Finding} finding
 * @param {Pane} pane
 */
export function show(viewer, finding, pane) {
  if (!viewer.large) {
    viewer.active = pane;
    hang(viewer, true);
    viewer.app.placeChanged();
  }
  const { view } = pane;
  const around = Math.max(AROUND_MM, lengthOf(finding) + 2 * ROOM_MM) / view.screenMm / 2;
  const { row, column } = finding;
  let [left, top, right, bottom] = finding.box ?? [column - around, row - around, column + around, row + around];
  const room = finding.box ? Math.max(ROOM_MM / view.screenMm, 0.2 * Math.max(right - left, bottom - top)) : 0;
  [left, top, right, bottom] = [left - room, top - room, right + room, bottom + room];
  const zoom = Math.min(view.zoomFor([left, top, right, bottom]) * 0.92, LARGEST);
  const goal = { x: (left + right) / 2 + 0.5, y: (top + bottom) / 2 + 0.5, zoom };
  glide(viewer, pane, goal);
  if (!viewer.localOn) return;
  localise(viewer, pane, goal, finding.box ? [left, top, right, bottom] : closeBy(finding, view));
  const home = viewer.homeOf(pane);
  const other = home === pane ? viewer.priorOf(pane) : home;
  if (!other) return;
  const [x, y] = onOtherDate(home, pane, other, [goal.x, goal.y]).place;
  localise(viewer, other, { x, y, zoom: (zoom / view.screenMm) * other.view.screenMm });
}

/**
 * In mm; 0 where it was not measured.
 *
 * @param {Finding} finding
 */
function lengthOf({ kind, item }) {
  return kind === "calcification" ? item.length_mm ?? 0 : 0;
}

/**
 * What the window of a single calcification is taken from: as much as the insets of the run show of one.
 *
 * @param {Finding} finding
 * @param {{ screenMm: number }} view
 * @returns {Box}
 */
function closeBy(finding, view) {
  const { row, column } = finding;
  const reach = Math.max(CLOSE_MM, lengthOf(finding)) / view.screenMm / 2;
  return [column - reach + 0.5, row - reach + 0.5, column + reach + 0.5, row + reach + 0.5];
}

/**
 * Move a view there, at once where the reader wants little motion.
 *
 * @param {Viewer} viewer
 * @param {Pane} pane
 * @param {{ x: number, y: number, zoom: number }} target
 */
function glide(viewer, pane, target) {
  const { view } = pane;
  const start = { x: view.x, y: view.y, zoom: view.zoom };
  const began = performance.now();
  const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const goal = Symbol("goal");
  view.fitted = false;
  viewer.gliding = goal;
  const move = () => {
    if (viewer.gliding !== goal) return;
    const share = isStill ? 1 : Math.min(1, (performance.now() - began) / GLIDE_MS);
    const eased = 1 - (1 - share) ** 3;
    view.zoom = start.zoom * (target.zoom / start.zoom) ** eased;
    view.x = start.x + (target.x - start.x) * eased;
    view.y = start.y + (target.y - start.y) * eased;
    viewer.moved(pane);
    if (share < 1) requestAnimationFrame(move);
    else viewer.gliding = null;
  };
  move();
}

/**
 * Everything that can be stepped to in the views of a case, in their order.
 *
 * @param {Pick<Viewer, "all">} viewer
 * @param {boolean} isSpot
 * @returns {Step[]}
 */
function stepsOf(viewer, isSpot) {
  const findings = (/** @type {Pane} */ { marks, result, answers }) => {
    if (!isSpot) return marks.findings;
    return [...calcificationsOf(result, answers.state), ...marks.findings.filter((one) => one.kind === "added")];
  };
  return viewer.all.flatMap((pane) => findings(pane).map((finding) => ({ pane, finding })));
}

/**
 * Where to step from: `steps[at + by]` is the next one.
 *
 * @template {object} P The pane, which is only compared.
 * @param {{ selected: { pane: P, finding: Finding } | null, active: P | null }} viewer
 * @param {{ pane: P, finding: Finding }[]} steps
 * @param {1 | -1} by
 * @param {boolean} isSpot
 */
export function startOf({ selected, active }, steps, by, isSpot) {
  if (selected) {
    const own = (/** @type {(finding: Finding) => boolean} */ is) => steps.findIndex((one) => one.pane === selected.pane && is(one.finding));
    const at = own(({ key }) => key === selected.finding.key);
    if (at >= 0) return at;
    if (isSpot) {
      const member = own(({ kind, id }) => kind === "calcification" && holds(selected.finding, id));
      if (member >= 0) return member - by;
    } else {
      const holder = own((finding) => holds(finding, selected.finding.id));
      if (holder >= 0) return holder;
    }
  }
  const own = steps.findIndex(({ pane }) => pane === active);
  if (own >= 0) return by > 0 ? own - 1 : own;
  return by > 0 ? -1 : steps.length;
}

/**
 * Go to the next or previous finding of the case.
 *
 * @param {Viewer} viewer
 * @param {1 | -1} by
 * @param {boolean} isSpot Step through single calcifications.
 */
export function step(viewer, by, isSpot = false) {
  const steps = stepsOf(viewer, isSpot);
  if (!steps.length && viewer.all.some((pane) => pane.result === null)) return toast("Blinded: no finding is shown before the whole case is read.");
  if (!steps.length) return toast("There is no finding in these views.");
  const { selected, active } = viewer;
  const next = steps[startOf({ selected, active: active && viewer.homeOf(active) }, steps, by, isSpot) + by];
  if (!next && by > 0) return toast("That was the last finding of these views. Page ↓ opens the next image.");
  if (!next) return toast("That was the first finding of these views.");
  if (next.pane !== viewer.active && viewer.large) {
    viewer.active = next.pane;
    hang(viewer, true);
    viewer.app.placeChanged();
  }
  viewer.select(next.finding, next.pane, true);
  return toast(`${next.pane.name}: ${nameOf(next.finding)}`);
}
