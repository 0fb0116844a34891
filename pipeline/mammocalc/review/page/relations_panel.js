// @ts-check
// What the panel says of a finding's partners in other views and on the other date, and what the reader says of them.

import { h } from "../../rendering/pages/scripts/elements.js";
import { words } from "../../rendering/pages/scripts/wording.js";
import { once, toast } from "./dom.js";
import { nameOf } from "./findings.js";
import { goTo } from "./going.js";
import { arcOf } from "./lights.js";
import { beginLink, canBeLinked, otherViews, saidToBe } from "./linking.js";
import { pairsOf, saidIn, sayPair } from "./pair_answers.js";
import { clusterOf, findingOf, linksOf, sayLocation, sayingsOf } from "./partners.js";

/**
 * @import { Finding, PairAnswer, StudyFinding } from "./types.js"
 * @import { Pair } from "./partners.js"
 * @import { Pane } from "./pane.js"
 * @import { Chosen, Viewer } from "./viewer.js"
 */

/** @type {Record<PairAnswer, string>} */
const SIGNS = { same: "=", not_the_same: "≠", new: "new", gone: "gone" };

/**
 * @param {Viewer} viewer
 * @param {Finding} finding Of the active view.
 * @returns {HTMLElement[]}
 */
export function relations(viewer, finding) {
  const pane = viewer.current;
  const place = findingOf(pane.study, pane.uid, clusterOf(finding));
  const pairs = pairsOf(viewer, { pane, finding });
  const missing = unseen(viewer, pane, finding);
  if (!place && !pairs.length && !missing.length) return [];
  const title = h("p", { class: "named" }, nameOf(finding), place ? `, finding ${place.name}` : "", place ? locationOf(place) : null, " ", linkButton(viewer, { pane, finding }));
  return [title, ...aboutPlace(place), ...pairs.map((pair) => line(viewer, pair, { pane, finding })), ...missing];
}

/**
 * To link a finding with one that the program has not linked it with.
 *
 * @param {Viewer} viewer
 * @param {Chosen} chosen
 */
function linkButton(viewer, chosen) {
  if (!canBeLinked(viewer, chosen)) return null;
  return h("button", {
    type: "button", class: "link", title: "Say which finding of another view is the same", data: { keep: "begin-link" },
    onclick: () => {
      toast(beginLink(viewer, chosen));
      viewer.toPicture();
    },
  }, "Link…");
}

/**
 * Quadrant and clock position, where the study tells them.
 *
 * @param {StudyFinding} place
 */
function locationOf({ location }) {
  const told = sayLocation(location);
  return told || location?.reasons.length ? h("span", { class: "dim" }, ` · ${told || "place not told"}`) : null;
}

/**
 * Why the place is not told more exactly.
 *
 * @param {StudyFinding | null} place
 */
function aboutPlace(place) {
  const reasons = place?.location?.reasons ?? [];
  return reasons.length ? [h("details", { class: "published" }, h("summary", {}, "About its place"), ...reasons.map((reason) => h("p", {}, reason)))] : [];
}

/**
 * @param {Viewer} viewer
 * @param {Pair} pair
 * @param {Chosen} chosen
 */
function line(viewer, pair, chosen) {
  const said = saidIn(viewer, pair);
  const name = `pair-${pair.relation}-${pair.of}-${pair.id}-${pair.other}-${pair.other_id}`;
  const buttons = sayingsOf(pair).map((word) => h("button", {
    type: "button", class: `word ${word}`, "aria-pressed": String(said === word), title: words(word), "aria-label": `${words(word)}: ${pair.title}`,
    data: { keep: `${name}-${word}`, answer: word },
    onclick: once(() => {
      sayPair(viewer, pair, said === word ? null : word);
      viewer.toPicture();
    }),
  }, SIGNS[word]));
  const go = h("button", { type: "button", class: "link", data: { keep: `${name}-go` }, onclick: () => goTo(viewer, pair, chosen.pane) }, pair.title);
  const why = h("details", { class: "published" }, h("summary", {}, "Why"), ...pair.reasons.map((reason) => h("p", {}, reason)));
  return h("div", { class: "pair", data: { relation: pair.relation } },
    h("div", { class: "line" }, h("span", {}, go, h("span", { class: "dim" }, ` ${pair.about} `), h("kbd", {}, pair.relation === "link" ? "S" : "Shift S")), h("span", { class: "verdicts" }, ...buttons)),
    pair.reasons.length ? why : null);
}

/**
 * The views of the breast in which a cluster has no partner, and where to look there.
 *
 * @param {Viewer} viewer
 * @param {Pane} pane
 * @param {Finding} finding
 */
function unseen(viewer, pane, finding) {
  if (finding.kind === "vessel" || pane !== viewer.homeOf(pane)) return [];
  const linked = new Set(linksOf(pane.study, pane.uid, clusterOf(finding)).map(({ uid }) => uid));
  const others = otherViews(viewer, pane).filter((one) => !linked.has(one.uid) && !saidToBe(pane, finding, one).length);
  return others.map((other) => {
    const arc = arcOf(pane, finding, other);
    const where = arc ? `look ${Math.max(0, arc.radiusMm - arc.bandMm).toFixed(0)} to ${(arc.radiusMm + arc.bandMm).toFixed(0)} mm from its nipple` : "a nipple is not known, so there is no arc";
    return h("p", { class: "dim" }, `${other.name}: no partner; ${where}.`);
  });
}
