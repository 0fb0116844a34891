// @ts-check
// The greys of one image: levels of half the size each, in tiles, fetched where they are looked at, coarse ones first.

import { getTile } from "./api.js";
import { cut, emptyLevel, tilesIn } from "./levels.js";
import { enqueue } from "./tile_queue.js";

/**
 * @import { Box, Piece, PixelInfo, Point } from "./types.js"
 * @import { Level, Tile } from "./levels.js"
 * @import { Painter } from "./painter.js"
 */

const LARGEST = 8192;  // side of a texture: all graphics cards of today take it

export class Picture {
  closed = false;
  bytes = 0;
  /** @type {Error | null} */
  error = null;
  abort = new AbortController();

  /**
   * @param {string} uid
   * @param {PixelInfo} info What the server says of the pixels of an image.
   * @param {Painter} painter
   * @param {() => void} changed Called when more can be drawn.
   */
  constructor(uid, info, painter, changed) {
    this.uid = uid;
    this.info = info;
    this.painter = painter;
    this.changed = changed;
    this.levels = info.levels.map(emptyLevel);
    this.coarsest = this.levels.length - 1;
  }

  /**
   * The textures of a level: one, or several where it exceeds the limit of the graphics card.
   *
   * @param {Level} level
   */
  blocksOf(level) {
    level.blocks ??= cut(level, Math.min(this.painter.largest, LARGEST)).map(({ box, rim }) => (
      { box, rim, texture: this.painter.texture(rim.bottom - rim.top, rim.right - rim.left) }
    ));
    return level.blocks;
  }

  /**
   * @param {Level} level
   * @param {Tile} tile
   */
  put(level, tile) {
    const { values } = tile;
    if (!values) return;
    const top = tile.row * level.side;
    const left = tile.column * level.side;
    for (const { rim, texture } of this.blocksOf(level)) {
      const first = [Math.max(top, rim.top), Math.max(left, rim.left)];
      const end = [Math.min(top + tile.rows, rim.bottom), Math.min(left + tile.columns, rim.right)];
      if (first[0] >= end[0] || first[1] >= end[1]) continue;
      /** @type {Point} */
      const from = [first[0] - top, first[1] - left];
      /** @type {Point} */
      const to = [first[0] - rim.top, first[1] - rim.left];
      this.painter.upload(texture, values, tile.columns, from, to, end[0] - first[0], end[1] - first[1]);
    }
  }

  /** After a loss of the graphics context: everything again from memory. */
  restore() {
    for (const level of this.levels) {
      level.blocks = null;
      for (const tile of level.tiles.values()) this.put(level, tile);
    }
  }

  /**
   * @param {number} index
   * @param {number} row
   * @param {number} column
   * @param {number} priority
   */
  fetch(index, row, column, priority) {
    const level = this.levels[index];
    const key = row * level.wide + column;
    const known = level.tiles.get(key);
    if (known) {
      if (known.job && priority < known.job.priority) known.job.priority = priority;
      return known.ready;
    }
    const rows = Math.min(level.side, level.rows - row * level.side);
    const columns = Math.min(level.side, level.columns - column * level.side);
    /** @type {Tile} */
    const tile = { row, column, rows, columns, values: null, job: null, ready: Promise.resolve() };
    level.tiles.set(key, tile);
    tile.ready = new Promise((resolve) => {
      const run = () => this.load(level, tile).then(resolve);
      tile.job = { priority, run };
      enqueue(tile.job);
    });
    return tile.ready;
  }

  /**
   * Ask the server for a tile; what goes wrong is kept as `error`.
   *
   * @param {Level} level
   * @param {Tile} tile
   */
  async load(level, tile) {
    tile.job = null;
    if (this.closed) return;
    try {
      const values = await getTile(this.uid, level.level, tile.row, tile.column, this.abort.signal);
      if (this.closed) return;
      if (values.length !== tile.rows * tile.columns) throw new Error("A tile of the image came in another size than announced.");
      tile.values = values;
      this.bytes += values.byteLength;
      this.put(level, tile);
      this.error = null;
    } catch (error) {
      level.tiles.delete(tile.row * level.wide + tile.column);
      if (error instanceof Error && error.name !== "AbortError") this.error = error;
    }
    this.changed();
  }

  /**
   * Which level has about one texel per device pixel.
   *
   * @param {number} scale
   */
  levelFor(scale) {
    const wanted = Math.floor(Math.log2(1 / Math.max(scale, 1e-6)) + 0.3);
    return Math.min(this.coarsest, Math.max(0, wanted));
  }

  /**
   * Fetch what a view needs: the coarsest level whole, then the tiles of its own level.
   *
   * @param {number} index
   * @param {Box} box
   */
  async want(index, box, priority = 0) {
    const jobs = tilesIn(this.levels[this.coarsest], [0, 0, this.info.columns - 1, this.info.rows - 1]);
    await Promise.all(jobs.map(([row, column]) => this.fetch(this.coarsest, row, column, priority)));
    if (this.closed || index === this.coarsest) return;
    await Promise.all(tilesIn(this.levels[index], box).map(([row, column]) => this.fetch(index, row, column, priority + 1)));
  }

  /**
   * @param {number} index
   * @param {number} row
   * @param {number} column
   */
  has(index, row, column) {
    const level = this.levels[index];
    return Boolean(level.tiles.get(row * level.wide + column)?.values);
  }

  /**
   * Whether all tiles of a level that meet a box are here.
   *
   * @param {number} index
   * @param {Box} box
   */
  isHere(index, box) {
    return tilesIn(this.levels[index], box).every((place) => this.has(index, ...place));
  }

  /**
   * What can be drawn of a view, coarse pieces first, so that fine ones cover them.
   *
   * @param {number} index
   * @param {Box} box
   * @returns {Piece[]}
   */
  pieces(index, box) {
    let base = index;
    while (base < this.coarsest && !this.isHere(base, box)) base += 1;
    /** @type {Piece[]} */
    const drawn = [];
    for (let at = base; at >= index; at -= 1) {
      const level = this.levels[at];
      for (const [row, column] of tilesIn(level, box)) {
        const tile = level.tiles.get(row * level.wide + column);
        if (tile?.values) drawn.push(...this.piecesOf(level, tile));
      }
    }
    return drawn;
  }

  /**
   * A tile, divided as the textures of its level are.
   *
   * @param {Level} level
   * @param {Tile} tile
   * @returns {Piece[]}
   */
  piecesOf(level, tile) {
    const { shrink } = level;
    const top = tile.row * level.side;
    const left = tile.column * level.side;
    return this.blocksOf(level).flatMap(({ box, rim, texture }, number) => {
      const part = {
        left: Math.max(left, box.left), top: Math.max(top, box.top),
        right: Math.min(left + tile.columns, box.right), bottom: Math.min(top + tile.rows, box.bottom),
      };
      if (part.left >= part.right || part.top >= part.bottom) return [];
      /** @type {Box} */
      const place = [
        Math.min(this.info.columns, part.left * shrink), Math.min(this.info.rows, part.top * shrink),
        Math.min(this.info.columns, part.right * shrink), Math.min(this.info.rows, part.bottom * shrink),
      ];
      const name = `${this.uid} ${level.level} ${tile.row} ${tile.column} ${number}`;
      return [{ name, texture, box: place, shrink, origin: [rim.left, rim.top] }];
    });
  }

  /**
   * The grey value at a stored pixel, or null where level 0 is not here yet.
   *
   * @param {number} row
   * @param {number} column
   */
  valueAt(row, column) {
    const level = this.levels[0];
    const tile = level.tiles.get(Math.floor(row / level.side) * level.wide + Math.floor(column / level.side));
    if (!tile?.values) return null;
    return tile.values[(row - tile.row * level.side) * tile.columns + (column - tile.column * level.side)] ?? null;
  }

  /**
   * What a value means in the file; a raw exposure comes as its logarithm, which has no unit.
   *
   * @param {number} value
   */
  meaning(value) {
    const { slope, offset } = this.info;
    return slope === null || offset === null ? value : offset + slope * value;
  }

  get step() {
    return Math.abs(this.info.slope ?? 1);
  }

  /** All values of the coarsest level, for a window of one's own; null until they are here. */
  sample() {
    const tiles = [...this.levels[this.coarsest].tiles.values()];
    const here = tiles.flatMap((tile) => tile.values ?? []);
    return tiles.length && here.length === tiles.length ? here : null;
  }

  close() {
    this.closed = true;
    this.abort.abort();
    for (const level of this.levels) for (const block of level.blocks ?? []) this.painter.forget(block.texture);
  }
}
