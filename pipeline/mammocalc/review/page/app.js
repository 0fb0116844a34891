// @ts-check
// The page as a whole: what is shown under which address, who reads, and what its parts tell one another.

import { h } from "../../rendering/pages/scripts/elements.js";
import { getWorklist } from "./api.js";
import { openImage, preload } from "./case_opening.js";
import { commandsOf } from "./commands.js";
import { byId, messageOf, toast } from "./dom.js";
import { Gestures } from "./gestures.js";
import { showPlace, showProgress, showSaved } from "./header.js";
import { showHistory } from "./history_dialog.js";
import { revealSelected, showPanel } from "./panel.js";
import { comparePriors } from "./priors.js";
import { SizeCorrection } from "./size_correction.js";
import { hang, toggleLarge } from "./stage_layout.js";
import { buildToolbar } from "./toolbar.js";
import { Viewer } from "./viewer.js";
import { Worklist } from "./worklist.js";

/**
 * @import { ResultImage, RunInfo, Vocabulary } from "./types.js"
 * @import { Answers } from "./answers.js"
 * @import { Pane } from "./pane.js"
 */

const READER = "mammocalc-reader";
const PRELOAD_MS = 250;  // after an image was opened: what the reader does first goes first

export class App {
  /** @type {string | null} */
  reader = null;
  /** Steps along the worklist that wait for the image on its way. @type {(1 | -1)[]} */
  steps = [];

  /**
   * @param {RunInfo} run
   * @param {Vocabulary} vocabulary
   */
  constructor(run, vocabulary) {
    this.run = run;
    this.vocabulary = vocabulary;
    this.viewer = new Viewer(this);
    this.correction = new SizeCorrection(this.viewer);
    this.commands = commandsOf(this.viewer, this, this.correction);
    this.showToolbar = buildToolbar(this.viewer, this.commands, (pane) => this.activateOne(pane));
    this.worklist = new Worklist(this);
    this.gestures = new Gestures(this.viewer, () => this.viewChanged());
  }

  // ---------------------------------------------------------------- what the parts tell

  viewChanged() {
    const { viewer } = this;
    if (byId("viewer").hidden || !viewer.active) return;
    for (const pane of viewer.known) pane.node.classList.toggle("active", pane === viewer.active && viewer.panes.length > 1);
    this.showToolbar();
    showPanel(viewer, this.vocabulary);
    showPlace(this.worklist, viewer);
  }

  selectionChanged() {
    this.viewChanged();
    revealSelected();
  }

  /**
   * @param {string} uid
   * @param {Answers} answers
   */
  answersChanged(uid, answers) {
    if (answers.reader === this.reader) this.worklist.note(uid, answers.state);
    showSaved(this.viewer);
    showProgress(this.worklist);
    this.viewChanged();
  }

  /**
   * What the worklist says of an image, in the words of a result.
   *
   * @param {string} uid
   * @returns {ResultImage}
   */
  listed(uid) {
    const known = this.worklist.images.find((image) => image.uid === uid);
    const { laterality = "unknown", view = "unknown", rows = 1, columns = 1, spacing_mm: spacing = null } = known ?? {};
    const { frame = null, number_of_frames: count = 1 } = known ?? {};
    const which = { sop_instance_uid: uid, laterality, view, frame, number_of_frames: count };
    return { ...which, rows, columns, pixel_spacing_mm: spacing, patient_orientation: [] };
  }

  /** @param {string} text */
  problem(text) {
    toast(text, "bad");
  }

  placeChanged() {
    const wanted = this.addressOf(this.viewer.homeOf(this.viewer.current).uid);
    if (location.hash !== wanted) history.replaceState(null, "", wanted);
    this.viewChanged();
  }

  // ---------------------------------------------------------------- going on

  /** @param {Pane} pane Of the case. */
  activateOne(pane) {
    const { viewer } = this;
    viewer.active = pane;
    if (viewer.large || !viewer.homes.includes(pane)) hang(viewer, true);
    else if (viewer.comparing === "place") hang(viewer, false, true);
    viewer.toPicture();
    viewer.select(null, pane);
    this.placeChanged();
  }

  /** @param {1 | -1} by */
  activate(by) {
    const { viewer } = this;
    const { all } = viewer;
    this.activateOne(all[(all.indexOf(viewer.homeOf(viewer.current)) + by + all.length) % all.length]);
  }

  /** @param {1 | -1} by */
  neighbour(by) {
    const { viewer } = this;
    if (viewer.isLeaving) {
      this.steps.push(by);
      return;
    }
    const next = this.neighbourOf(by);
    if (!next) {
      toast(by > 0 ? "That was the last image of the worklist." : "That was the first image of the worklist.");
      return;
    }
    const address = this.addressOf(next);
    viewer.isLeaving = location.hash !== address;
    location.hash = address;
  }

  preload() {
    const next = this.neighbourOf(1);
    if (next) setTimeout(() => preload(this.viewer, next).catch(() => {}), PRELOAD_MS);
  }

  /** Leave a field, put down the tool, take the priors away, show all views, show the worklist: the first of these that there is. */
  back() {
    const { viewer } = this;
    const field = document.activeElement?.closest("input, textarea, select");
    if (field instanceof HTMLElement) {
      field.blur();
      if (!byId("viewer").hidden) viewer.toPicture();
    } else if (byId("viewer").hidden) return;
    else if (viewer.tool !== "window" || viewer.lensOn || viewer.panes.some((pane) => pane.rulers.length)) this.putDown();
    else if (viewer.comparing !== "none") comparePriors(viewer, viewer.comparing);
    else if (viewer.large && viewer.all.length > 1) toggleLarge(viewer);
    else location.hash = "#/";
  }

  /** Put down the tool, the magnifier and the rulers. */
  putDown() {
    const { viewer } = this;
    viewer.tool = "window";
    viewer.lensOn = false;
    for (const pane of viewer.known) {
      pane.rulers = [];
      pane.crosshair = null;
    }
    viewer.request();
    this.viewChanged();
  }

  showHistory() {
    showHistory(this.viewer);
  }

  // ---------------------------------------------------------------- addresses

  /** @param {string} uid */
  addressOf(uid) {
    const { viewer } = this;
    // An image alone is large whether the reader wants that or not; while a case comes, the address tells.
    const isWanted = viewer.large && (viewer.all.length > 1 || location.hash.endsWith("/large"));
    return `#/image/${uid}${isWanted ? "/large" : ""}`;
  }

  /**
   * The next image of the worklist that is not on the screen with this one.
   *
   * @param {1 | -1} by
   * @returns {string | undefined}
   */
  neighbourOf(by) {
    const { viewer } = this;
    const { all, large } = viewer;
    const active = viewer.active && viewer.homeOf(viewer.active);
    const list = this.worklist.shown.map((image) => image.uid);
    const inCase = (large || all.length < 2) && active ? [active.uid] : all.map((pane) => pane.uid);
    let at = list.indexOf(active?.uid ?? "");
    do at += by; while (inCase.includes(list[at]));
    return list[at];
  }

  /** Show what the address says. */
  async follow() {
    const [, kind, uid, size] = location.hash.split("/");
    this.correction.settle();
    // What a dialog asks is asked of the image behind it.
    for (const id of /** @type {const} */ (["choose", "ask", "past"])) byId(id).close();
    if (kind === "image" && uid) await this.showImage(uid, size === "large");
    else await this.showWorklist();
  }

  async showWorklist() {
    const { viewer, worklist } = this;
    const before = viewer.active?.uid;
    show("worklist");
    viewer.close();
    viewer.isLeaving = false;
    this.steps = [];
    document.title = "Review · mammocalc";
    try {
      await this.fillWorklist();
    } catch (error) {
      toast(messageOf(error), "bad");
    }
    showProgress(worklist);
    showPlace(worklist, viewer);
    if (before) worklist.focusOn(before);
  }

  async fillWorklist() {
    this.worklist.fill(await getWorklist(this.reader));
    showProgress(this.worklist);
  }

  /**
   * @param {string} uid
   * @param {boolean} isLarge
   */
  async showImage(uid, isLarge) {
    const { viewer } = this;
    show("viewer");
    byId("stage").dataset.pictured = "";
    try {
      await openImage(viewer, uid, isLarge);
      document.title = `${viewer.active?.where.textContent} · mammocalc`;
      showSaved(viewer);
      viewer.toPicture();
      const by = viewer.isLeaving ? undefined : this.steps.shift();
      if (by) this.neighbour(by);
    } catch (error) {
      toast(messageOf(error), "bad");
      location.hash = "#/";
    }
  }

  // ---------------------------------------------------------------- who reads

  /** Let the known reader begin, or ask who reads. */
  async beginReading() {
    const known = sessionStorage.getItem(READER) ?? this.run.reader;
    if (known) this.become(known);
    else await this.askReader();
  }

  async askReader() {
    const dialog = byId("who");
    byId("who-name").value = this.reader ?? "";
    byId("who-known").replaceChildren(...(this.run.readers ?? []).map((name) => h("option", { value: name })));
    dialog.showModal();
    await new Promise((done) => dialog.addEventListener("close", done, { once: true }));
    const name = byId("who-name").value.trim();
    if (dialog.returnValue === "ok" && name) this.become(name);
  }

  /** @param {string} name */
  become(name) {
    this.reader = name;
    sessionStorage.setItem(READER, name);
    byId("reader").replaceChildren(h("span", { class: "dim" }, "Reader "), name);
    this.viewer.forgetAnswers();
  }
}

/** @param {"worklist" | "viewer"} what */
function show(what) {
  byId("worklist").hidden = what !== "worklist";
  byId("viewer").hidden = what !== "viewer";
}
