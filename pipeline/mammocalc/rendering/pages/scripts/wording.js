// @ts-check
// Numbers and labels in words: those of mammocalc.rendering.wording, which a test holds against these.

/** @typedef {{ calcifications: number, micro: number, macro: number, size_unknown: number, vascular: number, clusters: number, vessels: number }} Counts */

const DAYS_OF_A_MONTH = 365.25 / 12;
const FEW_DAYS = 60;  // up to here days are counted
const grouped = new Intl.NumberFormat("en-GB");

/**
 * Words for a label of a vocabulary: `not applicable` for `not_applicable`.
 *
 * @param {string | null} [label]
 */
export function words(label) {
  return String(label ?? "").replaceAll("_", " ");
}

/**
 * How many there are, with thousands parted.
 *
 * @param {number} count
 */
export function sayNumber(count) {
  return grouped.format(count);
}

/**
 * @param {number} count
 * @param {string} noun
 */
export function many(count, noun) {
  return `${sayNumber(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/**
 * A probability as people read it, and none as certain.
 *
 * @param {number} share
 */
export function percent(share) {
  return share < 0.005 ? "< 1 %" : share > 0.995 ? "> 99 %" : `${Math.round(100 * share)} %`;
}

/** @param {number | null} [length] */
export function millimetres(length) {
  if (length === null || length === undefined) return "size unknown";
  return `${length < 10 ? length.toFixed(2) : length.toFixed(1)} mm`;
}

/**
 * How many are listed.
 *
 * @param {Counts} counts
 */
export function sayCounts(counts) {
  if (!counts.calcifications) return "no calcifications reported";
  const unknown = `${many(counts.size_unknown, "calcification")} of unknown size`;
  const sizes = counts.size_unknown ? unknown : `${sayNumber(counts.micro)} micro · ${sayNumber(counts.macro)} macro`;
  const vascular = counts.vascular ? ` (${sayNumber(counts.vascular)} vascular)` : "";
  const vessels = counts.vessels ? ` · ${many(counts.vessels, "vessel")}` : "";
  return `${sizes}${vascular} · ${many(counts.clusters, "cluster")}${vessels}`;
}

/**
 * How sure it is that there is any.
 *
 * @param {number | null} [level]
 */
export function sayPresence(level) {
  return level === null || level === undefined ? "presence not scored" : `presence ${level.toFixed(1)} of 10`;
}

/**
 * How long before (or, where negative, after) another examination one was: `24 months earlier`. Dates are shifted for
 * each patient, so only intervals are known.
 *
 * @param {number | null | undefined} days
 */
export function sayInterval(days) {
  if (days === null || days === undefined) return "date unknown";
  if (days === 0) return "the same day";
  const away = Math.abs(days);
  const long = away < FEW_DAYS ? many(away, "day") : `${Math.round(away / DAYS_OF_A_MONTH)} months`;
  return `${long} ${days > 0 ? "earlier" : "later"}`;
}
