// @ts-check
// What the list is ordered by: the head of the table, and the same choice beside the pictures.

import { h } from "../pages/scripts/elements.js";
import { byId } from "./page_elements.js";

/** @import { Column } from "./columns.js" */

/**
 * @param {Column[]} columns
 * @param {(key: string) => void} sortBy
 */
export function buildHead(columns, sortBy) {
  const cells = columns.map(({ key, title, value, right }) => {
    const inside = value ? h("button", { type: "button", onclick: () => sortBy(key) }, title) : h("span", { class: "dim" }, title);
    return h("div", { class: right ? "right" : "", role: "columnheader", data: value ? { key } : {} }, inside);
  });
  byId("head").append(h("div", { class: "row header", role: "row", "aria-rowindex": "1" }, ...cells));
  byId("sort").append(...columns.flatMap(({ key, title, value }) => (value ? [h("option", { value: key }, title)] : [])));
}

/**
 * @param {string} key
 * @param {boolean} isDescending
 */
export function showOrder(key, isDescending) {
  for (const cell of byId("head").querySelectorAll("[data-key]")) {
    if (cell instanceof HTMLElement && cell.dataset.key === key) cell.setAttribute("aria-sort", isDescending ? "descending" : "ascending");
    else cell.removeAttribute("aria-sort");
  }
  byId("sort").value = key;
  byId("direction").textContent = isDescending ? "↓" : "↑";
  byId("direction").setAttribute("aria-label", isDescending ? "Largest first; show smallest first" : "Smallest first; show largest first");
}
