// @ts-check
// The buttons that accept, reject or remove a finding.

import { h } from "../../rendering/pages/scripts/elements.js";
import { judge } from "./answering.js";
import { once } from "./dom.js";
import { nameOf } from "./findings.js";

/**
 * @import { Finding, Verdict } from "./types.js"
 * @import { Viewer } from "./viewer.js"
 */

/**
 * @param {Viewer} viewer
 * @param {Finding} finding
 */
export function remover(viewer, finding) {
  return h("span", { class: "verdicts" }, h("button", {
    type: "button", class: "verdict reject", "aria-label": `Remove ${nameOf(finding)}`, title: "Remove (X)",
    data: { keep: `remove-${finding.key}` }, onclick: judging(viewer, "reject", finding),
  }, "✕"));
}

/**
 * @param {Viewer} viewer
 * @param {Verdict | null} verdict
 * @param {Finding} finding
 */
function judging(viewer, verdict, finding) {
  const pane = viewer.current;
  return once(() => {
    judge(viewer, verdict, { finding, pane });
    viewer.toPicture();
  });
}

/**
 * @param {Viewer} viewer
 * @param {Finding} finding
 */
export function verdicts(viewer, finding) {
  /** @type {(verdict: Verdict, sign: string, name: string, key: string) => HTMLButtonElement} */
  const one = (verdict, sign, name, key) => {
    const isOn = finding.verdict === verdict;
    return h("button", {
      type: "button", class: `verdict ${verdict}`, "aria-pressed": String(isOn), "aria-label": `${name} ${nameOf(finding)}`, title: `${name} (${key})`,
      data: { keep: `${verdict}-${finding.key}` }, onclick: judging(viewer, isOn ? null : verdict, finding),
    }, sign);
  };
  return h("span", { class: "verdicts" }, one("accept", "✓", "Accept", "A"), one("reject", "✕", "Reject", "X"));
}
