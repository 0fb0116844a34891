// The images of a case on the screen: which are shown, which finding is selected, and when to draw.

import { getImage } from "./api.js";
import { Answers } from "./answers.js";
import { byId, h, say } from "./dom.js";
import { calcificationsOf, diameterOf, nameOf } from "./findings.js";
import { arrange, fitAll, hung } from "./hanging.js";
import { Painter } from "./painter.js";
import { Pane, nameOfView } from "./pane.js";
import { Gallery } from "./picture.js";

const AROUND_MM = 14;  // a single calcification is shown within so much tissue
const GLIDE_MS = 180;
const KEPT = 40;  // documents of images that are kept: those of a few cases

export class Viewer {
  constructor(app) {
    Object.assign(this, { app, panes: [], all: [], active: null, large: false, selected: null, tool: "window", lens: null, lensOn: false, linked: true, sized: null });
    this.shown = { marks: true, micro: true, macro: true, vascular: true, hulls: true };
    this.cache = new Map();
    this.everyAnswers = new Map();
    try {
      const lost = () => this.app.problem("The graphics card took the picture away. It comes back as soon as it can.");
      this.painter = new Painter(byId("canvas"), lost, () => this.gallery.restore());
      this.gallery = new Gallery(this.painter, () => this.arrived());
    } catch (error) {
      byId("problem").textContent = error.message;
      byId("problem").hidden = false;
    }
    new ResizeObserver(() => this.resized()).observe(byId("stage"));
  }

  // ---------------------------------------------------------------- opening

  async known(uid, isFresh = false) {
    if (isFresh || !this.cache.has(uid)) {
      const promise = getImage(uid, this.app.reader);
      this.cache.delete(uid);
      this.cache.set(uid, promise);
      promise.catch(() => this.cache.delete(uid));
      if (this.cache.size > KEPT) this.cache.delete(this.cache.keys().next().value);
    }
    return this.cache.get(uid);
  }

  forgetAnswers() {
    this.cache.clear();
    this.caseKey = null;
  }

  /** Open an image: the views of its case, or, with `large`, this one alone. */
  async open(uid, large) {
    const ticket = (this.ticket = Symbol(uid));
    this.measured = false;
    performance.clearMarks("opened");
    performance.mark("opened");
    const first = await this.known(uid);
    if (this.ticket !== ticket) return;
    const key = first.case.join(" ");
    if (this.caseKey !== key) {
      // One image alone need not wait for the others of its case.
      if (large && first.case.length > 1) {
        this.all = [this.paneOf(uid, first)];
        this.selected = null;
        this.active = this.all[0];
        this.hang(true);
      }
      const kept = large ? this.active : null;
      const shown = new Map([[uid, first]]);
      await Promise.all(first.case.map(async (other) => shown.set(other, await this.known(other))));
      if (this.ticket !== ticket) return;
      this.caseKey = key;
      if (!kept) this.selected = null;
      this.all = [...new Set([...first.case, uid])].map((other) => (kept?.uid === other ? kept : this.paneOf(other, shown.get(other))));
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
    const { vocabulary, reader } = this.app;
    // What waits to be saved stays with its image when the reader goes on and comes back.
    let answers = this.everyAnswers.get(`${reader} ${uid}`);
    if (!answers || answers.isSaved) answers = new Answers(uid, reader, shown.answers, () => this.answered(uid, answers));
    this.everyAnswers.set(`${reader} ${uid}`, answers);
    return new Pane(uid, shown, answers, { vocabulary, gallery: this.gallery, reader, listed: (other) => this.app.listed(other) });
  }

  /** Put the views of the case, or the active one alone, on the stage. */
  hang(large) {
    this.large = large;
    const together = hung(this.all.map((pane) => pane.image)).map((image) => this.all.find((pane) => pane.image === image));
    if (!together.includes(this.active)) this.large = true;
    this.panes = this.large ? [this.active] : together;
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
      const box = pane.node.getBoundingClientRect();
      pane.rectangle = { left: box.left - stage.left, top: box.top - stage.top, width: box.width, height: box.height };
      pane.view.put(pane.rectangle, devicePixelRatio);
      pane.isMoved = true;
    }
    if (isNew) fitAll(this.panes, plan);
    else fitAll(this.panes.filter((pane) => pane.view.fitted), plan);
    this.moved();
  }

  fit(pane = this.active) {
    const stage = byId("stage").getBoundingClientRect();
    fitAll(this.large ? [pane] : this.panes, arrange(this.panes, stage.width, stage.height));
    this.moved();
  }

  // ---------------------------------------------------------------- drawing

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
    if (byId("viewer").hidden || !this.painter) {
      for (const pane of this.panes) pane.marks.place(this.shown, null);
      return;
    }
    this.painter.begin(JSON.stringify(this.panes.map((pane) => [pane.uid, pane.rectangle])));
    for (const pane of this.panes) {
      if (!pane.rectangle) continue;
      const selected = this.selected?.pane === pane ? this.selected.finding : null;
      const lens = this.lensOn && this.lens?.pane === pane ? this.lens : null;
      const sized = this.sized?.pane === pane ? this.sized : this.sizeOf(pane, selected);
      pane.draw(this.painter, pane.rectangle, { shown: this.shown, selected, lens, sized });
    }
    if (!this.measured && this.panes.length && this.panes.every((pane) => pane.isSharp || !pane.picture)) {
      this.measured = true;
      this.painter.gl.finish();
      performance.mark("pictured");
      byId("stage").dataset.pictured = "yes";
    }
  }

  /** The circle of the selected calcification, with a grip to drag. */
  sizeOf(pane, finding) {
    if (!finding || finding.kind === "cluster" || !pane.view.unitMm || !this.shown.marks) return null;
    const diameter = diameterOf(finding);
    if (diameter === null) return null;
    return { pane, finding, x: finding.column + 0.5, y: finding.row + 0.5, radiusPx: diameter / 2 / pane.view.unitMm, text: "" };
  }

  // ---------------------------------------------------------------- findings

  select(finding, pane = this.active, isToBeShown = false) {
    this.active = pane;
    this.selected = finding ? { pane, finding } : null;
    if (finding && isToBeShown) this.show(finding, pane);
    for (const one of this.panes) one.isMoved = true;
    this.request();
    this.app.selectionChanged();
  }

  /** Centre a finding and magnify it; the view glides there unless the reader wants little motion. */
  show(finding, pane) {
    if (!this.large) {
      this.active = pane;
      this.hang(true);
      this.app.placeChanged();
    }
    const { view } = pane;
    const around = AROUND_MM / (view.unitMm ?? 0.07) / 2;
    let [left, top, right, bottom] = finding.box ?? [finding.column - around, finding.row - around, finding.column + around, finding.row + around];
    const room = finding.box ? Math.max(3 / (view.unitMm ?? 0.07), 0.2 * Math.max(right - left, bottom - top)) : 0;
    [left, top, right, bottom] = [left - room, top - room, right + room, bottom + room];
    const zoom = Math.min(view.zoomFor([left, top, right, bottom]) * 0.92, 8);
    this.glide(pane, { x: (left + right) / 2 + 0.5, y: (top + bottom) / 2 + 0.5, zoom });
  }

  glide(pane, target) {
    const { view } = pane;
    const start = { x: view.x, y: view.y, zoom: view.zoom };
    const began = performance.now();
    const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
    view.fitted = false;
    this.gliding = { pane, target };
    const goal = this.gliding;
    const step = () => {
      if (this.gliding !== goal) return;
      const share = isStill ? 1 : Math.min(1, (performance.now() - began) / GLIDE_MS);
      const eased = 1 - (1 - share) ** 3;
      view.zoom = start.zoom * (target.zoom / start.zoom) ** eased;
      view.x = start.x + (target.x - start.x) * eased;
      view.y = start.y + (target.y - start.y) * eased;
      this.moved(pane);
      if (share < 1) requestAnimationFrame(step);
      else this.gliding = null;
    };
    step();
  }

  /** The next or previous finding of the case; `isSpot` steps through single calcifications. */
  step(by, isSpot = false) {
    const panes = this.all;
    const steps = panes.flatMap((pane) => {
      const list = isSpot ? [...calcificationsOf(pane.result, pane.answers.state), ...pane.marks.findings.filter((one) => one.kind === "added")] : pane.marks.findings;
      return list.map((finding) => ({ pane, finding }));
    });
    if (!steps.length) return say("There is no finding in these views.");
    let at = this.selected ? steps.findIndex((one) => one.pane === this.selected.pane && one.finding.key === this.selected.finding.key) : -1;
    if (at < 0) {
      const first = steps.findIndex((one) => one.pane === this.active);
      at = by > 0 ? (first < 0 ? -1 : first - 1) : first < 0 ? steps.length : first;
      if (isSpot && this.selected?.finding.kind === "cluster") {
        const member = steps.findIndex((one) => one.pane === this.selected.pane && one.finding.id === this.selected.finding.item.members[0]);
        if (member >= 0) at = by > 0 ? member - 1 : member + 1;
      }
    }
    const next = steps[at + by];
    if (!next) return say(by > 0 ? "That was the last finding of these views. Page ↓ opens the next image." : "That was the first finding of these views.");
    if (next.pane !== this.active && this.large) {
      this.active = next.pane;
      this.hang(true);
      this.app.placeChanged();
    }
    this.select(next.finding, next.pane, true);
    return say(`${nameOfView(next.pane.image)}: ${nameOf(next.finding)}`);
  }

  // ---------------------------------------------------------------- answers

  /** The server has answered, or something waits to be saved. */
  answered(uid, answers) {
    const pane = this.all.find((one) => one.uid === uid);
    if (answers.isSaved && answers !== pane?.answers) this.everyAnswers.delete(`${answers.reader} ${uid}`);
    this.cache.get(uid)?.then((shown) => {
      if (answers.reader === this.app.reader) shown.answers = answers.state;
    }).catch(() => {});
    if (answers !== pane?.answers) return this.app.answersChanged(uid, answers);
    pane.rebuild();
    if (this.selected?.pane === pane) {
      const same = [...pane.marks.findings, ...calcificationsOf(pane.result, pane.answers.state)].find((one) => one.key === this.selected.finding.key);
      this.selected = same ? { pane, finding: same } : null;
    }
    this.sized = null;
    this.request();
    return this.app.answersChanged(uid, answers);
  }

  async send(action, pane = this.active) {
    try {
      await pane.answers.send(action);
      if (pane.result === null && pane.answers.state.answered) await this.reveal(pane);
      return true;
    } catch (error) {
      say(error.message, "bad");
      return false;
    }
  }

  /** Blinded reading: the reader has answered, so the result may be asked for. */
  async reveal(pane) {
    const shown = await this.known(pane.uid, true);
    if (!shown.result) return;
    pane.take(shown);
    pane.rebuild();
    this.request();
    this.app.selectionChanged();
  }

  get unsaved() {
    return [...this.everyAnswers.values()].some((answers) => !answers.isSaved);
  }

  /** Fetch what the next image needs, behind everything that is looked at. */
  async preload(uid) {
    const first = await this.known(uid);
    const shown = await Promise.all(first.case.map((other) => this.known(other)));
    if (!this.gallery) return;
    const kept = new Set([...this.all.map((pane) => pane.uid), ...first.case]);
    for (const one of shown) {
      if (!one.pixels.available) continue;
      const picture = this.gallery.open(first.case[shown.indexOf(one)], one.pixels);
      const height = byId("stage").clientHeight * devicePixelRatio;
      const level = picture.levelFor(height / one.pixels.rows);
      picture.want(level, [0, 0, one.pixels.columns - 1, one.pixels.rows - 1], 100);
    }
    this.gallery.trim(kept);
  }

  close() {
    this.panes = [];
    this.selected = null;
    this.lens = null;
    byId("panes").replaceChildren(h("span", {}));
  }
}
