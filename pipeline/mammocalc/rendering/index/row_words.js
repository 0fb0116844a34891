// @ts-check
// What is said of a row.

import { sayCounts, words } from "../pages/scripts/wording.js";

/** @import { Rows } from "./rows.js" */

/** @type {(rows: Rows, row: number) => string} */
export const sideAndView = (rows, row) => [rows.coded("laterality", row), rows.coded("view", row)].filter((part) => part && part !== "unknown").join(" ");

/** Where the file lies, and which frame of it this is. @type {(rows: Rows, row: number) => string} */
export const nameOf = (rows, row) => [rows.columns.path[row], rows.coded("frame", row)].filter(Boolean).join(" · ");

/** The two labels that an indeterminate one lies between. @type {(rows: Rows, row: number) => string} */
export const candidates = (rows, row) => (rows.coded("between", row) ?? []).map(words).join(" or ");

/** Why it was not analysed, or its flags. @type {(rows: Rows, row: number) => string} */
export const remarks = (rows, row) => rows.coded("message", row) ?? (rows.coded("flags", row) ?? []).map(words).join(", ");

/**
 * How many were found; empty where nothing was looked for.
 *
 * @param {Rows} rows
 * @param {number} row
 */
export function findings(rows, row) {
  if (rows.number("micro", row) === null) return "";
  const of = (/** @type {import("./rows.js").Numeric} */ name) => rows.number(name, row) ?? 0;
  return sayCounts({
    calcifications: of("calcifications"), micro: of("micro"), macro: of("macro"), size_unknown: of("size_unknown"),
    vascular: of("vascular"), clusters: of("clusters"), vessels: of("vessels"),
  });
}
