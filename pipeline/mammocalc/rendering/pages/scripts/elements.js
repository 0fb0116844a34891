// @ts-check
// Elements from data. Texts of files and headers only ever become text nodes, never markup.

/** @typedef {Node | string | null | undefined | false} Child */
/** @typedef {Child | Child[]} Children */
/** How a label is drawn, as `svg_looks` gives it. @typedef {{ path: string, colour: string }} Look */

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
 * The element of a page that has an id; a page names its own and their kinds, and has all of them from the start.
 *
 * @template {object} Elements
 * @returns {<K extends keyof Elements & string>(id: K) => Elements[K]}
 */
export function elementsOf() {
  return (id) => /** @type {any} */ (document.getElementById(id));
}

/**
 * The nearest element around the target of an event that a selector fits; null where there is none.
 *
 * @param {Event} event
 * @param {string} selector
 * @returns {HTMLElement | null}
 */
export function around({ target }, selector) {
  return target instanceof Element ? target.closest(selector) : null;
}

/**
 * The symbol of a label, which tells it without its colour.
 *
 * @param {Look | null | undefined} look
 */
export function symbol(look, size = 14) {
  if (!look) return s("svg", { width: size, height: size, "aria-hidden": "true" });
  const path = s("path", { d: look.path, fill: look.colour });
  return s("svg", { class: "symbol", viewBox: "-1.1 -1.1 2.2 2.2", width: size, height: size, "aria-hidden": "true" }, path);
}

/**
 * A term and what it says, for a list of terms.
 *
 * @param {string} term
 * @param {string} text
 */
export function termOf(term, text, className = "") {
  return h("div", { class: className || null }, h("dt", {}, term), h("dd", {}, text));
}
