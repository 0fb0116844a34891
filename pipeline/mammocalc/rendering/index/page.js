// @ts-check
// The page of a run: filters, order and search over its files, as pictures or as a table.

import { moved } from "../pages/scripts/cells.js";
import { around } from "../pages/scripts/elements.js";
import { FacetPanel } from "../pages/scripts/facet_panel.js";
import { facetOf, pass } from "../pages/scripts/facets.js";
import { ListInSight } from "../pages/scripts/list_in_sight.js";
import { sayNumber } from "../pages/scripts/wording.js";
import { cardOf, tableRowOf } from "./cards.js";
import { columnsOf, ordered } from "./columns.js";
import { Detail } from "./detail.js";
import { buildHead, showOrder } from "./head.js";
import { byId } from "./page_elements.js";
import { Rows } from "./rows.js";
import { buildTop } from "./top.js";

/** @import { CodedName, Data } from "./rows.js" */

const CARD = { width: 188, height: 278, gap: 14 };
const MOST_PRINTED = 1000;  // images: a hundred pages
const ROW = { width: null, height: 54, gap: 0 };

/** @type {Data} */
const data = JSON.parse(byId("data").textContent ?? "");
const rows = new Rows(data);
const columns = columnsOf(rows);
/** @type {{ isGrid: boolean, sort: string, isDescending: boolean, text: string, shown: number[] }} */
const state = { isGrid: true, sort: "path", isDescending: false, text: "", shown: [] };
const detail = new Detail(rows, () => state.shown);
const means = { rows, data, open: (/** @type {number} */ row) => detail.show(row) };
const list = new ListInSight(byId("list"), byId("items"), (place) => (state.isGrid ? cardOf(means, state.shown[place]) : tableRowOf(means, state.shown[place], place)));

/** @type {(name: CodedName, title: string, order?: string[]) => ReturnType<typeof facetOf>} */
const facet = (name, title, order) => {
  const { values, codes } = rows.columns[name];
  return facetOf(name, title, { atoms: values.map((value) => [value].flat()), codes }, order);
};
const facets = [
  facet("status", "Status", ["analysed", "skipped", "failed"]),
  facet("distribution", "Distribution", Object.keys(data.appearances)),
  facet("laterality", "Side", ["R", "L", "B", "unknown"]),
  facet("view", "View"),
  facet("reason", "Skipped or failed because"),
  facet("flags", "Flags"),
];
const panel = new FacetPanel(byId("facets"), { looks: data.appearances, sentences: data.sentences, changed: () => apply() });

/** Show what filters and search let through. */
function apply() {
  const { rows: found, counts } = pass(facets, rows.total, (row) => !state.text || rows.holds(row, state.text));
  state.shown = ordered(found, columns.find(({ key }) => key === state.sort), state.isDescending);
  panel.say(counts);
  const all = sayNumber(rows.total);
  byId("count").textContent = found.length === rows.total ? `${all} ${rows.noun}` : `${sayNumber(found.length)} of ${all} ${rows.noun}`;
  byId("empty").hidden = found.length > 0;
  byId("list").scrollTop = 0;
  layOut();
}

/** Lay the list out as it is to be seen. */
function layOut() {
  const { isGrid } = state;
  byId("items").setAttribute("role", isGrid ? "group" : "rowgroup");
  byId("items").setAttribute("aria-label", isGrid ? "Images" : "");
  byId("head").hidden = isGrid;
  if (isGrid) byId("list").removeAttribute("role");
  else {
    byId("list").setAttribute("role", "table");
    byId("list").setAttribute("aria-rowcount", String(state.shown.length + 1));
  }
  byId("as-grid").setAttribute("aria-pressed", String(isGrid));
  byId("as-table").setAttribute("aria-pressed", String(!isGrid));
  showOrder(state.sort, state.isDescending);
  list.fill(state.shown.length, isGrid ? CARD : ROW);
}

/** @param {boolean} isGrid */
function setLayout(isGrid) {
  state.isGrid = isGrid;
  byId("list").scrollTop = 0;
  layOut();
}

/**
 * Order by a column, or by the same one the other way round.
 *
 * @param {string} key
 */
function sortBy(key) {
  state.isDescending = state.sort === key ? !state.isDescending : columns.find((column) => column.key === key)?.descending ?? false;
  state.sort = key;
  apply();
}

/** @param {KeyboardEvent} event */
function walk(event) {
  const holder = around(event, "[data-place]");
  if (!holder) return;
  const { isGrid } = state;
  const target = moved(event.key, Number(holder.dataset.place), { across: list.grid.across, count: list.count, isGrid });
  if (target === null) return;
  event.preventDefault();
  const node = list.reveal(target, byId("head").offsetHeight);
  const taking = isGrid ? node : node?.querySelector(".open");
  if (taking instanceof HTMLElement) taking.focus({ preventScroll: true });
  list.draw();
}

function clear() {
  for (const { chosen } of facets) chosen.clear();
  panel.clear();
  state.text = byId("search").value = "";
  apply();
}

buildTop(rows, data);
panel.build(facets);
buildHead(columns, sortBy);
byId("as-grid").addEventListener("click", () => setLayout(true));
byId("as-table").addEventListener("click", () => setLayout(false));
byId("sort").addEventListener("change", () => {
  state.sort = "";
  sortBy(byId("sort").value);
});
byId("direction").addEventListener("click", () => sortBy(state.sort));
byId("search").addEventListener("input", () => {
  state.text = byId("search").value.trim().toLowerCase();
  apply();
});
byId("clear").addEventListener("click", clear);
window.addEventListener("resize", () => list.lay());
window.addEventListener("beforeprint", () => {
  const left = state.shown.length - MOST_PRINTED;
  byId("unprinted").textContent = left > 0 ? `${sayNumber(left)} more ${rows.noun} are not printed: tables/images.csv has all, filters choose.` : "";
  list.keep(MOST_PRINTED);
});
window.addEventListener("afterprint", () => list.keep(0));
byId("list").addEventListener("keydown", walk);
apply();
