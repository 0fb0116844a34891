// @ts-check
// Elements from data. Texts of files and headers only ever become text nodes, never markup.

/** @import { Elements, PaletteEntry, ResultCounts } from "./types.js" */

/** @typedef {Node | string | null | undefined | false} Child */
/** @typedef {Child | Child[]} Children */

const SVG = "http://www.w3.org/2000/svg";

/**
 * @template {HTMLElement | SVGElement} N
 * @param {N} node
 * @param {Record<string, any>} properties
 * @param {Children[]} children
 */
function fill(node, properties, children) {
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "data") Object.assign(node.dataset, value);
    else if (name in node && name !== "list" && node.namespaceURI !== SVG) Reflect.set(node, name, value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/**
 * An HTML element; `on…` are listeners, `data` the data attributes, everything else a property or an attribute.
 *
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, any>} properties
 * @param {...Children} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function h(tag, properties = {}, ...children) {
  return fill(document.createElement(tag), properties, children);
}

/**
 * The same for SVG.
 *
 * @template {keyof SVGElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, any>} attributes
 * @param {...Children} children
 * @returns {SVGElementTagNameMap[K]}
 */
export function s(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

/**
 * An element of index.html, which has all of them from the start.
 *
 * @template {keyof Elements} K
 * @param {K} id
 * @returns {Elements[K]}
 */
export function byId(id) {
  return /** @type {Elements[K]} */ (document.getElementById(id));
}

/**
 * The nearest element around the target of an event that a selector fits; null where there is none.
 *
 * @param {Event} event
 * @param {string} selector
 */
export function around({ target }, selector) {
  return target instanceof Element ? target.closest(selector) : null;
}

/**
 * A symbol of the palette, which tells a distribution without its colour.
 *
 * @param {Pick<PaletteEntry, "symbol" | "colour"> | null | undefined} look
 */
export function symbol(look, size = 14) {
  if (!look) return s("svg", { width: size, height: size, "aria-hidden": "true" });
  const path = s("path", { d: look.symbol, fill: look.colour });
  return s("svg", { class: "symbol", viewBox: "-1.1 -1.1 2.2 2.2", width: size, height: size, "aria-hidden": "true" }, path);
}

/**
 * Words for a label of a vocabulary: `not applicable` for `not_applicable`.
 *
 * @param {string | null} [label]
 */
export function words(label) {
  return String(label ?? "").replaceAll("_", " ");
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
 * How many are listed, in the words of mammocalc.rendering.wording.
 *
 * @param {ResultCounts} counts
 */
export function sayCounts(counts) {
  const many = (/** @type {number} */ count, /** @type {string} */ noun) => `${count} ${noun}${count === 1 ? "" : "s"}`;
  if (!counts.calcifications) return "no calcifications reported";
  const sizes = counts.size_unknown ? `${many(counts.size_unknown, "calcification")} of unknown size` : `${counts.micro} micro · ${counts.macro} macro`;
  const vessels = counts.vessels ? ` · ${many(counts.vessels, "vessel")}` : "";
  return `${sizes}${counts.vascular ? ` (${counts.vascular} vascular)` : ""} · ${many(counts.clusters, "cluster")}${vessels}`;
}

/**
 * How sure it is that there is any, in the same words.
 *
 * @param {number | null} [level]
 */
export function sayPresence(level) {
  return level === null || level === undefined ? "presence not scored" : `presence ${level.toFixed(1)} of 10`;
}

/**
 * A listener that ignores the second click of a double click, which would take the first one back.
 *
 * @param {(event: MouseEvent) => void} listener
 */
export function once(listener) {
  return (/** @type {MouseEvent} */ event) => {
    if (event.detail < 2) listener(event);
  };
}

/**
 * The sentence of something that was thrown.
 *
 * @param {unknown} error
 */
export function messageOf(error) {
  return error instanceof Error ? error.message : String(error);
}

/** @type {ReturnType<typeof setTimeout> | undefined} */
let fading;

/**
 * Show a sentence for some seconds; screen readers read it aloud.
 *
 * @param {string} text
 */
export function toast(text, kind = "") {
  const place = byId("toast");
  place.textContent = text;
  place.className = `toast shown ${kind}`;
  clearTimeout(fading);
  fading = setTimeout(() => place.classList.remove("shown"), kind === "bad" ? 8000 : 2600);
}
