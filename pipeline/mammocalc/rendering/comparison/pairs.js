// @ts-check
// The pairs that the page was given, and what the reader looks at.

import { CHANGE_ORDER, UNCHANGED } from "../pages/scripts/change_order.js";

/** @typedef {[number, number]} Point */
/** Of both images, the current one first. @template T @typedef {[T, T]} Both */

/**
 * @typedef {object} Mark
 * @property {string} change
 * @property {Both<string | null>} names As overlay and review call them: a letter, or a number within a group; null where there is none.
 * @property {Both<Point | null>} at In mm from the upper left corner of each picture.
 * @property {Both<number | null>} mm Diameters.
 * @property {Both<string | null>} groups The letter of the cluster or the artery that it is in.
 * @property {string} reason
 */

/** @typedef {{ letter: string | null, prior: (string | null)[], change: string, members: number[], reasons: string[] }} Cluster */

/**
 * @typedef {object} Compared
 * @property {string} name
 * @property {string} patient
 * @property {string[]} uids
 * @property {number | null} days
 * @property {boolean} comparable
 * @property {string[]} reasons
 * @property {string[]} notes
 * @property {Record<string, number>} counts
 * @property {Both<Point>} sizes Of the pictures, in mm.
 * @property {Both<string | null>} pictures
 * @property {Both<string | null>} crops
 * @property {string} document
 * @property {Cluster[]} clusters
 * @property {number} loose How many chains without a word there are beside them.
 * @property {Mark[]} marks
 */

/**
 * What the page was given; `words` holds the name of each change and what it means, `crop` the side of a thumbnail and
 * how many stand in a row.
 *
 * @typedef {object} Data
 * @property {string} notice
 * @property {string} stability
 * @property {[string, string][]} facts
 * @property {string[]} notes
 * @property {Record<string, [string, string]>} words
 * @property {[number, number]} crop
 * @property {Compared[]} pairs
 */

const FEW = 8;  // unchanged ones that do not make a table long
const MANY = 20;  // of any word, that do

/** @typedef {"current" | "prior"} Side */
/** @type {Both<Side>} */
export const SIDES = ["current", "prior"];

export class Shown {
  number = 0;
  /** The chosen mark; -1 where there is none. */
  mark = -1;
  /** Which side the blinking thumbnail shows. @type {0 | 1} */
  side = 0;
  hasLines = true;
  /** Words whose marks are not shown. @type {Set<string>} */
  hidden = new Set();

  /** Words whose rows are folded into one. @type {Set<string>} */
  folded = new Set();

  /** @param {Data} data */
  constructor(data) {
    this.data = data;
  }

  get pair() {
    return this.data.pairs[this.number];
  }

  /** The numbers of the marks that are shown, of each word: what changed first. @type {{ change: string, numbers: number[] }[]} */
  get groups() {
    const numbers = (/** @type {string} */ word) => this.pair.marks.flatMap(({ change }, number) => (change === word ? [number] : []));
    return CHANGE_ORDER.filter((change) => this.pair.counts[change] && !this.hidden.has(change)).map((change) => ({ change, numbers: numbers(change) }));
  }

  /** The numbers of the marks that are shown, in the order of the table. */
  get marks() {
    return this.groups.flatMap(({ numbers }) => numbers);
  }

  /**
   * Fold the rows of a word into one that tells how many they are, or show them.
   *
   * @param {string} change
   */
  fold(change) {
    if (!this.folded.delete(change)) this.folded.add(change);
  }

  /**
   * Look at a pair, the nearest one where there is none of that number.
   *
   * @param {number} number
   */
  open(number) {
    this.number = Math.min(Math.max(number, 0), this.data.pairs.length - 1);
    const { comparable, counts } = this.pair;
    this.hidden = new Set(comparable ? ["not_comparable"] : []);
    this.folded = new Set(CHANGE_ORDER.filter((change) => (counts[change] ?? 0) > (UNCHANGED.includes(change) ? FEW : MANY)));
    this.mark = this.marks[0] ?? -1;
  }

  /**
   * The mark so many further on the list; undefined where none is shown.
   *
   * @param {number} by
   */
  next(by) {
    const { marks } = this;
    return marks[Math.min(Math.max(marks.indexOf(this.mark) + by, 0), marks.length - 1)];
  }

  /**
   * The first mark of a cluster or an artery, of those that are shown if there are any; -1 without any.
   *
   * @param {string} letter
   * @param {0 | 1} side
   */
  firstOf(letter, side) {
    const { marks } = this.pair;
    return this.marks.find((number) => marks[number].groups[side] === letter) ?? marks.findIndex(({ groups }) => groups[side] === letter);
  }

  /**
   * Who and which view it is; the patient only where there are several.
   *
   * @param {Compared} pair
   */
  nameOf({ patient, name }) {
    const isOneOfMany = patient && this.data.pairs.some((other) => other.patient !== patient);
    return isOneOfMany ? `patient ${patient} · ${name}` : name;
  }

  /**
   * How many of each word there are.
   *
   * @param {Compared} pair
   */
  counted({ counts }) {
    return CHANGE_ORDER.filter((change) => counts[change]).map((change) => `${counts[change]} ${this.wordOf(change)}`).join(" · ");
  }

  /** @param {string} change */
  wordOf(change) {
    return this.data.words[change]?.[0] ?? change;
  }
}
