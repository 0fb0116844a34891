// @ts-check
// The top of the page: what the run was, how many of what there are, and the shares of the distributions.

import { h, termOf } from "../pages/scripts/elements.js";
import { sayNumber, words } from "../pages/scripts/wording.js";
import { byId } from "./page_elements.js";

/** @import { Data, Rows } from "./rows.js" */

/**
 * @param {Rows} rows
 * @returns {[term: string, count: number, className: string][]}
 */
function totalsOf(rows) {
  const status = rows.tally("status");
  const named = ["analysed", "skipped", "failed"].map((name) => /** @type {[string, number, string]} */ ([name, status.get(name) ?? 0, status.get(name) ? name : ""]));
  const having = rows.columns.calcifications.filter((value) => (value ?? 0) > 0).length;
  /** @type {[string, number, string][]} */
  const counted = [["with calcifications", having, ""], ["calcifications", rows.sum("calcifications"), ""], ["micro", rows.sum("micro"), ""], ["macro", rows.sum("macro"), ""]];
  /** @type {[string, number, string][]} */
  const rare = [["of unknown size", rows.sum("size_unknown"), ""], ["of these vascular", rows.sum("vascular"), ""]];
  return [[rows.noun, rows.total, ""], ...named, ...counted, ...rare.filter(([, count]) => count), ["clusters", rows.sum("clusters"), ""]];
}

/**
 * @param {Rows} rows
 * @param {Data} data
 */
export function buildTop(rows, data) {
  byId("notice").textContent = data.notice;
  byId("facts").replaceChildren(...data.facts.map(([term, text]) => termOf(term, text)));
  byId("totals").replaceChildren(...totalsOf(rows).map(([term, count, className]) => termOf(term, sayNumber(count), className)));
  const counts = rows.tally("distribution");
  const parts = Object.entries(data.appearances).flatMap(([label, { colour }]) => {
    const count = counts.get(label);
    if (!count) return [];
    const part = h("span", { title: `${words(label)}: ${sayNumber(count)}` });
    part.style.flexGrow = String(count);
    part.style.background = colour;
    return [part];
  });
  byId("shares").replaceChildren(...parts);
  byId("shares").setAttribute("aria-label", `Distributions: ${parts.map(({ title }) => title).join(", ") || "none"}`);
}
