// @ts-check
// Which greys are shown: the windows of the file, and two that the page makes itself.

/**
 * @import { PixelInfo, VoiWindow } from "./types.js"
 * @import { Picture } from "./picture.js"
 */

/**
 * What windows are made from; a `Picture` is one.
 *
 * @typedef {Pick<Picture, "info" | "sample">} Sampled
 */

const BINS = 1024;
const RANGE = "range of the image";  // the name that the server gives to the window of an image without one

/**
 * @param {Uint16Array[]} samples
 * @param {number} most
 */
function histogram(samples, most) {
  const counts = new Float64Array(BINS);
  for (const values of samples) for (const value of values) counts[Math.min(BINS - 1, Math.floor((value * BINS) / (most + 1)))] += 1;
  return counts;
}

/**
 * Otsu's threshold: the breast is brighter than the air around it.
 *
 * @param {Float64Array} counts
 */
function threshold(counts) {
  let total = 0;
  let sum = 0;
  counts.forEach((count, bin) => { total += count; sum += count * bin; });
  let below = 0;
  let sumBelow = 0;
  let best = 0;
  let at = 0;
  counts.forEach((count, bin) => {
    below += count;
    sumBelow += count * bin;
    const above = total - below;
    if (!below || !above) return;
    const apart = below * above * (sumBelow / below - (sum - sumBelow) / above) ** 2;
    if (apart > best) [best, at] = [apart, bin];
  });
  return at;
}

/**
 * The grey up to which a picture is air; -1 where its greys are not here yet.
 *
 * @param {Sampled} picture
 */
export function airOf(picture) {
  const sample = picture.sample();
  return sample ? threshold(histogram(sample, picture.info.max)) * ((picture.info.max + 1) / BINS) : -1;
}

/**
 * @param {Float64Array} counts
 * @param {number} from
 * @param {number} share
 */
function quantile(counts, from, share) {
  let total = 0;
  for (let bin = from; bin < BINS; bin += 1) total += counts[bin];
  let sum = 0;
  for (let bin = from; bin < BINS; bin += 1) {
    sum += counts[bin];
    if (sum >= share * total) return bin;
  }
  return BINS - 1;
}

/**
 * A window over the greys of the breast: from its darkest hundredth, a little lower, to its brightest thousandth.
 *
 * @param {Uint16Array[]} samples
 * @param {Pick<PixelInfo, "max">} info
 * @returns {VoiWindow}
 */
export function automatic(samples, info) {
  const counts = histogram(samples, info.max);
  const from = threshold(counts) + 1;
  const step = (info.max + 1) / BINS;
  const low = quantile(counts, from, 0.01) * step;
  const high = Math.max((quantile(counts, from, 0.999) + 1) * step, low + 2);
  const start = Math.max(0, low - 0.25 * (high - low));
  return { name: "Breast", center: (start + high) / 2, width: high - start, function: "LINEAR" };
}

/**
 * A table (VOI LUT) spans the greys of the image; dragging then stretches and shifts it.
 *
 * @param {VoiWindow} window
 * @param {number} index
 * @param {PixelInfo} info
 * @returns {VoiWindow}
 */
function named(window, index, info) {
  const name = window.name || `Window ${index + 1}`;
  if (!window.table) return { ...window, name };
  return { ...window, name, function: "TABLE", center: (info.min + info.max) / 2, width: Math.max(1, info.max - info.min) };
}

/**
 * The file's own windows first, then the page's.
 *
 * @param {Sampled} picture
 * @returns {VoiWindow[]}
 */
export function presets(picture) {
  const { info } = picture;
  const own = info.windows.map((window, index) => named(window, index, info));
  const sample = picture.sample();
  const made = sample ? [automatic(sample, info)] : [];
  const width = Math.max(2, info.max - info.min + 1);
  // Where the file brings no window, the server's is the whole range: then the breast's own shows more.
  const isMade = made.length && info.windows[0]?.name === RANGE;
  if (isMade) return [...made, ...own];
  return [...own, ...made, { name: "Full range", center: (info.min + info.max + 1) / 2, width, function: "LINEAR" }];
}
