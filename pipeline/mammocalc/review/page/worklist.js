// @ts-check
// The worklist: filters, order, search and a grid that holds only the cards in sight, so that thousands stay quick.

import { cardOf } from "./card.js";
import { byId, h, symbol, words } from "./dom.js";
import { ThumbnailQueue } from "./thumbnail_queue.js";
import { FACETS, OF_FINDINGS, ORDER_OF, VALUES_OF, comparison, hasPriors } from "./worklist_order.js";

/**
 * @import { ListedFile, ListedImage, RunInfo, Vocabulary, WorklistAnswer } from "./types.js"
 * @import { FacetName } from "./worklist_order.js"
 */

const CARD = { width: 196, height: 292, gap: 14 };
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
  /** Whether it was filled: there is nothing to lay out before. */
  isFilled = false;
  /** Whether the reader has chosen an order in this session. */
  isOrdered = false;
  /** Cards in a row. */
  across = 1;
  /** Those in the document, by their place. @type {Map<number, HTMLElement>} */
  cards = new Map();
  plain = new ThumbnailQueue();

  /** @param {Page} app */
  constructor(app) {
    this.app = app;
    const isAllowed = (/** @type {string} */ name) => !app.run.blinded || !OF_FINDINGS.has(name);
    this.facets = FACETS.filter(([name]) => isAllowed(name));
    for (const option of [...byId("order").options]) if (!isAllowed(option.value)) option.remove();
    /** @type {Record<string, Set<string>>} */
    this.chosen = Object.fromEntries(this.facets.map(([name]) => [name, new Set()]));
    this.order = byId("order").value;
    this.recall();
    byId("search").value = this.text;
    byId("order").value = this.order;
    byId("search").addEventListener("input", () => this.change(() => { this.text = byId("search").value; }));
    byId("order").addEventListener("change", () => this.change(() => { this.order = byId("order").value; }));
    byId("facets").addEventListener("submit", (event) => event.preventDefault());
    byId("clear").addEventListener("click", () => this.change(() => {
      this.text = byId("search").value = "";
      for (const set of Object.values(this.chosen)) set.clear();
    }));
    byId("scroll").addEventListener("scroll", () => this.lay());
    byId("cards").addEventListener("keydown", (event) => this.move(event));
    new ResizeObserver(() => this.lay()).observe(byId("scroll"));
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
   * Whether one of some texts holds what is searched for.
   *
   * @param {(string | null)[]} texts
   */
  holds(texts) {
    const wanted = this.text.trim().toLowerCase();
    return texts.some((text) => String(text ?? "").toLowerCase().includes(wanted));
  }

  /**
   * @param {ListedImage} image
   * @param {FacetName | null} but A facet that is not asked.
   */
  matches(image, but = null) {
    if (!this.holds([image.uid, image.series_uid, image.study_uid, image.patient_key, image.file])) return false;
    const isLike = (/** @type {FacetName} */ name) => VALUES_OF[name](image).some((value) => this.chosen[name].has(value));
    return this.facets.every(([name]) => name === but || !this.chosen[name].size || isLike(name));
  }

  /** @param {ListedFile} file */
  matchesFile(file) {
    if (!this.holds([file.path, file.reason, file.message])) return false;
    if (this.chosen.status.size && !this.chosen.status.has(file.status)) return false;
    return this.facets.every(([name]) => name === "status" || !this.chosen[name].size);
  }

  show() {
    const compare = comparison(this.order, this.app.vocabulary.distributions);
    this.shown = this.images.filter((image) => this.matches(image)).sort(compare);
    const files = this.failed.filter((file) => this.matchesFile(file));
    this.entries = [...this.shown, ...files];
    const others = files.length ? `, ${files.length} files without a result` : "";
    byId("shown").textContent = `${this.shown.length} of ${this.images.length} images${others}`;
    byId("empty").hidden = this.entries.length > 0;
    this.active = Math.min(this.active, Math.max(0, this.entries.length - 1));
    for (const card of this.cards.values()) card.remove();
    this.cards.clear();
    this.showFacets();
    this.lay();
  }

  showFacets() {
    const { activeElement } = document;
    const focused = activeElement instanceof HTMLElement ? activeElement.dataset.option : undefined;
    byId("groups").replaceChildren(...this.facets.flatMap(([name, title]) => this.facet(name, title) ?? []));
    const again = focused ? byId("groups").querySelector(`[data-option="${CSS.escape(focused)}"]`) : null;
    if (again instanceof HTMLElement) again.focus();
  }

  /**
   * @param {FacetName} name
   * @param {string} title
   */
  facet(name, title) {
    const counts = this.countsOf(name);
    if (counts.size < (name === "flags" ? 1 : 2)) return null;
    const order = name === "distribution" ? this.app.vocabulary.distributions : ORDER_OF[name];
    const values = [...counts.keys()].sort((one, other) => (order ? order.indexOf(one) - order.indexOf(other) : one.localeCompare(other)));
    return h("fieldset", {}, h("legend", {}, title), ...values.map((value) => this.option(name, value, counts.get(value) ?? 0)));
  }

  /**
   * What images have, and how many that the other facets let through have it.
   *
   * @param {FacetName} name
   */
  countsOf(name) {
    /** @type {Map<string, number>} */
    const counts = new Map();
    for (const image of this.images) {
      const one = this.matches(image, name) ? 1 : 0;
      for (const value of VALUES_OF[name](image)) counts.set(value, (counts.get(value) ?? 0) + one);
    }
    for (const { status } of name === "status" ? this.failed : []) counts.set(status, (counts.get(status) ?? 0) + 1);
    return counts;
  }

  /**
   * @param {FacetName} name
   * @param {string} value
   * @param {number} count
   */
  option(name, value, count) {
    const chosen = this.chosen[name];
    const box = h("input", { type: "checkbox", checked: chosen.has(value), data: { option: `${name}:${value}` } });
    box.addEventListener("change", () => this.change(() => {
      if (box.checked) chosen.add(value);
      else chosen.delete(value);
    }));
    const look = name === "distribution" ? symbol(this.app.vocabulary.palette[value]) : null;
    const sentence = name === "flags" ? this.app.vocabulary.flags[value] : null;
    return h("label", { class: `option${count ? "" : " none"}`, title: sentence },
      box, look, h("span", { class: "name" }, words(value)), h("span", { class: "number" }, String(count)));
  }

  /** Put the cards in sight, and only those, into the document. */
  lay() {
    const scroll = byId("scroll");
    if (!scroll.clientWidth || !this.isFilled) return;
    const wide = scroll.clientWidth - 2 * CARD.gap;
    this.across = Math.max(1, Math.floor((wide + CARD.gap) / (CARD.width + CARD.gap)));
    const step = (wide + CARD.gap) / this.across;
    const pitch = CARD.height + CARD.gap;
    byId("cards").style.height = `${Math.ceil(this.entries.length / this.across) * pitch + CARD.gap}px`;
    const first = Math.max(0, Math.floor(scroll.scrollTop / pitch) - 1) * this.across;
    const last = Math.min(this.entries.length, (Math.ceil((scroll.scrollTop + scroll.clientHeight) / pitch) + 1) * this.across);
    for (const [index, card] of this.cards) {
      if ((index < first || index >= last) && card !== document.activeElement) {
        card.remove();
        this.cards.delete(index);
      }
    }
    for (let index = first; index < last; index += 1) {
      let card = this.cards.get(index);
      if (!card) {
        card = this.card(this.entries[index], index);
        this.cards.set(index, card);
        const after = [...this.cards.keys()].filter((other) => other > index).sort((a, b) => a - b)[0];
        byId("cards").insertBefore(card, this.cards.get(after) ?? null);
      }
      card.style.left = `${CARD.gap + (index % this.across) * step}px`;
      card.style.top = `${CARD.gap + Math.floor(index / this.across) * pitch}px`;
      card.style.width = `${step - CARD.gap}px`;
    }
  }

  /**
   * @param {ListedImage | ListedFile} entry
   * @param {number} index
   */
  card(entry, index) {
    const { vocabulary, reader } = this.app;
    const attributes = { tabIndex: index === this.active ? 0 : -1, onfocus: () => this.makeActive(index) };
    return cardOf(entry, { vocabulary, reader, plain: this.plain }, attributes);
  }

  /** @param {number} index */
  makeActive(index) {
    const before = this.cards.get(this.active);
    if (before) before.tabIndex = -1;
    this.active = index;
    const card = this.cards.get(index);
    if (card) card.tabIndex = 0;
  }

  /** @param {KeyboardEvent} event */
  move(event) {
    const step = {
      ArrowRight: 1, ArrowLeft: -1, ArrowDown: this.across, ArrowUp: -this.across,
      Home: -this.active, End: this.entries.length - 1 - this.active,
    }[event.key];
    if (step === undefined || event.ctrlKey || event.altKey) return;
    event.preventDefault();
    this.focus(this.active + step);
  }

  /** Bring an entry into sight and give it the focus. */
  focus(index = this.active) {
    if (index < 0 || index >= this.entries.length) return;
    const scroll = byId("scroll");
    const top = Math.floor(index / this.across) * (CARD.height + CARD.gap);
    const end = top + CARD.height + 2 * CARD.gap;
    if (top < scroll.scrollTop) scroll.scrollTop = top;
    else if (end > scroll.scrollTop + scroll.clientHeight) scroll.scrollTop = end - scroll.clientHeight;
    this.lay();
    this.makeActive(index);
    this.cards.get(index)?.focus({ preventScroll: true });
  }

  /** @param {string} uid */
  focusOn(uid) {
    const index = this.entries.findIndex((entry) => entry.uid === uid);
    this.focus(index < 0 ? this.active : index);
  }
}
