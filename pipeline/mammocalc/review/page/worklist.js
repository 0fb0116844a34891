// The worklist: filters, order, search and a grid that holds only the cards in sight, so that thousands stay quick.

import { cardOf } from "./card.js";
import { byId, h, symbol, words } from "./dom.js";
import { PlainPictures } from "./plain.js";

const CARD = { width: 196, height: 292, gap: 14 };
const FACETS = [
  ["reading", "Reading"], ["distribution", "Distribution"], ["presence", "Presence"], ["side", "Side"],
  ["view", "View"], ["flags", "Flags"], ["status", "Files"],
];
const OF_FINDINGS = new Set(["distribution", "presence", "flags", "count", "time"]);  // no facet and no order of a blinded worklist
const PRESENCE = ["7 of 10 and more", "5 to 7", "below 5"];
const STORE = "mammocalc-worklist";

const valuesOf = {
  reading: (image) => [image.agreed ? "agreed" : image.read ? "read" : "unread"],
  distribution: (image) => (image.distribution ? [image.distribution] : []),
  presence: (image) => {
    const level = image.presence_level;
    if (level === null || level === undefined) return [];
    return [PRESENCE[level >= 7 ? 0 : level >= 5 ? 1 : 2]];
  },
  side: (image) => [image.laterality],
  view: (image) => [image.view],
  flags: (image) => image.flags ?? [],
  status: () => ["judged"],
};

export class Worklist {
  constructor(app) {
    this.app = app;
    const isAllowed = (name) => !app.run.blinded || !OF_FINDINGS.has(name);
    this.facets = FACETS.filter(([name]) => isAllowed(name));
    for (const option of [...byId("order").options]) if (!isAllowed(option.value)) option.remove();
    this.chosen = Object.fromEntries(this.facets.map(([name]) => [name, new Set()]));
    this.order = byId("order").value;
    this.text = "";
    this.active = 0;
    this.images = [];
    this.failed = [];
    this.shown = [];
    this.cards = new Map();
    this.plain = new PlainPictures();
    this.recall();
    byId("search").value = this.text;
    byId("order").value = this.order;
    byId("search").addEventListener("input", (event) => this.change(() => { this.text = event.target.value; }));
    byId("order").addEventListener("change", (event) => this.change(() => { this.order = event.target.value; }));
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
      if ([...byId("order").options].some((option) => option.value === kept.order)) this.order = kept.order;
      this.text = kept.text;
      for (const [name, values] of Object.entries(kept.chosen)) if (name in this.chosen) this.chosen[name] = new Set(values);
    } catch {
      sessionStorage.removeItem(STORE);
    }
  }

  change(what) {
    what();
    this.active = 0;
    byId("scroll").scrollTop = 0;
    const chosen = Object.fromEntries(Object.entries(this.chosen).map(([name, set]) => [name, [...set]]));
    sessionStorage.setItem(STORE, JSON.stringify({ order: this.order, text: this.text, chosen }));
    this.show();
  }

  fill({ images, failed }) {
    this.images = images;
    this.failed = failed;
    this.show();
  }

  /** Put the reader's newest answer of one image in. */
  note(uid, { read, agreed }) {
    const image = this.images.find((one) => one.uid === uid);
    if (image) Object.assign(image, { read, agreed });
  }

  get readCount() {
    return this.images.filter((image) => image.read || image.agreed).length;
  }

  /** Whether one of some texts holds what is searched for. */
  holds(texts) {
    const wanted = this.text.trim().toLowerCase();
    return texts.some((text) => String(text ?? "").toLowerCase().includes(wanted));
  }

  matches(image, but = null) {
    if (!this.holds([image.uid, image.series_uid, image.study_uid, image.patient_key, image.file])) return false;
    const isLike = (name) => valuesOf[name](image).some((value) => this.chosen[name].has(value));
    return this.facets.every(([name]) => name === but || !this.chosen[name].size || isLike(name));
  }

  matchesFile(file) {
    if (!this.holds([file.path, file.reason, file.message])) return false;
    if (this.chosen.status.size && !this.chosen.status.has(file.status)) return false;
    return this.facets.every(([name]) => name === "status" || !this.chosen[name].size);
  }

  show() {
    const compare = this.comparison();
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

  comparison() {
    const labels = this.app.vocabulary.distributions;
    const down = (value) => (one, other) => (value(other) ?? -1) - (value(one) ?? -1);
    const rank = {
      presence: down((image) => image.presence_level),
      count: down((image) => image.counts?.calcifications ?? 0),
      time: down((image) => image.seconds),
    };
    const sides = ["RCC", "LCC", "RMLO", "LMLO"];
    const hung = (image) => (sides.indexOf(image.laterality + image.view) + 5) % 5;
    rank.distribution = (one, other) => labels.indexOf(one.distribution) - labels.indexOf(other.distribution) || rank.presence(one, other);
    const alphabetical = (one, other) => String(one).localeCompare(String(other));
    rank.case = (one, other) => alphabetical(one.patient_key, other.patient_key)
      || alphabetical(one.study_uid, other.study_uid) || hung(one) - hung(other);
    return (one, other) => rank[this.order](one, other) || one.uid.localeCompare(other.uid);
  }

  showFacets() {
    const focused = document.activeElement?.dataset?.option;
    const groups = this.facets.map(([name, title]) => this.facet(name, title)).filter(Boolean);
    byId("groups").replaceChildren(...groups);
    if (focused) byId("groups").querySelector(`[data-option="${CSS.escape(focused)}"]`)?.focus();
  }

  facet(name, title) {
    const counts = new Map();
    const all = new Set();
    for (const image of this.images) {
      const isIn = this.matches(image, name);
      for (const value of valuesOf[name](image)) {
        all.add(value);
        if (isIn) counts.set(value, (counts.get(value) ?? 0) + 1);
      }
    }
    for (const { status } of name === "status" ? this.failed : []) {
      all.add(status);
      counts.set(status, (counts.get(status) ?? 0) + 1);
    }
    if (all.size < 2 && name !== "flags") return null;
    if (!all.size) return null;
    const order = {
      distribution: this.app.vocabulary.distributions, reading: ["unread", "read", "agreed"],
      status: ["judged", "skipped", "failed"], presence: PRESENCE,
    }[name];
    const values = [...all].sort((one, other) => (order ? order.indexOf(one) - order.indexOf(other) : one.localeCompare(other)));
    const options = values.map((value) => {
      const box = h("input", { type: "checkbox", checked: this.chosen[name].has(value), data: { option: `${name}:${value}` } });
      box.addEventListener("change", () => this.change(() => this.chosen[name][box.checked ? "add" : "delete"](value)));
      const look = name === "distribution" ? symbol(this.app.vocabulary.palette[value]) : null;
      const sentence = name === "flags" ? this.app.vocabulary.flags[value] : null;
      const count = counts.get(value) ?? 0;
      return h("label", { class: `option${count ? "" : " none"}`, title: sentence },
        box, look, h("span", { class: "name" }, words(value)), h("span", { class: "number" }, String(count)));
    });
    return h("fieldset", {}, h("legend", {}, title), ...options);
  }

  /** Put the cards in sight, and only those, into the document. */
  lay() {
    const scroll = byId("scroll");
    if (!scroll.clientWidth || !this.entries) return;
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
        byId("cards").insertBefore(card, after === undefined ? null : this.cards.get(after));
      }
      card.style.left = `${CARD.gap + (index % this.across) * step}px`;
      card.style.top = `${CARD.gap + Math.floor(index / this.across) * pitch}px`;
      card.style.width = `${step - CARD.gap}px`;
    }
  }

  card(entry, index) {
    const { vocabulary, reader } = this.app;
    const attributes = { tabIndex: index === this.active ? 0 : -1, onfocus: () => this.makeActive(index) };
    return cardOf(entry, { vocabulary, reader, plain: this.plain }, attributes);
  }

  makeActive(index) {
    const before = this.cards.get(this.active);
    if (before) before.tabIndex = -1;
    this.active = index;
    const card = this.cards.get(index);
    if (card) card.tabIndex = 0;
  }

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
    if (!this.entries?.length || index < 0 || index >= this.entries.length) return;
    const scroll = byId("scroll");
    const top = Math.floor(index / (this.across || 1)) * (CARD.height + CARD.gap);
    const end = top + CARD.height + 2 * CARD.gap;
    if (top < scroll.scrollTop) scroll.scrollTop = top;
    else if (end > scroll.scrollTop + scroll.clientHeight) scroll.scrollTop = end - scroll.clientHeight;
    this.lay();
    this.makeActive(index);
    this.cards.get(index)?.focus({ preventScroll: true });
  }

  focusOn(uid) {
    const index = this.entries?.findIndex((entry) => entry.uid === uid) ?? -1;
    this.focus(index < 0 ? this.active : index);
  }
}
