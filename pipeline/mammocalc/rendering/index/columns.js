// @ts-check
// The columns of the table, and what rows are ordered by.

import { byValue, ranksOf } from "../pages/scripts/ordering.js";
import { words } from "../pages/scripts/wording.js";

/** @import { CodedName, Numeric, Rows } from "./rows.js" */

/** @typedef {{ key: string, title: string, value?: (row: number) => number | null, right?: boolean, descending?: boolean }} Column */

/**
 * @param {Rows} rows
 * @returns {Column[]}
 */
export function columnsOf(rows) {
  const numeric = (/** @type {Numeric} */ name) => (/** @type {number} */ row) => rows.number(name, row);
  const ranked = (/** @type {CodedName} */ name) => {
    const { values, codes } = rows.columns[name];
    const ranks = ranksOf(values, (value) => words(String(value)));
    return (/** @type {number} */ row) => (codes[row] < 0 ? null : ranks[codes[row]]);
  };
  const counted = (/** @type {Numeric} */ key, /** @type {string} */ title) => ({ key, title, value: numeric(key), right: true, descending: true });
  return [
    { key: "picture", title: "" },
    { key: "path", title: "Image", value: (row) => row },
    { key: "status", title: "Status", value: ranked("status") },
    { key: "laterality", title: "Side", value: ranked("laterality") },
    { key: "view", title: "View", value: ranked("view") },
    { key: "distribution", title: "Distribution", value: ranked("distribution") },
    { key: "chart", title: "Shares" },
    { key: "margin", title: "Margin", value: (row) => rows.coded("margin", row), right: true },
    counted("presence_level", "Presence, of 10"),
    counted("calcifications", "All"),
    counted("micro", "Micro"),
    counted("macro", "Macro"),
    counted("clusters", "Clusters"),
    counted("seconds", "Seconds"),
    { key: "details", title: "Flags, or why not analysed" },
    { key: "links", title: "Files" },
  ];
}

/**
 * Order rows by a column; equal ones stand as in the run.
 *
 * @param {number[]} shown
 * @param {Column | undefined} column
 * @param {boolean} isDescending
 */
export function ordered(shown, column, isDescending) {
  const value = column?.value ?? ((row) => row);
  const keys = new Map(shown.map((row) => [row, value(row)]));
  const compare = byValue((/** @type {number} */ row) => keys.get(row), isDescending);
  return shown.sort((one, other) => compare(one, other) || one - other);
}
