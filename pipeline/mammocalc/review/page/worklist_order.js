// @ts-check
// What the worklist can be filtered and ordered by.

import { byValue } from "../../rendering/pages/scripts/ordering.js";

/** @import { ListedImage } from "./types.js" */

/** @typedef {"reading" | "distribution" | "presence" | "side" | "view" | "flags" | "status"} FacetName */

/** @type {[name: FacetName, title: string][]} */
export const FACETS = [
  ["reading", "Reading"], ["distribution", "Distribution"], ["presence", "Presence"], ["side", "Side"],
  ["view", "View"], ["flags", "Flags"], ["status", "Files"],
];
export const OF_FINDINGS = new Set(["distribution", "presence", "flags", "count", "time"]);  // no facet and no order of a blinded worklist
const PRESENCE = ["7 of 10 and more", "5 to 7", "below 5"];

/** @type {Record<FacetName, (image: ListedImage) => string[]>} */
export const VALUES_OF = {
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
  status: () => ["analysed"],
};

/** The order of what a facet has, where it is not the alphabet's. @type {Partial<Record<FacetName, string[]>>} */
export const ORDER_OF = { reading: ["unread", "read", "agreed"], status: ["analysed", "skipped", "failed"], presence: PRESENCE };

/** @typedef {(one: ListedImage, other: ListedImage) => number} Compare */

const down = (/** @type {(image: ListedImage) => number | null} */ value) => byValue(value, true);
const HUNG = ["RCC", "LCC", "RMLO", "LMLO"];
const placeOf = (/** @type {ListedImage} */ image) => (HUNG.indexOf(image.laterality + image.view) + 5) % 5;
const alphabetical = (/** @type {string | null} */ one, /** @type {string | null} */ other) => String(one).localeCompare(String(other));

/** The orders of the list; that by distribution needs the vocabulary. @type {Record<string, Compare>} */
const ORDERS = {
  presence: down((image) => image.presence_level),
  count: down((image) => image.counts?.calcifications ?? 0),
  time: down((image) => image.seconds),
  case: (one, other) => alphabetical(one.patient_key, other.patient_key) || alphabetical(one.patient, other.patient)
    || one.examination.number - other.examination.number || placeOf(one) - placeOf(other),
};

/**
 * Whether any patient has several examinations: then those of a patient stand together, unless the reader wants otherwise.
 *
 * @param {ListedImage[]} images
 */
export function hasPriors(images) {
  return images.some((image) => image.examination.of > 1);
}

/**
 * The comparison of an order; images that are equal in it stand by UID.
 *
 * @param {string} order
 * @param {string[]} labels The distributions in their order.
 * @returns {Compare}
 */
export function comparison(order, labels) {
  const place = (/** @type {ListedImage} */ image) => labels.indexOf(image.distribution ?? "");
  /** @type {Record<string, Compare>} */
  const orders = {
    ...ORDERS,
    distribution: (one, other) => place(one) - place(other) || ORDERS.presence(one, other),
  };
  return (one, other) => orders[order](one, other) || one.uid.localeCompare(other.uid);
}
