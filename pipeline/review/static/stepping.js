// From finding to finding: which comes next, and how the view gets there.

import { say } from "./dom.js";
import { calcificationsOf, nameOf } from "./findings.js";
import { nameOfView } from "./pane.js";

const AROUND_MM = 14;  // a single calcification is shown within so much tissue
const ROOM_MM = 3;  // around a cluster, at least
const LARGEST = 8;  // times: more shows no more
const GLIDE_MS = 180;

/** Centre a finding and magnify it, in one large view. */
export function show(viewer, finding, pane) {
  if (!viewer.large) {
    viewer.active = pane;
    viewer.hang(true);
    viewer.app.placeChanged();
  }
  const { view } = pane;
  const around = AROUND_MM / view.screenMm / 2;
  const { row, column } = finding;
  let [left, top, right, bottom] = finding.box ?? [column - around, row - around, column + around, row + around];
  const room = finding.box ? Math.max(ROOM_MM / view.screenMm, 0.2 * Math.max(right - left, bottom - top)) : 0;
  [left, top, right, bottom] = [left - room, top - room, right + room, bottom + room];
  const zoom = Math.min(view.zoomFor([left, top, right, bottom]) * 0.92, LARGEST);
  glide(viewer, pane, { x: (left + right) / 2 + 0.5, y: (top + bottom) / 2 + 0.5, zoom });
}

/** Move a view there, at once where the reader wants little motion. */
function glide(viewer, pane, target) {
  const { view } = pane;
  const start = { x: view.x, y: view.y, zoom: view.zoom };
  const began = performance.now();
  const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const goal = { pane, target };
  view.fitted = false;
  viewer.gliding = goal;
  const step = () => {
    if (viewer.gliding !== goal) return;
    const share = isStill ? 1 : Math.min(1, (performance.now() - began) / GLIDE_MS);
    const eased = 1 - (1 - share) ** 3;
    view.zoom = start.zoom * (target.zoom / start.zoom) ** eased;
    view.x = start.x + (target.x - start.x) * eased;
    view.y = start.y + (target.y - start.y) * eased;
    viewer.moved(pane);
    if (share < 1) requestAnimationFrame(step);
    else viewer.gliding = null;
  };
  step();
}

/** Everything that can be stepped to in the views of a case, in their order. */
function stepsOf(viewer, isSpot) {
  const findings = ({ marks, result, answers }) => {
    if (!isSpot) return marks.findings;
    return [...calcificationsOf(result, answers.state), ...marks.findings.filter((one) => one.kind === "added")];
  };
  return viewer.all.flatMap((pane) => findings(pane).map((finding) => ({ pane, finding })));
}

/** Where to step from: `steps[at + by]` is the next one. */
function startOf(viewer, steps, by, isSpot) {
  const { selected, active } = viewer;
  const at = steps.findIndex(({ pane, finding }) => pane === selected?.pane && finding.key === selected.finding.key);
  if (at >= 0) return at;
  if (isSpot && selected?.finding.kind === "cluster") {
    const [first] = selected.finding.item.members;
    const member = steps.findIndex(({ pane, finding }) => pane === selected.pane && finding.id === first);
    if (member >= 0) return member - by;
  }
  const own = steps.findIndex(({ pane }) => pane === active);
  if (own >= 0) return by > 0 ? own - 1 : own;
  return by > 0 ? -1 : steps.length;
}

/** Go to the next or previous finding of the case; `isSpot` steps through single calcifications. */
export function step(viewer, by, isSpot = false) {
  const steps = stepsOf(viewer, isSpot);
  if (!steps.length) return say("There is no finding in these views.");
  const next = steps[startOf(viewer, steps, by, isSpot) + by];
  if (!next && by > 0) return say("That was the last finding of these views. Page ↓ opens the next image.");
  if (!next) return say("That was the first finding of these views.");
  if (next.pane !== viewer.active && viewer.large) {
    viewer.active = next.pane;
    viewer.hang(true);
    viewer.app.placeChanged();
  }
  viewer.select(next.finding, next.pane, true);
  return say(`${nameOfView(next.pane.image)}: ${nameOf(next.finding)}`);
}
