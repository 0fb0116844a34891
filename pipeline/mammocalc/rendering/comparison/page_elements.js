// @ts-check
// The elements of page.html by their id.

import { elementsOf } from "../pages/scripts/elements.js";

/**
 * @typedef {object} Elements
 * @property {HTMLElement} blink
 * @property {HTMLElement} blink-name
 * @property {HTMLTableElement} clusters
 * @property {HTMLElement} crop-current
 * @property {HTMLElement} crop-prior
 * @property {HTMLElement} current
 * @property {HTMLElement} data
 * @property {HTMLAnchorElement} document
 * @property {HTMLElement} facts
 * @property {HTMLElement} filters
 * @property {HTMLElement} lines
 * @property {HTMLElement} name
 * @property {HTMLElement} no-clusters
 * @property {HTMLElement} notice
 * @property {HTMLElement} pairs
 * @property {HTMLElement} prior
 * @property {HTMLElement} reasons
 * @property {HTMLElement} remarks
 * @property {HTMLElement} said
 * @property {HTMLElement} stability
 * @property {HTMLElement} stage
 * @property {HTMLElement} swap
 * @property {HTMLTableElement} table
 */

/** @type {ReturnType<typeof elementsOf<Elements>>} */
export const byId = elementsOf();
