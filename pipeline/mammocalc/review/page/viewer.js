// @ts-check
// The images of a case on the screen: which are shown, which finding is selected, and when to draw.

import { Answers } from "./answers.js";
import { byId, h, messageOf, toast } from "./dom.js";
import { calcificationsOf, diameterOf } from "./findings.js";
import { arrange, fitAll, hung } from "./hanging.js";
import { ImageCache } from "./image_cache.js";
import { Painter } from "./painter.js";
import { Pane, nameOfView } from "./pane.js";
import { Gallery } from "./picture.js";
import { savedAs } from "./sentences.js";
import { show } from "./stepping.js";

/** @import { Action, Finding, ResultImage, ShownImage, SizeCircle, Vocabulary } from "./types.js" */

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

  // ---------------------------------------------------------------- opening

  forgetAnswers() {
    this.cache.forget();
    this.caseKey = null;
  }

  /**
   * Open an image: the views of its case, or, with `large`, this one alone.
   *
   * @param {string} uid
   * @param {boolean} large
   */
  async open(uid, large) {
    const ticket = (this.ticket = Symbol(uid));
    this.measured = false;
    performance.clearMarks("opened");
    performance.mark("opened");
    const first = await this.cache.get(uid);
    if (this.ticket !== ticket) return;
    const kept = await this.openCase(uid, first, large, ticket);
    if (this.ticket !== ticket) return;
    if (kept?.uid === uid && this.large) this.app.viewChanged();
    else {
      this.active = this.all.find((pane) => pane.uid === uid) ?? null;
      this.hang(large || this.all.length < 2);
    }
    this.app.preload();
  }

  /**
   * Take the views of the case that an image belongs to, unless they are there already.
   *
   * @param {string} uid
   * @param {ShownImage} first What is shown of it.
   * @param {boolean} large
   * @param {symbol} ticket
   * @returns {Promise<Pane | null>} The view that has been put on the stage before the others came.
   */
  async openCase(uid, first, large, ticket) {
    const key = first.case.join(" ");
    if (this.caseKey === key) return null;
    // One image alone need not wait for the others of its case.
    if (large && first.case.length > 1) {
      this.all = [this.paneOf(uid, first)];
      this.chosen = null;
      this.active = this.all[0];
      this.hang(true);
    }
    const kept = large ? this.active : null;
    const uids = [...new Set([...first.case, uid])];
    const documents = await Promise.all(uids.map((other) => this.cache.get(other)));
    if (this.ticket !== ticket) return null;
    this.caseKey = key;
    if (!kept) this.chosen = null;
    this.all = uids.map((other, index) => (kept?.uid === other ? kept : this.paneOf(other, documents[index])));
    return kept;
  }

  /**
   * @param {string} uid
   * @param {ShownImage} shown
   */
  paneOf(uid, shown) {
    const { app, gallery } = this;
    const { vocabulary, reader } = app;
    const answers = this.answersOf(uid, shown);
    return new Pane(uid, shown, answers, {
      vocabulary, gallery, reader, listed: (other) => app.listed(other), changed: () => this.resized(),
    });
  }

  /**
   * The reader's answers: what waits to be saved stays with its image when the reader goes on and comes back.
   *
   * @param {string} uid
   * @param {ShownImage} shown
   */
  answersOf(uid, shown) {
    const { reader } = this.app;
    const key = `${reader} ${uid}`;
    const kept = this.everyAnswers.get(key);
    if (kept && !kept.isSaved) return kept;
    /** @type {Answers} */
    const answers = new Answers(uid, reader, shown.answers, () => this.answered(uid, answers));
    this.everyAnswers.set(key, answers);
    return answers;
  }

  /**
   * Put the views of the case, or the active one alone, on the stage.
   *
   * @param {boolean} large
   */
  hang(large) {
    const { current } = this;
    this.large = large;
    const images = hung(this.all.map((pane) => pane.image));
    const together = images.flatMap((image) => this.all.find((pane) => pane.image === image) ?? []);
    if (!together.includes(current)) this.large = true;
    this.panes = this.large ? [current] : together;
    for (const pane of this.all) {
      pane.isAlone = this.large;
      pane.leaveLocal();
    }
    byId("panes").replaceChildren(...this.panes.map((pane) => pane.node));
    byId("panes").classList.toggle("one", this.large);
    for (const pane of this.panes) pane.ready();
    this.resized(true);
    this.app.viewChanged();
  }

  resized(isNew = false) {
    if (!this.panes.length || byId("viewer").hidden) return;
    const stage = byId("stage").getBoundingClientRect();
    const plan = arrange(this.panes, stage.width, stage.height);
    const panes = byId("panes");
    panes.style.gridTemplateColumns = plan.columns.map((wide) => `minmax(0, ${wide.toFixed(2)}fr)`).join(" ");
    panes.style.gridTemplateRows = `repeat(${plan.down}, minmax(0, 1fr))`;
    for (const pane of this.panes) {
      const { left, top, width, height } = pane.node.getBoundingClientRect();
      pane.rectangle = { left: left - stage.left, top: top - stage.top, width, height };
      pane.view.put(pane.rectangle, devicePixelRatio);
      pane.isMoved = true;
    }
    fitAll(this.panes.filter((pane) => isNew || pane.view.fitted), plan);
    this.moved();
  }

  fit(pane = this.current) {
    pane.leaveLocal();
    const stage = byId("stage").getBoundingClientRect();
    fitAll(this.large ? [pane] : this.panes, arrange(this.panes, stage.width, stage.height));
    this.moved();
  }

  /** Another view of the case, or all of them. */
  toggleLarge() {
    if (this.all.length < 2) return this.fit();
    this.hang(!this.large);
    this.app.placeChanged();
    return this.current.node.focus({ preventScroll: true });
  }

  /**
   * Fetch what the next image needs, behind everything that is looked at.
   *
   * @param {string} uid
   */
  async preload(uid) {
    if (!this.gallery) return;
    const { width, height } = byId("stage").getBoundingClientRect();
    const isLarge = this.large && this.all.length > 1;
    const ahead = await this.cache.fetchAhead(uid, this.gallery, { isLarge, width, height });
    this.gallery.trim(new Set([...this.all.map((pane) => pane.uid), ...ahead]));
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
    for (const one of pane ? [pane] : this.panes) {
      one.isMoved = true;
      one.want();
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

  /** @param {Pane} pane */
  drawPane(pane) {
    if (!pane.rectangle) return;
    const selected = this.selected?.pane === pane ? this.selected.finding : null;
    const lens = this.lensOn && this.lens?.pane === pane ? this.lens : null;
    const sized = this.sized?.pane === pane ? this.sized : this.sizeOf(pane, selected);
    pane.draw(this.painter, pane.rectangle, { shown: this.shown, selected, lens, sized });
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
    this.request();
    this.app.selectionChanged();
  }

  /**
   * The server has answered, or something waits to be saved.
   *
   * @param {string} uid
   * @param {Answers} answers
   */
  answered(uid, answers) {
    const pane = this.all.find((one) => one.uid === uid);
    const isOpen = pane !== undefined && answers === pane.answers;
    if (answers.isSaved && !isOpen) this.everyAnswers.delete(`${answers.reader} ${uid}`);
    if (answers.reader === this.app.reader) this.cache.note(uid, answers.state);
    if (!isOpen) return this.app.answersChanged(uid, answers);
    pane.rebuild();
    const { chosen } = this;
    if (chosen?.pane === pane) {
      const known = [...pane.marks.findings, ...calcificationsOf(pane.result, pane.answers.state)];
      const same = known.find((one) => one.key === chosen.finding.key);
      this.chosen = same ? { pane, finding: same } : null;
    }
    this.sized = null;
    this.request();
    return this.app.answersChanged(uid, answers);
  }

  /**
   * Have an action saved, and say what was; true where it was.
   *
   * @param {Action} action
   * @param {Pane} pane
   */
  async send(action, pane) {
    try {
      const state = await pane.answers.send(action);
      toast(savedAs(action, state, nameOfView(pane.image), pane.result));
      if (pane.result === null && ["mark_read", "undo", "redo"].includes(action.type)) await this.reveal();
      return true;
    } catch (error) {
      toast(`Not saved. ${messageOf(error)}`, "bad");
      return false;
    }
  }

  /** Blinded reading: one view more is read; how many are not, and the results when it was the last of the case. */
  async reveal() {
    this.cache.forget();
    for (const pane of this.all) {
      const shown = await this.cache.get(pane.uid);
      if (pane.answers.isSaved && shown.answers.last >= pane.answers.state.last) pane.answers.state = shown.answers;
      if (!shown.result) continue;
      pane.take(shown);
      if (!pane.picture) pane.showInstead();
      pane.rebuild();
    }
    this.resized();
    this.app.viewChanged();
  }

  /** Give the keys back to the picture. */
  toPicture() {
    this.active?.node.focus({ preventScroll: true });
  }

  get unsaved() {
    return [...this.everyAnswers.values()].some((answers) => !answers.isSaved);
  }
}
