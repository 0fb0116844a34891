// The images of a case on the screen: which are shown, which finding is selected, and when to draw.

import { Answers } from "./answers.js";
import { byId, h, say } from "./dom.js";
import { calcificationsOf, diameterOf } from "./findings.js";
import { arrange, fitAll, hung } from "./hanging.js";
import { Library } from "./library.js";
import { Painter } from "./painter.js";
import { Pane, nameOfView } from "./pane.js";
import { Gallery } from "./picture.js";
import { savedAs } from "./sentences.js";
import { show } from "./stepping.js";

const LOST = "The graphics card took the picture away. It comes back as soon as it can.";

export class Viewer {
  constructor(app) {
    Object.assign(this, { app, panes: [], all: [], active: null, large: false, chosen: null });
    Object.assign(this, { tool: "window", lens: null, lensOn: false, linked: true, localOn: true, sized: null });
    this.opened = new Set();  // vessels whose members are listed
    this.shown = { marks: true, micro: true, macro: true, vascular: true, hulls: true };
    this.library = new Library(() => app.reader);
    this.everyAnswers = new Map();
    try {
      this.painter = new Painter(byId("canvas"), () => app.problem(LOST), () => this.gallery.restore());
      this.gallery = new Gallery(this.painter, () => this.arrived());
    } catch (error) {
      byId("problem").textContent = error.message;
      byId("problem").hidden = false;
    }
    new ResizeObserver(() => this.resized()).observe(byId("stage"));
  }

  /** The selected finding with its pane; what lies in another view than the active one is not selected. */
  get selected() {
    return this.chosen?.pane === this.active ? this.chosen : null;
  }

  // ---------------------------------------------------------------- opening

  forgetAnswers() {
    this.library.forget();
    this.caseKey = null;
  }

  /** Open an image: the views of its case, or, with `large`, this one alone. */
  async open(uid, large) {
    const ticket = (this.ticket = Symbol(uid));
    this.measured = false;
    performance.clearMarks("opened");
    performance.mark("opened");
    const first = await this.library.get(uid);
    if (this.ticket !== ticket) return;
    const key = first.case.join(" ");
    if (this.caseKey !== key) {
      // One image alone need not wait for the others of its case.
      if (large && first.case.length > 1) {
        this.all = [this.paneOf(uid, first)];
        this.chosen = null;
        this.active = this.all[0];
        this.hang(true);
      }
      const kept = large ? this.active : null;
      const shown = new Map([[uid, first]]);
      await Promise.all(first.case.map(async (other) => shown.set(other, await this.library.get(other))));
      if (this.ticket !== ticket) return;
      this.caseKey = key;
      if (!kept) this.chosen = null;
      const uids = [...new Set([...first.case, uid])];
      this.all = uids.map((other) => (kept?.uid === other ? kept : this.paneOf(other, shown.get(other))));
      if (kept?.uid === uid && this.large) {
        this.app.viewChanged();
        this.app.preload();
        return;
      }
    }
    this.active = this.all.find((pane) => pane.uid === uid);
    this.hang(large || this.all.length < 2);
    this.app.preload();
  }

  paneOf(uid, shown) {
    const { vocabulary, reader, listed } = this.app;
    // What waits to be saved stays with its image when the reader goes on and comes back.
    let answers = this.everyAnswers.get(`${reader} ${uid}`);
    if (!answers || answers.isSaved) {
      answers = new Answers(uid, reader, shown.answers, () => this.answered(uid, answers));
    }
    this.everyAnswers.set(`${reader} ${uid}`, answers);
    return new Pane(uid, shown, answers, { vocabulary, gallery: this.gallery, reader, listed, changed: () => this.resized() });
  }

  /** Put the views of the case, or the active one alone, on the stage. */
  hang(large) {
    this.large = large;
    const images = hung(this.all.map((pane) => pane.image));
    const together = images.map((image) => this.all.find((pane) => pane.image === image));
    if (!together.includes(this.active)) this.large = true;
    this.panes = this.large ? [this.active] : together;
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

  fit(pane = this.active) {
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
    return this.active.node.focus({ preventScroll: true });
  }

  /** Fetch what the next image needs, behind everything that is looked at. */
  async preload(uid) {
    if (!this.gallery) return;
    const { width, height } = byId("stage").getBoundingClientRect();
    const isLarge = this.large && this.all.length > 1;
    const ahead = await this.library.fetchAhead(uid, this.gallery, { isLarge, width, height });
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
    return this.linked && this.panes.includes(this.active) ? this.panes : [this.active];
  }

  /** Show a preset of the active view, and of the others that which stands at the same place. */
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
    for (const pane of this.panes) {
      if (!pane.rectangle) continue;
      const selected = this.selected?.pane === pane ? this.selected.finding : null;
      const lens = this.lensOn && this.lens?.pane === pane ? this.lens : null;
      const sized = this.sized?.pane === pane ? this.sized : this.sizeOf(pane, selected);
      pane.draw(this.painter, pane.rectangle, { shown: this.shown, selected, lens, sized });
    }
    if (!this.measured && this.panes.length && this.panes.every((pane) => pane.isSharp || !pane.picture)) {
      this.measured = true;
      this.painter?.gl.finish();
      performance.mark("pictured");
      byId("stage").dataset.pictured = "yes";
    }
  }

  /** The circle of the selected calcification, with a grip to drag. */
  sizeOf(pane, finding) {
    const { unitMm } = pane.view;
    const diameter = finding ? diameterOf(finding) : null;
    if (diameter === null || !unitMm || !this.shown.marks) return null;
    return { pane, finding, x: finding.column + 0.5, y: finding.row + 0.5, radiusPx: diameter / 2 / unitMm, text: "" };
  }

  // ---------------------------------------------------------------- answers

  select(finding, pane = this.active, isToBeShown = false) {
    this.active = pane;
    this.chosen = finding ? { pane, finding } : null;
    if (finding && isToBeShown) show(this, finding, pane);
    for (const one of this.panes) one.isMoved = true;
    this.request();
    this.app.selectionChanged();
  }

  /** The server has answered, or something waits to be saved. */
  answered(uid, answers) {
    const pane = this.all.find((one) => one.uid === uid);
    if (answers.isSaved && answers !== pane?.answers) this.everyAnswers.delete(`${answers.reader} ${uid}`);
    if (answers.reader === this.app.reader) this.library.note(uid, answers.state);
    if (answers !== pane?.answers) return this.app.answersChanged(uid, answers);
    pane.rebuild();
    if (this.chosen?.pane === pane) {
      const known = [...pane.marks.findings, ...calcificationsOf(pane.result, pane.answers.state)];
      const same = known.find((one) => one.key === this.chosen.finding.key);
      this.chosen = same ? { pane, finding: same } : null;
    }
    this.sized = null;
    this.request();
    return this.app.answersChanged(uid, answers);
  }

  /** Have an action saved, and say what was; true where it was. */
  async send(action, pane) {
    try {
      const state = await pane.answers.send(action);
      say(savedAs(action, state, nameOfView(pane.image), pane.result));
      if (pane.result === null && ["mark_read", "undo", "redo"].includes(action.type)) await this.reveal();
      return true;
    } catch (error) {
      say(`Not saved. ${error.message}`, "bad");
      return false;
    }
  }

  /** Blinded reading: one view more is read; how many are not, and the results when it was the last of the case. */
  async reveal() {
    this.library.forget();
    for (const pane of this.all) {
      const shown = await this.library.get(pane.uid);
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
