// @ts-check
// The rows of the page, as columns. A coded column holds its distinct values once, and for every row the number of its
// value, or -1; a code that all rows share stands there once.

/** @import { Look } from "../pages/scripts/elements.js" */

/** @typedef {{ values: any[], codes: number[] }} Column */
/** @typedef {"micro" | "macro" | "calcifications" | "clusters" | "vessels" | "vascular" | "size_unknown" | "presence_level" | "seconds"} Numeric */
/**
 * @typedef {"status" | "reason" | "message" | "laterality" | "view" | "frame" | "distribution" | "between" | "probabilities" | "margin" | "maker"
 *   | "flags" | "result" | "overlay" | "thumbnail" | "study" | "seen"} CodedName
 */
/** @typedef {Record<Numeric, (number | null)[]> & Record<CodedName, Column> & { path: string[], uid: (string | null)[] }} Columns */

/**
 * What the page was given.
 *
 * @typedef {object} Data
 * @property {number} rows
 * @property {Columns} columns
 * @property {Record<string, Look>} appearances
 * @property {string[]} descriptors
 * @property {Record<string, string>} sentences
 * @property {string} notice
 * @property {[string, string][]} facts
 */

export class Rows {
  /** What is searched, once somebody does. @type {string[]} */
  haystack = [];

  /** @param {Data} data */
  constructor({ rows, columns }) {
    this.total = rows;
    this.columns = columns;
    for (const item of Object.values(columns)) {
      if ("codes" in item && item.codes.length === 1) item.codes = new Array(rows).fill(item.codes[0]);
    }
  }

  /**
   * The value of a coded column; null where the row has none.
   *
   * @param {CodedName} name
   * @param {number} row
   */
  coded(name, row) {
    const { values, codes } = this.columns[name];
    return codes[row] < 0 ? null : values[codes[row]];
  }

  /**
   * @param {Numeric} name
   * @param {number} row
   */
  number(name, row) {
    return this.columns[name][row];
  }

  /**
   * How many rows have each value of a coded column.
   *
   * @param {CodedName} name
   * @returns {Map<any, number>}
   */
  tally(name) {
    const { values, codes } = this.columns[name];
    const counts = new Map();
    for (const code of codes) if (code >= 0) counts.set(values[code], (counts.get(values[code]) ?? 0) + 1);
    return counts;
  }

  /** @param {Numeric} name */
  sum(name) {
    return this.columns[name].reduce((/** @type {number} */ before, value) => before + (value ?? 0), 0);
  }

  /**
   * A file of an image; the page puts its UID into the pattern that the folder's files share.
   *
   * @param {"result" | "overlay"} name
   * @param {number} row
   * @returns {string | null}
   */
  file(name, row) {
    return this.coded(name, row)?.replace("*", () => this.columns.uid[row] ?? "") ?? null;
  }

  /** @param {number} row */
  thumbnail(row) {
    const overlay = this.coded("thumbnail", row) ? this.file("overlay", row) : null;
    return overlay?.replace(/^overlays\//, "thumbnails/").replace(/\.[a-z]+$/, ".jpg") ?? null;
  }

  /**
   * The page of an image, which has one as it has a result.
   *
   * @param {number} row
   */
  detailsPage(row) {
    return this.file("result", row)?.replace(/^results\//, "details/").replace(/\.json$/, ".html") ?? null;
  }

  /** What its rows are: files, or images where frames of a file were analysed one by one. */
  get noun() {
    return this.columns.frame.values.length ? "images" : "files";
  }

  /**
   * Whether a row has what is searched for.
   *
   * @param {number} row
   * @param {string} text In lower case.
   */
  holds(row, text) {
    const { path, uid } = this.columns;
    if (!this.haystack.length) {
      this.haystack = path.map((place, i) => [place, uid[i] ?? "", ...["maker", "message", "frame"].map((name) => this.coded(/** @type {CodedName} */ (name), i) ?? "")].join("\n").toLowerCase());
    }
    return this.haystack[row].includes(text);
  }
}

/**
 * An address of a file beside the page.
 *
 * @param {string} relative
 */
export function hrefOf(relative) {
  return relative.split("/").map(encodeURIComponent).join("/");
}
