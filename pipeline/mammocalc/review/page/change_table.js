// @ts-check
// The table of a comparison: what became of each cluster and each calcification since the prior.

import { CHANGE_ORDER, byChange } from "../../rendering/pages/scripts/change_order.js";
import { h } from "../../rendering/pages/scripts/elements.js";
import { millimetres, sayInterval, words } from "../../rendering/pages/scripts/wording.js";
import { letterOf } from "./findings.js";
import { goToRow } from "./going.js";
import { pairOfRow, saidOf, usable } from "./partners.js";

/**
 * @import { Comparison, ComparisonCalcification, ComparisonCluster, Result } from "./types.js"
 * @import { Pane } from "./pane.js"
 * @import { Viewer } from "./viewer.js"
 */

const MOST_ROWS = 100;  // in the panel, which is built anew at every step; changes.csv has all

/**
 * How many of each word there are: `3 new, 12 matched`.
 *
 * @param {{ change: string }[]} rows
 */
export function sayChanges(rows) {
  const said = CHANGE_ORDER.map((word) => [word, rows.filter((row) => row.change === word).length]).filter(([, count]) => count);
  return said.map(([word, count]) => `${count} ${words(String(word))}`).join(", ") || "nothing to compare";
}

/**
 * @param {Viewer} viewer
 * @param {boolean} isOpen Whether the table was open.
 * @returns {HTMLElement[]}
 */
export function changes(viewer, isOpen) {
  const home = viewer.homeOf(viewer.current);
  const answer = home.comparison;
  if (!answer) return [];
  const comparison = usable(answer);
  const why = answer.why ? h("p", { class: "dim" }, answer.why) : null;
  if (!comparison) return why ? [why] : [];
  const { registration, calcifications, clusters, notes } = comparison;
  const title = h("summary", {}, h("span", { class: "name" }, `Changes, prior ${sayInterval(comparison.interval_days)}`), h("span", { class: "about" }, sayChanges(calcifications)));
  const loose = new Set((home.result?.clusters ?? []).filter((one) => one.loose).map((one) => one.id));  // chains without a word: the page shows none
  const shown = clusters.filter(({ cluster }) => cluster === null || !loose.has(cluster));
  const rows = [
    ...byChange(shown).map((row) => clusterRow(viewer, home, comparison, row)),
    ...byChange(calcifications).slice(0, MOST_ROWS).map((row) => calcificationRow(viewer, home, comparison, row)),
  ];
  const left = calcifications.length - MOST_ROWS;
  const table = h("table", { class: "changes" },
    h("thead", {}, h("tr", {}, ...["Now", "Prior", "Change", "You"].map((name) => h("th", { scope: "col" }, name)))), h("tbody", {}, ...rows));
  return [h("details", { id: "change-rows", open: isOpen },
    title, why, h("p", { class: "dim small" }, [...registration.reasons, ...notes].join("; ")), table,
    left > 0 ? h("p", { class: "dim small" }, `${left} more rows are in changes.csv.`) : null,
    h("p", { class: "caution" }, comparison.stability_notice))];
}

/**
 * What is named of one side of a row: a letter, and what was measured where there is anything.
 *
 * @param {string} letters
 * @param {string[]} measured
 */
function sideOf(letters, ...measured) {
  return [letters, measured.join(", ")].filter(Boolean).join(": ") || "–";
}

/**
 * @param {Result | null | undefined} result
 * @param {"cluster" | "calcification"} kind
 * @param {(number | null)[]} ids
 */
function lettersOf(result, kind, ids) {
  return ids.filter((id) => id !== null).map((id) => letterOf(result, kind, id)).join(" ");
}

/**
 * @param {Viewer} viewer
 * @param {Pane} home
 * @param {Comparison} comparison
 * @param {ComparisonCluster} row
 */
function clusterRow(viewer, home, comparison, row) {
  const sizeOf = (/** @type {number} */ count, /** @type {number | null} */ extent) => (count ? [String(count), ...(extent === null ? [] : [millimetres(extent)])] : []);
  const prior = viewer.priorOf(home)?.result;
  const there = (prior?.clusters ?? []).filter(({ id }) => row.prior_clusters.includes(id));  // whole, as those of today are
  const members = there.reduce((sum, one) => sum + one.members.length, 0);
  const now = sideOf(lettersOf(home.result, "cluster", [row.cluster]), ...sizeOf(row.members, row.extent_mm));
  const before = sideOf(lettersOf(prior, "cluster", row.prior_clusters), ...sizeOf(members, there.length === 1 ? there[0].extent_mm : null));
  return line(viewer, home, { of: "cluster", row, now, before, other: comparison.prior, why: row.reasons.join(" ") });
}

/**
 * @param {Viewer} viewer
 * @param {Pane} home
 * @param {Comparison} comparison
 * @param {ComparisonCalcification} row
 */
function calcificationRow(viewer, home, comparison, row) {
  const sizeOf = (/** @type {number | null} */ id, /** @type {number | null} */ diameter) => (id === null ? [] : [millimetres(diameter)]);
  const now = sideOf(lettersOf(home.result, "calcification", [row.calcification]), ...sizeOf(row.calcification, row.diameter_mm));
  const before = sideOf(lettersOf(viewer.priorOf(home)?.result, "calcification", [row.prior_calcification]), ...sizeOf(row.prior_calcification, row.prior_diameter_mm));
  return line(viewer, home, { of: "calcification", row, now, before, other: comparison.prior, why: row.reason });
}

/**
 * @param {Viewer} viewer
 * @param {Pane} home
 * @param {{ of: "cluster" | "calcification", row: ComparisonCluster | ComparisonCalcification, now: string, before: string, other: string, why: string }} facts
 */
function line(viewer, home, { of, row, now, before, other, why }) {
  const pair = pairOfRow(of, row, other);
  const said = saidOf(pair, home.uid, (uid) => (uid === home.uid ? home.answers.state : null));
  const name = `change-${of}-${pair.id}-${pair.other_id}`;
  const go = (/** @type {string} */ text) => h("button", { type: "button", class: "link", data: { keep: name }, onclick: () => goToRow(viewer, home, pair) }, of === "cluster" ? `cluster ${text}` : text);
  const cells = pair.id === null ? [now, go(before)] : [go(now), before];
  return h("tr", { title: why, data: { change: row.change } },
    ...cells.map((cell) => h("td", {}, cell)), h("td", { class: `change ${row.change}` }, words(row.change)), h("td", {}, words(said)));
}
