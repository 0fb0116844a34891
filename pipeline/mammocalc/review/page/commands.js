// @ts-check
// What keys and the toolbar do: one table of commands by name.

import { around } from "../../rendering/pages/scripts/elements.js";
import { add, agree, judge, labelDistribution, labelMorphology, markRead, undo } from "./answering.js";
import { byId, toast } from "./dom.js";
import { localise } from "./local.js";
import { choosePair } from "./pair_answers.js";
import { comparePriors } from "./priors.js";
import { fit, toggleLarge } from "./stage_layout.js";
import { step } from "./stepping.js";
import { adjust } from "./window_by_hand.js";

/**
 * @import { Point, ShownKinds, Vocabulary } from "./types.js"
 * @import { Pane } from "./pane.js"
 * @import { SizeCorrection } from "./size_correction.js"
 * @import { Tool, Viewer } from "./viewer.js"
 */

/**
 * What commands need of the page.
 *
 * @typedef {object} Page
 * @property {Vocabulary} vocabulary
 * @property {() => void} viewChanged
 * @property {(by: 1 | -1) => void} neighbour Go to an image of the worklist.
 * @property {(by: 1 | -1) => void} activate Go to a view of the case.
 * @property {() => void} back
 * @property {() => void} showHistory
 */

/** @typedef {Record<string, () => unknown>} Commands */

export const CLICKED_MM = 0.3;  // the diameter of a missed calcification that is only pointed at: the usual size of a micro

/**
 * @param {Viewer} viewer
 * @param {Page} app
 * @param {SizeCorrection} correction
 * @returns {Commands}
 */
export function commandsOf(viewer, app, correction) {
  const tool = (/** @type {Tool} */ name) => {
    viewer.tool = viewer.tool === name ? "window" : name;
    for (const pane of viewer.known) pane.crosshair = null;
    const { active } = viewer;
    if (["ruler", "add"].includes(viewer.tool) && active) active.crosshair = [active.view.x, active.view.y];
    refresh();
  };
  const toggle = (/** @type {keyof ShownKinds} */ name) => {
    viewer.shown[name] = !viewer.shown[name];
    viewer.moved();
    refresh();
  };
  const refresh = () => {
    viewer.request();
    app.viewChanged();
  };
  const zoom = (/** @type {number} */ factor) => {
    const { current } = viewer;
    viewer.gliding = null;
    current.view.setZoom(current.view.zoom * factor);
    viewer.moved(current);
  };
  return {
    next: () => step(viewer, 1), previous: () => step(viewer, -1),
    nextSpot: () => step(viewer, 1, true), previousSpot: () => step(viewer, -1, true),
    nextImage: () => app.neighbour(1), previousImage: () => app.neighbour(-1),
    nextPane: () => app.activate(1), previousPane: () => app.activate(-1),
    large: () => toggleLarge(viewer), back: () => app.back(),
    agree: () => agree(viewer), disagree: () => agree(viewer, false),
    read: () => markRead(viewer), unread: () => markRead(viewer, false),
    accept: () => judge(viewer, "accept"), reject: () => judge(viewer, "reject"), clear: () => judge(viewer, null),
    add: () => tool("add"), ruler: () => tool("ruler"), pan: () => tool("pan"), windowTool: () => tool("window"),
    larger: () => correction.nudge(1), smaller: () => correction.nudge(-1),
    distribution: () => labelDistribution(viewer, app.vocabulary), morphology: () => labelMorphology(viewer, app.vocabulary),
    sameView: () => choosePair(viewer, "link", app.vocabulary), sameDate: () => choosePair(viewer, "change", app.vocabulary),
    comment: () => byId("comment").focus(),
    undo: () => undo(viewer), redo: () => undo(viewer, true), history: () => app.showHistory(),
    window: () => {
      const { presets, preset: own, former } = viewer.current;
      const preset = former ? former.preset : own;
      if (presets.length) viewer.choose(((preset ?? -1) + 1) % presets.length);
      refresh();
    },
    local: () => {
      const home = viewer.homeOf(viewer.current);
      viewer.localOn = !viewer.current.isLocal;
      for (const pane of [home, viewer.priorOf(home)]) {
        if (pane && !viewer.localOn) pane.leaveLocal();
        else if (pane) localise(viewer, pane, pane.view);
      }
      refresh();
    },
    invert: () => {
      const isOn = !viewer.current.inverted;
      for (const one of viewer.followers) {
        one.inverted = isOn;
        one.caption();
      }
      refresh();
    },
    zoomIn: () => zoom(1.25), zoomOut: () => zoom(0.8), fit: () => fit(viewer),
    pixels: () => zoom(1 / (viewer.current.view.pixelScale * devicePixelRatio)),
    magnifier: () => {
      viewer.lensOn = !viewer.lensOn;
      const pane = viewer.current;
      viewer.lens ??= { pane, x: pane.view.width / 2, y: pane.view.height / 2 };
      refresh();
    },
    beside: () => comparePriors(viewer, "beside"), blink: () => comparePriors(viewer, "place"),
    together: () => {
      viewer.movesTogether = !viewer.movesTogether;
      toast(viewer.movesTogether ? "All views zoom and pan together." : "Each view zooms and pans alone, its prior with it.");
      refresh();
    },
    linked: () => {
      viewer.linked = !viewer.linked;
      refresh();
    },
    marks: () => toggle("marks"), micro: () => toggle("micro"), macro: () => toggle("macro"),
    vascular: () => toggle("vascular"), hulls: () => toggle("hulls"),
  };
}

/** @type {Record<string, Point>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/**
 * Arrow keys, Shift and Enter on the stage: pan, window, or the crosshair of a tool. True where the key was used.
 *
 * @param {KeyboardEvent} event
 * @param {Viewer} viewer
 * @param {() => void} sizeChanged Called when one view became large, or all are shown again.
 */
export function handleStageKey(event, viewer, sizeChanged) {
  const pane = viewer.active;
  if (!pane?.isShown) return false;
  const arrow = ARROWS[event.key];
  if (arrow) {
    if (pane.crosshair) moveCrosshair(viewer, pane, pane.crosshair, arrow, event.shiftKey ? 24 : 2);
    else if (event.shiftKey) adjustWindows(viewer, arrow);
    else panBy(viewer, pane, arrow);
    return true;
  }
  if (event.key !== "Enter") return false;
  if (event.repeat || setPoint(viewer, pane)) return true;
  if (!around(event, ".pane")) return false;
  toggleLarge(viewer);
  sizeChanged();
  return true;
}

/**
 * @param {Viewer} viewer
 * @param {Pane} pane
 * @param {Point} crosshair
 * @param {Point} arrow
 * @param {number} stepPx On the screen.
 */
function moveCrosshair(viewer, pane, crosshair, arrow, stepPx) {
  const length = stepPx / pane.view.zoom;
  const [across, down] = pane.view.scale.map(Math.sign);
  pane.crosshair = [crosshair[0] + arrow[0] * length * across, crosshair[1] + arrow[1] * length * down];
  if (viewer.tool === "ruler" && pane.rulers[0]?.isOpen) pane.rulers[0].to = pane.crosshair;
  viewer.request();
}

/**
 * @param {Viewer} viewer
 * @param {Point} arrow
 */
function adjustWindows(viewer, arrow) {
  for (const one of viewer.followers) adjust(one, arrow[1] * 0.03, 1.05 ** arrow[0]);
  viewer.request();
}

/**
 * @param {Viewer} viewer
 * @param {Pane} pane
 * @param {Point} arrow
 */
function panBy(viewer, pane, arrow) {
  viewer.gliding = null;
  pane.view.pan(-60 * arrow[0], -60 * arrow[1]);
  viewer.moved(pane);
}

/**
 * Add a calcification at the crosshair, or set an end of the ruler there; false where there is nothing to set.
 *
 * @param {Viewer} viewer
 * @param {Pane} pane
 */
function setPoint(viewer, pane) {
  const { crosshair } = pane;
  if (!crosshair || (viewer.tool !== "add" && viewer.tool !== "ruler")) return false;
  if (viewer.tool === "add") {
    add(viewer, pane, crosshair, CLICKED_MM);
    return true;
  }
  const [ruler] = pane.rulers;
  if (ruler?.isOpen) ruler.isOpen = false;
  else pane.rulers = [{ from: crosshair, to: crosshair, isOpen: true }];
  viewer.request();
  return true;
}
