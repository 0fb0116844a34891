// @ts-check
// Calcifications that a comparison has joined as ties between two images: what lies among them lies among them again.

import { usable } from "./partners.js";
import { fromMm, mapOf, toMm } from "./same_place.js";
import { middleOf } from "./view.js";

/**
 * @import { Comparison, Point, Result } from "./types.js"
 * @import { Pane } from "./pane.js"
 * @import { Framed, PlacedBy } from "./same_place.js"
 */

/** The same place in both images, as (x, y). @typedef {[from: Point, to: Point]} Tie */

const REACH_MM = 8;  // SD of the weight of a tie: tissue moves alike over so much, and less so over more
const FEWEST = 3;  // ties: as many as a comparison demands

/**
 * The ties of an image and its prior; none where the two were not compared, or could not be.
 *
 * @param {Comparison | null} comparison
 * @param {Result | null} current
 * @param {Result | null} prior
 * @returns {Tie[]}
 */
export function tiesOf(comparison, current, prior) {
  if (!comparison?.registration.is_comparable || !current || !prior) return [];
  const placesOf = (/** @type {Result} */ { calcifications }) => new Map(calcifications.map(({ id, row, column }) => [id, middleOf([row, column])]));
  const [here, there] = [placesOf(current), placesOf(prior)];
  const ties = comparison.calcifications.flatMap(({ calcification, prior_calcification: other, place }) => {
    // What was not found on the other date has the place there that the registration gives it.
    const expected = place ? middleOf(place) : undefined;
    const [one, two] = [here.get(calcification ?? -1) ?? expected, there.get(other ?? -1) ?? expected];
    return one && two ? [/** @type {Tie} */ ([one, two])] : [];
  });
  return ties.length < FEWEST ? [] : ties;
}

/**
 * Where a place of one image lies in another, by the ties around it; by nipple, outline or edges without any.
 *
 * @param {Framed} from
 * @param {Framed} to
 * @param {Point} place (x, y)
 * @param {Tie[]} ties
 * @returns {{ place: Point, by: PlacedBy }}
 */
export function placeBy(from, to, place, ties) {
  const { map, by } = mapOf(from, to);
  const at = toMm(from.view, place);
  const [x, y] = map(at);
  if (!ties.length) return { place: fromMm(to.view, [x, y]), by };
  const here = ties.map(([one]) => toMm(from.view, one));
  const distances = here.map((one) => Math.hypot(one[0] - at[0], one[1] - at[1]));
  const nearest = Math.min(...distances);
  let [sum, right, down] = [0, 0, 0];
  for (const [index, [, two]] of ties.entries()) {
    // Relative to the nearest, so that far from all ties these do not vanish altogether.
    const weight = Math.exp((nearest ** 2 - distances[index] ** 2) / (2 * REACH_MM ** 2));
    const [expected, found] = [map(here[index]), toMm(to.view, two)];
    sum += weight;
    right += weight * (found[0] - expected[0]);
    down += weight * (found[1] - expected[1]);
  }
  return { place: fromMm(to.view, [x + right / sum, y + down / sum]), by: "registration" };
}

/** Those of the comparisons that are open: views ask at every move. @type {WeakMap<Comparison, Tie[]>} */
const known = new WeakMap();

/**
 * Where a place of a view lies on the other date.
 *
 * @param {Pane} home The image that was compared.
 * @param {Pane} from It, or its prior.
 * @param {Pane} to The other one.
 * @param {Point} place (x, y)
 */
export function onOtherDate(home, from, to, place) {
  const comparison = usable(home.comparison);
  const ties = (comparison && known.get(comparison)) ?? tiesOf(comparison, home.result, (home === from ? to : from).result);
  if (comparison) known.set(comparison, ties);
  return placeBy(from, to, place, home === from ? ties : ties.map(([one, two]) => [two, one]));
}
