// @ts-check
// The images of a case on the screen: which are shown, which finding is selected, and when to draw.

import { h } from "../../rendering/pages/scripts/elements.js";
import { byId, messageOf } from "./dom.js";
import { diameterOf } from "./findings.js";
import { follow } from "./following.js";
import { Gallery } from "./gallery.js";
import { ImageCache } from "./image_cache.js";
import { lightsOf } from "./lights.js";
import { Painter } from "./painter.js";
import { placePriors } from "./priors.js";
import { send } from "./saving.js";
import { layOut } from "./stage_layout.js";
import { show } from "./stepping.js";

/**
 * @import { Action, Finding, ResultImage, SizeCircle, Vocabulary } from "./types.js"
 * @import { Answers } from "./answers.js"
 * @import { Light } from "./lights.js"
 * @import { Pane } from "./pane.js"
 * @import { Comparing } from "./priors.js"
 */

/**
 * What the viewer needs of the page, and tells it.
 *
 * @typedef {object} Page
 * @property {Vocabulary} vocabulary
 * @property {string | null} reader
 * @property {(uid: string) => ResultImage} listed What the worklist knows of an image.
 * @property {() => void} viewChanged
 * @property {() => void} selectionChanged
 * @property {(uid: string, answers: Answers) => void} answersChanged
 * @property {() => void} placeChanged The address has to follow.
 * @property {() => void} preload
 * @property {(text: string) => void} problem
 */

/** @typedef {"window" | "pan" | "ruler" | "add"} Tool */
/** @typedef {{ pane: Pane, finding: Finding }} Chosen */

const LOST = "The graphics card took the picture away. It comes back as soon as it can.";

export class Viewer {
  /** The views on the stage. @type {Pane[]} */
  panes = [];
  /** Those of the case. @type {Pane[]} */
  all = [];
  /** Those of the case that are on the stage, themselves or by their priors. @type {Pane[]} */
  homes = [];
  /** The priors that are open, by UID. @type {Map<string, Pane>} */
  priors = new Map();
  /** The finding under the pointer. @type {Chosen | null} */
  pointed = null;
  /** What it, or the selected one, lights up in other views. @type {Map<Pane, Light>} */
  lights = new Map();
  /** Whether priors are seen, and where. @type {Comparing} */
  comparing = "none";
  /** Whether all views of the case zoom and pan together. */
  movesTogether = false;
  /** @type {Pane | null} */
  active = null;
  /** Whether one view has the stage for itself. */
  large = false;
  /** @type {Chosen | null} */
  chosen = null;
  /** @type {Tool} */
  tool = "window";
  /** Where the magnifier is. @type {{ pane: Pane, x: number, y: number } | null} */
  lens = null;
  lensOn = false;
  /** Whether the windows of all views follow one hand. */
  linked = true;
  /** Whether a finding is shown in the window of its place. */
  localOn = true;
  /** The size that is being drawn. @type {(SizeCircle & { pane: Pane }) | null} */
  sized = null;
  /** Whether the space bar is down: dragging then pans. */
  space = false;
  /** The newest movement of a view. @type {symbol | null} */
  gliding = null;
  /** Vessels whose members are listed. @type {Set<string>} */
  opened = new Set();
  shown = { marks: true, micro: true, macro: true, vascular: true, hulls: true };
  /** Of all images that were opened, by reader and UID. @type {Map<string, Answers>} */
  everyAnswers = new Map();
  /** The images of the case. @type {string | null} */
  caseKey = null;
  /** The newest image that is waited for. @type {symbol | null} */
  ticket = null;
  /** Whether it is on its way: what is on the stage is not what the reader has asked for. */
  isLeaving = false;
  /** Whether the stage was said to be sharp. */
  measured = false;
  /** @type {number | null} */
  frame = null;
  /** @type {Painter | null} */
  painter = null;
  /** @type {Gallery | null} */
  gallery = null;

  /** @param {Page} app */
  constructor(app) {
    this.app = app;
    this.cache = new ImageCache(() => app.reader);
    try {
      this.painter = new Painter(byId("canvas"), () => app.problem(LOST), () => this.gallery?.restore());
      this.gallery = new Gallery(this.painter, () => this.arrived());
    } catch (error) {
      byId("problem").textContent = messageOf(error);
      byId("problem").hidden = false;
    }
    new ResizeObserver(() => this.resized()).observe(byId("stage"));
  }

  /** The active view; an error where no image is open. */
  get current() {
    if (!this.active) throw new Error("No image is open.");
    return this.active;
  }

  /** The selected finding with its pane; what lies in another view than the active one is not selected. */
  get selected() {
    return this.chosen?.pane === this.active ? this.chosen : null;
  }

  forgetAnswers() {
    this.cache.forget();
    this.caseKey = null;
  }

  /** All views that are open: those of the case, and their priors. */
  get known() {
    return [...this.all, ...this.priors.values()];
  }

  /**
   * The prior of a view, where it is open.
   *
   * @param {Pane} pane Of the case.
   */
  priorOf(pane) {
    return (pane.prior && this.priors.get(pane.prior.uid)) ?? null;
  }

  /**
   * The view of the case that a pane is the prior of, or the pane itself.
   *
   * @param {Pane} pane
   */
  homeOf(pane) {
    if (this.all.includes(pane)) return pane;
    return [...this.homes, ...this.all].find((one) => one.prior?.uid === pane.uid) ?? pane;
  }

  resized(isNew = false) {
    layOut(this, isNew);
  }

  close() {
    this.panes = [];
    this.chosen = null;
    this.lens = null;
    byId("panes").replaceChildren(h("span", {}));
  }

  // ---------------------------------------------------------------- drawing

  /** The views whose windows follow that of the active one, itself among them. */
  get followers() {
    const { current } = this;
    return this.linked && this.panes.includes(current) ? this.panes : [current];
  }

  /**
   * Show a preset of the active view, and of the others that which stands at the same place.
   *
   * @param {number} index
   */
  choose(index) {
    for (const pane of this.followers) if (pane.presets.length) pane.choose(Math.min(index, pane.presets.length - 1));
    this.request();
  }

  /** More greys are here. */
  arrived() {
    let isNew = false;
    for (const pane of this.panes) {
      if (pane.ready()) {
        isNew = true;
        if (pane.view.fitted) this.resized();
      }
      if (pane.picture?.error) this.app.problem(pane.picture.error.message);
    }
    if (isNew) this.app.viewChanged();
    this.request();
  }

  /** @param {Pane | null} pane All of them where there is none. */
  moved(pane = null) {
    if (!pane) {
      for (const home of this.all) home.noteView();
      placePriors(this);
    }
    for (const one of pane ? follow(this, pane) : this.panes) {
      one.isMoved = true;
      if (this.panes.includes(one)) one.want();
    }
    this.request();
  }

  request() {
    if (this.frame) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = null;
      this.draw();
    });
  }

  draw() {
    if (byId("viewer").hidden) return;
    this.painter?.begin(JSON.stringify(this.panes.map((pane) => [pane.uid, pane.rectangle])));
    for (const pane of this.panes) this.drawPane(pane);
    if (!this.measured && this.panes.length && this.panes.every((pane) => pane.isSharp)) {
      this.measured = true;
      this.painter?.gl.finish();
      performance.mark("pictured");
      byId("stage").dataset.pictured = "yes";
    }
  }

  /** @param {Chosen | null} pointed The finding under the pointer. */
  point(pointed) {
    if (this.pointed?.finding.key === pointed?.finding.key && this.pointed?.pane === pointed?.pane) return;
    this.pointed = pointed;
    this.lightUp();
  }

  /** Light the partners of what is pointed at, else of what is selected. */
  lightUp() {
    this.lights = lightsOf(this, this.pointed ?? this.selected);
    this.request();
  }

  /** @param {Pane} pane */
  drawPane(pane) {
    if (!pane.rectangle) return;
    const selected = this.selected?.pane === pane ? this.selected.finding : null;
    const lens = this.lensOn && this.lens?.pane === pane ? this.lens : null;
    const sized = this.sized?.pane === pane ? this.sized : this.sizeOf(pane, selected);
    const light = this.lights.get(pane) ?? null;
    pane.draw(this.painter, pane.rectangle, { shown: this.shown, selected, lens, sized, light });
  }

  /**
   * The circle of the selected calcification, with a grip to drag.
   *
   * @param {Pane} pane
   * @param {Finding | null} finding
   */
  sizeOf(pane, finding) {
    const { unitMm } = pane.view;
    const diameter = finding ? diameterOf(finding) : null;
    if (!finding || diameter === null || !unitMm || !this.shown.marks) return null;
    return { pane, x: finding.column + 0.5, y: finding.row + 0.5, radiusPx: diameter / 2 / unitMm, text: "" };
  }

  // ---------------------------------------------------------------- answers

  /**
   * @param {Finding | null} finding
   * @param {Pane} pane
   * @param {boolean} isToBeShown Whether the view moves there.
   */
  select(finding, pane = this.current, isToBeShown = false) {
    this.active = pane;
    this.chosen = finding ? { pane, finding } : null;
    if (finding && isToBeShown) show(this, finding, pane);
    for (const one of this.panes) one.isMoved = true;
    this.lightUp();
    this.app.selectionChanged();
  }

  /** Give the keys back to the picture. */
  toPicture() {
    this.active?.node.focus({ preventScroll: true });
  }

  /**
   * Have an action saved, and say what was; true where it was.
   *
   * @param {Action} action
   * @param {Pane} pane
   */
  send(action, pane) {
    return send(this, action, pane);
  }
}
