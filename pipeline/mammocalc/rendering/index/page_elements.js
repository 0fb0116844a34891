// @ts-check
// The elements of page.html by their id.

import { elementsOf } from "../pages/scripts/elements.js";

/**
 * @typedef {object} Elements
 * @property {HTMLElement} as-grid
 * @property {HTMLElement} as-table
 * @property {HTMLElement} clear
 * @property {HTMLElement} close
 * @property {HTMLElement} count
 * @property {HTMLElement} data
 * @property {HTMLDialogElement} detail
 * @property {HTMLElement} detail-inside
 * @property {HTMLElement} detail-links
 * @property {HTMLElement} detail-seen
 * @property {HTMLElement} detail-text
 * @property {HTMLElement} detail-title
 * @property {HTMLElement} direction
 * @property {HTMLElement} empty
 * @property {HTMLElement} facets
 * @property {HTMLElement} facts
 * @property {HTMLElement} head
 * @property {HTMLElement} items
 * @property {HTMLElement} list
 * @property {HTMLElement} next
 * @property {HTMLElement} notice
 * @property {HTMLElement} previous
 * @property {HTMLInputElement} search
 * @property {HTMLElement} shares
 * @property {HTMLSelectElement} sort
 * @property {HTMLElement} totals
 * @property {HTMLElement} unprinted
 */

/** @type {ReturnType<typeof elementsOf<Elements>>} */
export const byId = elementsOf();
