// The greys of one image: levels of half the size each, in tiles, fetched where they are looked at, coarse ones first.

import { getTile } from "./api.js";

const AT_ONCE = 4;  // requests in flight: enough to keep a loopback server busy, few enough that urgent ones come soon
const BUDGET = 400e6;  // bytes of greys kept; about ten full mammograms

const waiting = [];
let running = 0;

function pump() {
  while (running < AT_ONCE && waiting.length) {
    waiting.sort((one, other) => one.priority - other.priority);
    const job = waiting.shift();
    running += 1;
    job.run().finally(() => {
      running -= 1;
      pump();
    });
  }
}

export class Picture {
  /** `info` is what the server says of the pixels of an image; `changed` is called when more can be drawn. */
  constructor(uid, info, painter, changed) {
    Object.assign(this, { uid, info, painter, changed, closed: false, bytes: 0, error: null });
    this.abort = new AbortController();
    this.levels = info.levels.map((level) => ({
      ...level,
      shrink: 2 ** level.level,  // the last texel of an odd side lies half beyond the border
      tiles: new Map(),
      wide: level.tiles[1],
      high: level.tiles[0],
      side: level.tile,
      blocks: null,
    }));
    this.coarsest = this.levels.length - 1;
  }

  /** The textures of a level: one, or several with a rim of one texel in common where it exceeds the limit. */
  blocksOf(level) {
    if (level.blocks) return level.blocks;
    const core = Math.min(this.painter.largest, 8192) - 2;
    level.blocks = [];
    for (let top = 0; top < level.rows; top += core) {
      for (let left = 0; left < level.columns; left += core) {
        const box = { top, left, bottom: Math.min(level.rows, top + core), right: Math.min(level.columns, left + core) };
        const rim = {
          top: Math.max(0, top - 1), left: Math.max(0, left - 1),
          bottom: Math.min(level.rows, box.bottom + 1), right: Math.min(level.columns, box.right + 1),
        };
        const texture = this.painter.texture(rim.bottom - rim.top, rim.right - rim.left);
        level.blocks.push({ box, rim, texture });
      }
    }
    return level.blocks;
  }

  put(level, tile) {
    const top = tile.row * level.side;
    const left = tile.column * level.side;
    for (const { rim, texture } of this.blocksOf(level)) {
      const first = [Math.max(top, rim.top), Math.max(left, rim.left)];
      const end = [Math.min(top + tile.rows, rim.bottom), Math.min(left + tile.columns, rim.right)];
      if (first[0] >= end[0] || first[1] >= end[1]) continue;
      const from = [first[0] - top, first[1] - left];
      const to = [first[0] - rim.top, first[1] - rim.left];
      this.painter.upload(texture, tile.values, tile.columns, from, to, end[0] - first[0], end[1] - first[1]);
    }
  }

  /** After a loss of the graphics context: everything again from memory. */
  restore() {
    for (const level of this.levels) {
      level.blocks = null;
      for (const tile of level.tiles.values()) if (tile.values) this.put(level, tile);
    }
  }

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
    const tile = { row, column, rows, columns, values: null };
    level.tiles.set(key, tile);
    tile.ready = new Promise((resolve) => {
      const run = async () => {
        tile.job = null;
        if (this.closed) return resolve();
        try {
          const values = await getTile(this.uid, level.level, row, column, this.abort.signal);
          if (this.closed) return resolve();
          if (values.length !== rows * columns) throw new Error("A tile of the image came in another size than announced.");
          tile.values = values;
          this.bytes += values.byteLength;
          this.put(level, tile);
          this.error = null;
        } catch (error) {
          level.tiles.delete(key);
          if (error.name !== "AbortError") this.error = error;
        }
        this.changed();
        return resolve();
      };
      tile.job = { priority, run };
      waiting.push(tile.job);
    });
    pump();
    return tile.ready;
  }

  /** Which level has about one texel per device pixel. */
  levelFor(scale) {
    const wanted = Math.floor(Math.log2(1 / Math.max(scale, 1e-6)) + 0.3);
    return Math.min(this.coarsest, Math.max(0, wanted));
  }

  /** Tiles of a level that meet a box [left, top, right, bottom] in pixels of the stored image. */
  tilesIn(index, box) {
    const level = this.levels[index];
    // One texel more on each side: the last one in sight is mixed with it.
    const span = (low, high, count) => [
      Math.max(0, Math.floor((low / level.shrink - 1) / level.side)),
      Math.min(count - 1, Math.floor((high / level.shrink + 1) / level.side)),
    ];
    const [left, right] = span(box[0], box[2], level.wide);
    const [top, bottom] = span(box[1], box[3], level.high);
    const found = [];
    for (let row = top; row <= bottom; row += 1) for (let column = left; column <= right; column += 1) found.push([row, column]);
    return found;
  }

  /** Fetch what a view needs: the coarsest level whole, then the tiles of its own level. */
  async want(index, box, priority = 0) {
    const jobs = this.tilesIn(this.coarsest, [0, 0, this.info.columns - 1, this.info.rows - 1]);
    await Promise.all(jobs.map(([row, column]) => this.fetch(this.coarsest, row, column, priority)));
    if (this.closed || index === this.coarsest) return;
    await Promise.all(this.tilesIn(index, box).map(([row, column]) => this.fetch(index, row, column, priority + 1)));
  }

  has(index, row, column) {
    const level = this.levels[index];
    return Boolean(level.tiles.get(row * level.wide + column)?.values);
  }

  /** Whether all tiles of a level that meet a box are here. */
  isHere(index, box) {
    return this.tilesIn(index, box).every((place) => this.has(index, ...place));
  }

  /** What can be drawn of a view, coarse pieces first, so that fine ones cover them. */
  pieces(index, box) {
    let base = index;
    while (base < this.coarsest && !this.isHere(base, box)) base += 1;
    const drawn = [];
    for (let at = base; at >= index; at -= 1) {
      const level = this.levels[at];
      for (const [row, column] of this.tilesIn(at, box)) {
        if (!this.has(at, row, column)) continue;
        const top = row * level.side;
        const left = column * level.side;
        const tile = level.tiles.get(row * level.wide + column);
        for (const [number, block] of level.blocks.entries()) {
          const part = [
            Math.max(left, block.box.left), Math.max(top, block.box.top),
            Math.min(left + tile.columns, block.box.right), Math.min(top + tile.rows, block.box.bottom),
          ];
          if (part[0] >= part[2] || part[1] >= part[3]) continue;
          const ends = [this.info.columns, this.info.rows, this.info.columns, this.info.rows];
          const place = part.map((value, side) => Math.min(ends[side], value * level.shrink));
          const name = `${this.uid} ${at} ${row} ${column} ${number}`;
          drawn.push({ name, texture: block.texture, box: place, shrink: level.shrink, origin: [block.rim.left, block.rim.top] });
        }
      }
    }
    return drawn;
  }

  /** The grey value at a stored pixel, or null where level 0 is not here yet. */
  valueAt(row, column) {
    const level = this.levels[0];
    const tile = level.tiles.get(Math.floor(row / level.side) * level.wide + Math.floor(column / level.side));
    if (!tile?.values) return null;
    return tile.values[(row - tile.row * level.side) * tile.columns + (column - tile.column * level.side)] ?? null;
  }

  /** What a value means in the file; a raw exposure comes as its logarithm, which has no unit. */
  meaning(value) {
    const { slope, offset } = this.info;
    return slope === null ? value : offset + slope * value;
  }

  get step() {
    return Math.abs(this.info.slope ?? 1);
  }

  /** All values of the coarsest level, for a window of one's own; null until they are here. */
  sample() {
    const tiles = [...this.levels[this.coarsest].tiles.values()];
    return tiles.length && tiles.every((tile) => tile.values) ? tiles.map((tile) => tile.values) : null;
  }

  close() {
    this.closed = true;
    this.abort.abort();
    for (const level of this.levels) for (const block of level.blocks ?? []) this.painter.forget(block.texture);
  }
}

/** Pictures by UID; those that were not looked at for longest go first when there are too many. */
export class Gallery {
  constructor(painter, changed) {
    Object.assign(this, { painter, changed, pictures: new Map() });
  }

  /** After a loss of the graphics card. */
  restore() {
    for (const picture of this.pictures.values()) picture.restore();
    this.changed();
  }

  open(uid, info) {
    let picture = this.pictures.get(uid);
    if (picture) this.pictures.delete(uid);
    else picture = new Picture(uid, info, this.painter, this.changed);
    this.pictures.set(uid, picture);
    return picture;
  }

  trim(kept) {
    let total = 0;
    for (const picture of this.pictures.values()) total += picture.bytes;
    for (const [uid, picture] of this.pictures) {
      if (total <= BUDGET) return;
      if (kept.has(uid)) continue;
      total -= picture.bytes;
      picture.close();
      this.pictures.delete(uid);
    }
  }
}
