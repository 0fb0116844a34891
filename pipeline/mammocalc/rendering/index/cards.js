// @ts-check
// An image in the list: as a card with its picture, or as a row of the table.

import { h, symbol } from "../pages/scripts/elements.js";
import { words } from "../pages/scripts/wording.js";
import { chartOf } from "./chart.js";
import { candidates, findings, nameOf, remarks, sideAndView } from "./row_words.js";
import { hrefOf } from "./rows.js";

/** @import { Data, Rows } from "./rows.js" */

/** @typedef {{ rows: Rows, data: Data, open: (row: number) => void }} Means */

/** The numbers of a table row, and their decimals. @type {[import("./rows.js").Numeric, number][]} */
const NUMBERS = [["presence_level", 1], ["calcifications", 0], ["micro", 0], ["macro", 0], ["clusters", 0], ["seconds", 2]];

/** @type {(means: Means, row: number) => HTMLElement} */
function picture({ rows }, row) {
  const thumbnail = rows.thumbnail(row);
  return h("div", { class: "picture" }, thumbnail ? h("img", { loading: "lazy", decoding: "async", alt: "", src: hrefOf(thumbnail) }) : null);
}

/** @type {(means: Means, row: number) => HTMLElement} */
function distribution({ rows, data }, row) {
  const label = rows.coded("distribution", row);
  return h("div", { class: "line" }, ...(label === null ? [] : [symbol(data.appearances[label]), h("span", {}, words(label))]));
}

/** @type {(means: Means, row: number) => SVGElement | null} */
const chart = ({ rows, data }, row) => chartOf(rows.coded("probabilities", row), data.descriptors, data.appearances);

/**
 * @param {Means} means
 * @param {number} row
 */
export function cardOf(means, row) {
  const { rows, open } = means;
  const status = rows.coded("status", row);
  const isAnalysed = status === "analysed";
  const frame = picture(means, row);
  if (!isAnalysed) frame.append(h("div", { class: "why" }, rows.coded("message", row)));
  const line = isAnalysed ? distribution(means, row) : h("div", { class: `status ${status}` }, status);
  if (isAnalysed) line.append(h("span", { class: "side" }, sideAndView(rows, row)));
  const about = isAnalysed ? candidates(rows, row) || findings(rows, row) || "-" : words(rows.coded("reason", row));
  const last = h("div", { class: "last" }, h("span", { class: "dim path" }, h("bdi", {}, nameOf(rows, row))), chart(means, row));
  const text = h("div", { class: "words" }, line, h("div", { class: "about" }, about), last);
  return h("button", { type: "button", class: "card", title: rows.columns.path[row], onclick: () => open(row) }, frame, text);
}

/**
 * The files of an image as links.
 *
 * @param {Rows} rows
 * @param {number} row
 */
export function linksOf(rows, row) {
  /** @type {[string, string | null][]} */
  const targets = [
    ["Page", rows.detailsPage(row)], ["Overlay", rows.file("overlay", row)], ["JSON", rows.file("result", row)], ["Study", rows.coded("study", row)],
  ];
  return targets.flatMap(([text, target]) => (target ? [h("a", {
    href: hrefOf(target), target: "_blank", rel: "noopener", "aria-label": `${text} of ${rows.columns.uid[row]}`,
  }, text)] : []));
}

/**
 * @param {Means} means
 * @param {number} row
 * @param {number} place In the list.
 */
export function tableRowOf(means, row, place) {
  const { rows, open } = means;
  const { path, uid } = rows.columns;
  const cell = (/** @type {string} */ className, /** @type {(Node | string | null)[]} */ ...children) => h("div", { class: className }, ...children);
  const button = h("button", { type: "button", class: "open path", title: path[row], onclick: () => open(row) }, h("bdi", {}, nameOf(rows, row)));
  const status = rows.coded("status", row);
  const margin = rows.coded("margin", row);
  const numbers = NUMBERS.map(([key, digits]) => cell("right", rows.number(key, row)?.toFixed(digits) ?? ""));
  const between = candidates(rows, row);
  const files = linksOf(rows, row).flatMap((link, index) => (index ? [" · ", link] : [link]));
  const why = cell("wrap", remarks(rows, row));
  why.title = remarks(rows, row);
  const cells = [
    picture(means, row), cell("two", button, h("div", {}, uid[row] ?? "no UID")), cell("", h("span", { class: `status ${status}` }, status)),
    cell("", rows.coded("laterality", row)), cell("", rows.coded("view", row)),
    cell("", distribution(means, row), between ? h("div", { class: "between" }, between) : null), cell("", chart(means, row)),
    cell("right", margin === null ? "" : margin.toFixed(2)), ...numbers, why, cell("", ...files),
  ];
  for (const one of cells) one.setAttribute("role", "cell");
  return h("div", { class: "row", role: "row", "aria-rowindex": String(place + 2) }, ...cells);
}
