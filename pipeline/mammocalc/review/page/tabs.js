// @ts-check
// The views of a case by name, of which one is active: in one line, however many there are and whatever they are called.

import { h } from "../../rendering/pages/scripts/elements.js";

/**
 * @import { Pane } from "./pane.js"
 * @import { Viewer } from "./viewer.js"
 */

const FEWEST = 2;  // digits of a UID

/**
 * Names for little room: `R CC …71` for `R CC (...58261171)`, with as many digits as tell these images apart.
 *
 * @param {string[]} names No two of which are equal.
 */
export function shortNames(names) {
  const parts = names.map((name) => /^(.*) \(\.\.\.([\d.]+)\)(.*)$/.exec(name)?.slice(1) ?? null);
  const longest = Math.max(0, ...parts.map((part) => part?.[1].length ?? 0));
  for (let digits = FEWEST; digits < longest; digits += 1) {
    const short = names.map((name, at) => {
      const part = parts[at];
      return part ? `${part[0]} …${part[1].slice(-digits)}${part[2]}` : name;
    });
    if (new Set(short).size === names.length) return short;
  }
  return names;
}

/**
 * Bring the tabs up to date; what has not changed keeps its elements, and the focus.
 *
 * @param {HTMLElement} holder
 * @param {Viewer} viewer
 * @param {(pane: Pane) => void} activate
 */
export function showTabs(holder, viewer, activate) {
  const { all, active } = viewer;
  const home = active && viewer.homeOf(active);
  const short = shortNames(all.map(({ name }) => name));
  const told = all.map((pane, at) => [pane.uid, short[at], pane === home, pane.answers.state.read].join(" ")).join("\n");
  if (holder.dataset.told === told) return;
  holder.dataset.told = told;
  const focused = document.activeElement instanceof HTMLElement && holder.contains(document.activeElement) ? document.activeElement.dataset.uid : null;
  const tabs = all.map((pane, at) => h("button", {
    type: "button", class: "tab", "aria-pressed": String(pane === home), onclick: () => activate(pane), data: { uid: pane.uid },
    title: short[at] === pane.name ? null : pane.name, "aria-label": pane.answers.state.read ? `${pane.name}, read` : pane.name,
  }, short[at], pane.answers.state.read ? " ✓" : ""));
  holder.replaceChildren(...tabs);
  tabs.find((tab) => tab.dataset.uid === focused)?.focus({ preventScroll: true });
  reveal(holder);
}

/**
 * The line that they stand in.
 *
 * @returns {HTMLElement}
 */
export function lineOfTabs() {
  const holder = h("div", { class: "tabs", role: "group", "aria-label": "Views of the case" });
  new ResizeObserver(() => reveal(holder)).observe(holder);
  return holder;
}

/**
 * Bring the active one into sight where the line is too short for all.
 *
 * @param {HTMLElement} holder
 */
function reveal(holder) {
  holder.querySelector("[aria-pressed=true]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
}
