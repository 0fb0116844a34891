// @ts-check
// The worklist: filters, order, search and a grid that holds only the cards in sight, so that thousands stay quick.

import { moved } from "../../rendering/pages/scripts/cells.js";
import { FacetPanel } from "../../rendering/pages/scripts/facet_panel.js";
import { encode, facetOf, pass } from "../../rendering/pages/scripts/facets.js";
import { ListInSight } from "../../rendering/pages/scripts/list_in_sight.js";
import { cardOf } from "./card.js";
import { byId } from "./dom.js";
import { ThumbnailQueue } from "./thumbnail_queue.js";
import { FACETS, OF_FINDINGS, ORDER_OF, VALUES_OF, comparison, hasPriors } from "./worklist_order.js";

/**
 * @import { ListedFile, ListedImage, RunInfo, Vocabulary, WorklistAnswer } from "./types.js"
 * @import { Facet } from "../../rendering/pages/scripts/facets.js"
 * @import { FacetName } from "./worklist_order.js"
 */

const CARD = { width: 196, height: 312, gap: 14, isStretched: true };
const STORE = "mammocalc-worklist";

/**
 * What the worklist needs of the page.
 *
 * @typedef {{ run: RunInfo, vocabulary: Vocabulary, reader: string | null }} Page
 */

export class Worklist {
  text = "";
  /** The entry that has the focus, or would have it. */
  active = 0;
  /** @type {ListedImage[]} */
  images = [];
  /** @type {ListedFile[]} */
  failed = [];
  /** What the filters let through. @type {ListedImage[]} */
  shown = [];
  /** The same, and files without a result behind. @type {(ListedImage | ListedFile)[]} */
  entries = [];
  /** What it can be filtered by. @type {Facet[]} */
  facets = [];
  /** Whether it was filled: the first time, it takes its order from what there is. */
  isFilled = false;
  /** Whether the reader has chosen an order in this session. */
  isOrdered = false;
  plain = new ThumbnailQueue();

  /** @param {Page} app */
  constructor(app) {
    this.app = app;
    const isAllowed = (/** @type {string} */ name) => !app.run.blinded || !OF_FINDINGS.has(name);
    this.names = FACETS.filter(([name]) => isAllowed(name));
    for (const option of [...byId("order").options]) if (!isAllowed(option.value)) option.remove();
    /** @type {Record<string, Set<string>>} */
    this.chosen = Object.fromEntries(this.names.map(([name]) => [name, new Set()]));
    this.order = byId("order").value;
    this.list = new ListInSight(byId("scroll"), byId("cards"), (place) => this.card(place));
    this.panel = new FacetPanel(byId("groups"), { looks: app.vocabulary.palette, sentences: app.vocabulary.flags, changed: () => this.change(() => {}) });
    this.recall();
    byId("search").value = this.text;
    byId("order").value = this.order;
    byId("search").addEventListener("input", () => this.change(() => { this.text = byId("search").value; }));
    byId("order").addEventListener("change", () => this.change(() => { this.order = byId("order").value; }));
    byId("facets").addEventListener("submit", (event) => event.preventDefault());
    byId("clear").addEventListener("click", () => this.change(() => {
      this.text = byId("search").value = "";
      for (const set of Object.values(this.chosen)) set.clear();
      this.panel.clear();
    }));
    byId("cards").addEventListener("keydown", (event) => this.move(event));
    new ResizeObserver(() => this.list.lay()).observe(byId("scroll"));
  }

  recall() {
    try {
      const kept = JSON.parse(sessionStorage.getItem(STORE) ?? "null");
      if (!kept) return;
      // What was kept may be of another session: an order or a filter that is not there is none.
      if ([...byId("order").options].some((option) => option.value === kept.order)) {
        this.order = kept.order;
        this.isOrdered = true;
      }
      this.text = kept.text;
      for (const [name, values] of Object.entries(kept.chosen)) {
        if (name in this.chosen) this.chosen[name] = new Set(/** @type {string[]} */ (values));
      }
    } catch {
      sessionStorage.removeItem(STORE);
    }
  }

  /** @param {() => void} what Changes filters, order or search. */
  change(what) {
    what();
    this.active = 0;
    byId("scroll").scrollTop = 0;
    const chosen = Object.fromEntries(Object.entries(this.chosen).map(([name, set]) => [name, [...set]]));
    sessionStorage.setItem(STORE, JSON.stringify({ order: this.order, text: this.text, chosen }));
    this.show();
  }

  /** @param {WorklistAnswer} worklist */
  fill({ images, failed }) {
    if (!this.isFilled && !this.isOrdered && hasPriors(images)) this.order = byId("order").value = "case";
    this.isFilled = true;
    this.images = images;
    this.failed = failed;
    this.facets = this.names.map(([name, title]) => this.facet(name, title));
    this.panel.build(this.choices);
    this.show();
  }

  /**
   * Put the reader's newest answer of one image in.
   *
   * @param {string} uid
   * @param {{ read: boolean, agreed: boolean }} state
   */
  note(uid, { read, agreed }) {
    const image = this.images.find((one) => one.uid === uid);
    if (image) Object.assign(image, { read, agreed });
  }

  get readCount() {
    return this.images.filter((image) => image.read || image.agreed).length;
  }

  /**
   * @param {FacetName} name
   * @param {string} title
   * @returns {Facet}
   */
  facet(name, title) {
    const files = this.failed.map(({ status }) => (name === "status" ? [status] : []));
    const coded = encode([...this.images.map(VALUES_OF[name]), ...files]);
    const order = name === "distribution" ? this.app.vocabulary.distributions : ORDER_OF[name];
    return { ...facetOf(name, title, coded, order), chosen: this.chosen[name] };
  }

  /** The facets in which images differ. */
  get choices() {
    return this.facets.filter(({ name, options }) => options.length >= (name === "flags" ? 1 : 2));
  }

  /**
   * Whether an image, or a file without a result behind them, holds what is searched for.
   *
   * @param {number} row
   */
  holds(row) {
    const wanted = this.text.trim().toLowerCase();
    if (!wanted) return true;
    const image = this.images[row];
    const file = this.failed[row - this.images.length];
    const texts = image ? [image.uid, image.series_uid, image.study_uid, image.patient_key, image.file] : [file.path, file.reason, file.message];
    return texts.some((text) => String(text ?? "").toLowerCase().includes(wanted));
  }

  show() {
    const { images, failed } = this;
    const { rows, counts } = pass(this.facets, images.length + failed.length, (row) => this.holds(row));
    this.shown = rows.flatMap((row) => images[row] ?? []).sort(comparison(this.order, this.app.vocabulary.distributions));
    const files = rows.flatMap((row) => failed[row - images.length] ?? []);
    this.entries = [...this.shown, ...files];
    const others = files.length ? `, ${files.length} files without a result` : "";
    byId("shown").textContent = `${this.shown.length} of ${images.length} images${others}`;
    byId("empty").hidden = this.entries.length > 0;
    this.active = Math.min(this.active, Math.max(0, this.entries.length - 1));
    this.panel.say(this.choices.map((facet) => counts[this.facets.indexOf(facet)]));
    this.list.fill(this.entries.length, CARD);
  }

  /** @param {number} place */
  card(place) {
    const { vocabulary, reader } = this.app;
    const attributes = { tabIndex: place === this.active ? 0 : -1, onfocus: () => this.makeActive(place) };
    return cardOf(this.entries[place], { vocabulary, reader, plain: this.plain }, attributes);
  }

  /** @param {number} place */
  makeActive(place) {
    const { live } = this.list;
    const before = live.get(this.active);
    if (before) before.tabIndex = -1;
    this.active = place;
    const card = live.get(place);
    if (card) card.tabIndex = 0;
  }

  /** @param {KeyboardEvent} event */
  move(event) {
    const { grid: { across }, count } = this.list;
    const target = event.ctrlKey || event.altKey ? null : moved(event.key, this.active, { across, count, isGrid: true });
    if (target === null) return;
    event.preventDefault();
    this.focus(target);
  }

  /** Bring an entry into sight and give it the focus. */
  focus(place = this.active) {
    const card = this.list.reveal(place);
    if (!card) return;
    this.makeActive(place);
    card.focus({ preventScroll: true });
  }

  /** @param {string} uid */
  focusOn(uid) {
    const place = this.entries.findIndex((entry) => entry.uid === uid);
    this.focus(place < 0 ? this.active : place);
  }
}
