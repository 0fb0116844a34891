// @ts-check
// What a reader says of two findings: same, not the same, new, gone. Of the two sides of a link the last word counts.

import { percent, sayInterval, words } from "../../rendering/pages/scripts/wording.js";
import { choose } from "./choosing.js";
import { toast } from "./dom.js";
import { letterOf, nameOf } from "./findings.js";
import { beginLink, canBeLinked, eachOnce, endLink, linksOfReader, offeredLink } from "./linking.js";
import { claimOf, isSamePair, linksOf, pairOfRow, rowOf, saidOf, sayingsOf, usable } from "./partners.js";

/**
 * @import { PairAnswer, PairName, Vocabulary } from "./types.js"
 * @import { Pair } from "./partners.js"
 * @import { Pane } from "./pane.js"
 * @import { Chosen, Viewer } from "./viewer.js"
 */

/**
 * What was said of a pair, as far as its images are open.
 *
 * @param {Viewer} viewer
 * @param {Pair} pair
 */
export function saidIn(viewer, pair) {
  return saidOf(pair, pair.uid, (uid) => viewer.known.find((pane) => pane.uid === uid)?.answers.state ?? null);
}

/**
 * The pairs that a finding is in: the one that is being linked, those with other views, then with the other date.
 *
 * @param {Viewer} viewer
 * @param {Chosen} chosen
 * @returns {Pair[]}
 */
export function pairsOf(viewer, chosen) {
  const own = linksOfReader(viewer, chosen).filter((pair) => saidIn(viewer, pair) !== null);
  const links = [...linksOfFinding(viewer, chosen), ...own];
  const offered = offeredLink(viewer, chosen).filter((one) => !links.some((link) => isSamePair(link, one)));
  return [...offered, ...eachOnce(links), ...changesOfFinding(viewer, chosen)];
}

/**
 * @param {Viewer} viewer
 * @param {Chosen} chosen
 * @returns {Pair[]}
 */
function linksOfFinding(viewer, { pane, finding }) {
  if (finding.kind !== "cluster") return [];
  return linksOf(pane.study, pane.uid, finding.id).map(({ uid, cluster, link }) => {
    const other = viewer.known.find((one) => one.uid === uid);
    return {
      relation: "link", of: "cluster", id: finding.id, other: uid, other_id: cluster, uid: pane.uid,
      title: `${other ? other.name : "another view"}: cluster ${letterOf(other?.result, "cluster", cluster)}`,
      claim: "same", about: link.probability === null ? "one exposure, twice" : `linked, ${percent(link.probability)}`, reasons: link.reasons,
    };
  });
}

/**
 * @param {Viewer} viewer
 * @param {Chosen} chosen
 * @returns {Pair[]}
 */
function changesOfFinding(viewer, { pane, finding }) {
  const home = viewer.homeOf(pane);
  const comparison = usable(home.comparison);
  const found = comparison && rowOf(comparison, finding, home !== pane);
  if (!comparison || !found) return [];
  const { of, row } = found;
  const name = pairOfRow(of, row, comparison.prior);
  const reasons = "reasons" in row ? row.reasons : [row.reason];
  const when = home === pane ? sayInterval(comparison.interval_days) : "current image";
  return [{ ...name, uid: home.uid, title: `${when}: ${nameOfOther(viewer, name, home, pane)}`, claim: claimOf(row.change), about: words(row.change), reasons }];
}

/**
 * What stands on the other date.
 *
 * @param {Viewer} viewer
 * @param {PairName} name
 * @param {Pane} home
 * @param {Pane} pane The side that is looked from.
 */
function nameOfOther(viewer, name, home, pane) {
  const other = home === pane ? viewer.priors.get(name.other) : home;
  const id = home === pane ? name.other_id : name.id;
  return id === null ? "none" : `${name.of} ${letterOf(other?.result, name.of, id)}`;
}

/**
 * Have a word on a pair saved; null takes it back.
 *
 * @param {Viewer} viewer
 * @param {Pair} pair
 * @param {PairAnswer | null} answer
 */
export function sayPair(viewer, pair, answer) {
  const pane = viewer.known.find((one) => one.uid === pair.uid);
  if (!pane) return undefined;
  if (saidIn(viewer, pair) === answer && pane.answers.isSaved) {
    return toast(answer === null ? "Nothing was said of this pair." : `You have said already: ${words(answer)}.`);
  }
  const { relation, of, id, other, other_id } = pair;
  if (relation === "link") endLink(viewer);
  return viewer.send({ type: "judge_pair", relation, of, id, other, other_id, answer }, pane);
}

/**
 * Choose a word for a pair of the selected finding: the first that has none, else the first. Without any in another view
 * a link is begun here.
 *
 * @param {Viewer} viewer
 * @param {"link" | "change"} relation
 * @param {Vocabulary} vocabulary
 */
export async function choosePair(viewer, relation, vocabulary) {
  const { selected } = viewer;
  if (!selected) return toast("Select a finding first: J goes to the next one.");
  const pairs = pairsOf(viewer, selected).filter((pair) => pair.relation === relation);
  const pair = pairs.find((one) => saidIn(viewer, one) === null) ?? pairs[0];
  if (!pair && relation === "link" && canBeLinked(viewer, selected)) return toast(beginLink(viewer, selected));
  if (!pair) return toast(relation === "link" ? `${nameOf(selected.finding)} is linked to no other view.` : `${nameOf(selected.finding)} was compared with no prior.`);
  const about = `${selected.pane.name}, ${nameOf(selected.finding)} · ${pair.title}`;
  const said = saidIn(viewer, pair);
  const facts = { about, said, own: pair.claim ?? undefined, vocabulary, isCluster: false, labels: sayingsOf(pair) };
  const chosen = await choose(relation, facts);
  viewer.toPicture();
  if (chosen !== undefined) await sayPair(viewer, pair, /** @type {PairAnswer | null} */ (chosen));
  return undefined;
}
