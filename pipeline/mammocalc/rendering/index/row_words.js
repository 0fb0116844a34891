// @ts-check
// What is said of a row.

import { sayCounts, words } from "../pages/scripts/wording.js";

/** @import { Rows } from "./rows.js" */

/** @type {(rows: Rows, row: number) => string} */
export const sideAndView = (rows, row) => [rows.coded("laterality", row), rows.coded("view", row)].filter((part) => part && part !== "unknown").join(" ");

/** Which frame of a file it is, and the name of the file without its folders. @type {(rows: Rows, row: number) => string} */
export const nameOf = (rows, row) => [rows.coded("frame", row), rows.columns.path[row].split("/").at(-1)].filter(Boolean).join(" · ");

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
