// @ts-check
// A long list that holds only the cells in sight, so that many thousands stay quick.

import { gridOf, heightOf, inSight, placeOf, scrollTo } from "./cells.js";

/** @import { Cell, Grid } from "./cells.js" */

export class ListInSight {
  count = 0;
  /** @type {Cell} */
  cell = { width: null, height: 1, gap: 0 };
  /** @type {Grid} */
  grid = gridOf(this.cell, 0);
  /** Those in the document, by their place. @type {Map<number, HTMLElement>} */
  live = new Map();
  /** How many cells are in the document although out of sight: for paper. */
  kept = 0;

  /**
   * @param {HTMLElement} scroll What is scrolled.
   * @param {HTMLElement} holder Of the cells, inside of it.
   * @param {(place: number) => HTMLElement} make
   */
  constructor(scroll, holder, make) {
    this.scroll = scroll;
    this.holder = holder;
    this.make = make;
    scroll.addEventListener("scroll", () => this.draw(), { passive: true });
  }

  /**
   * Begin anew with other cells.
   *
   * @param {number} count
   * @param {Cell} cell
   */
  fill(count, cell) {
    for (const node of this.live.values()) node.remove();
    this.live.clear();
    this.count = count;
    this.cell = cell;
    this.lay();
  }

  /** Divide the list by its width, which may have changed. */
  lay() {
    if (!this.scroll.clientWidth) return;
    this.grid = gridOf(this.cell, this.scroll.clientWidth);
    this.holder.style.height = `${heightOf(this.grid, this.cell, this.count)}px`;
    for (const [place, node] of this.live) this.put(node, place);
    this.draw();
  }

  /**
   * Keep the first cells in the document, in sight or not; none for 0.
   *
   * @param {number} kept
   */
  keep(kept) {
    this.kept = kept;
    this.draw();
  }

  /** Put the cells in sight, and only those, into the document; that which has the focus stays. */
  draw() {
    const { scroll, live } = this;
    const [first, last] = this.kept ? [0, Math.min(this.count, this.kept)] : inSight(this.grid, this.count, { top: scroll.scrollTop, height: scroll.clientHeight });
    for (const [place, node] of live) {
      if ((place >= first && place < last) || node.contains(document.activeElement)) continue;
      node.remove();
      live.delete(place);
    }
    for (let place = first; place < last; place += 1) if (!live.has(place)) this.add(place);
  }

  /** @param {number} place */
  add(place) {
    const node = this.make(place);
    node.dataset.place = String(place);
    this.put(node, place);
    // The order in the document is the order of the keyboard.
    const after = [...this.live.keys()].filter((other) => other > place).sort((one, other) => one - other)[0];
    this.holder.insertBefore(node, this.live.get(after) ?? null);
    this.live.set(place, node);
  }

  /**
   * @param {HTMLElement} node
   * @param {number} place
   */
  put(node, place) {
    const { left, top } = placeOf(this.grid, this.cell, place);
    node.style.top = `${top}px`;
    if (this.cell.width === null) return;
    node.style.left = `${left}px`;
    node.style.width = `${this.grid.wide}px`;
  }

  /**
   * Bring a cell into sight; null where there is no such cell.
   *
   * @param {number} place
   * @param {number} head Height of what covers the upper edge.
   * @returns {HTMLElement | null}
   */
  reveal(place, head = 0) {
    if (place < 0 || place >= this.count) return null;
    const { scroll } = this;
    scroll.scrollTop = scrollTo(this.grid, this.cell, place, { top: scroll.scrollTop, height: scroll.clientHeight, head });
    this.draw();
    return this.live.get(place) ?? null;
  }
}
