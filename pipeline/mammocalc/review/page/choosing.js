// @ts-check
// The mode in which a label is chosen: one list, a key for each class, one Escape that leaves and saves nothing.

import { h, symbol } from "../../rendering/pages/scripts/elements.js";
import { words } from "../../rendering/pages/scripts/wording.js";
import { byId, toast } from "./dom.js";
import { PAIR_WORDS } from "./partners.js";

/** @import { Vocabulary } from "./types.js" */

/** @typedef {"distribution" | "morphology"} LabelMode */
/** @typedef {LabelMode | "link" | "change"} Mode */

const OWN = "0";  // the key that gives the label back to the program
const PAGES = ["PageDown", "PageUp"];  // of the page, which go on along the worklist
const TWICE_MS = 600;  // two presses of a key within so long are one that bounced or was meant once

/**
 * What can be chosen, and under which key of the page.
 *
 * @type {Record<Mode, { opening: string, title: string, labels: (vocabulary: Vocabulary, isCluster?: boolean) => string[] }>}
 */
export const MODES = {
  distribution: { opening: "d", title: "Distribution", labels: (vocabulary, isCluster) => (isCluster ? vocabulary.cluster_distributions : vocabulary.distributions) },
  link: { opening: "s", title: "Same in the other view?", labels: () => ["same", "not_the_same"] },
  change: { opening: "s", title: "Same on the other date?", labels: () => PAIR_WORDS },
  morphology: { opening: "o", title: "Morphology", labels: (vocabulary) => vocabulary.morphologies },
};

/**
 * A letter for each label, of its own word where one is free; never the one that opens the mode, which may be pressed twice.
 *
 * @param {string[]} labels
 * @param {string} opening
 * @returns {Map<string, string>} With an empty letter where none is left.
 */
export function keysOf(labels, opening) {
  /** @type {Map<string, string>} */
  const keys = new Map();
  const isFree = (/** @type {string} */ letter) => /[a-z]/.test(letter) && letter !== opening && ![...keys.values()].includes(letter);
  for (const label of labels) if (isFree(label[0])) keys.set(label, label[0]);
  for (const label of labels.filter((one) => !keys.has(one))) {
    const letter = [...label, ..."abcdefghijklmnopqrstuvwxyz"].find(isFree);
    if (letter) keys.set(label, letter);
  }
  return new Map(labels.map((label) => [label, keys.get(label) ?? ""]));
}

/** Leave what is being chosen, without an answer. */
let leave = () => {};

let last = { key: "", time: -Infinity };

/**
 * Whether a key only repeats the one that just chose: it would mean something else outside of the mode.
 *
 * @param {KeyboardEvent} event
 */
export function isEcho(event) {
  return event.key.toLowerCase() === last.key && event.timeStamp - last.time < TWICE_MS;
}

/**
 * Let the reader choose. `about` says of what, `said` is the reader's label and `own` the program's.
 *
 * @param {Mode} what
 * @param {{ about: string, said: string | null, own: string | undefined, vocabulary: Vocabulary, isCluster: boolean, labels?: string[] }} facts
 * @returns {Promise<string | null | undefined>} A label, null where the reader's is taken back, undefined where nothing
 *   was chosen.
 */
export function choose(what, { about, said, own, vocabulary, isCluster, labels: fitting }) {
  const { opening, title, labels } = MODES[what];
  const dialog = byId("choose");
  // Keys are those of all labels of the mode: a key never means one thing here and another there.
  const all = keysOf(labels(vocabulary, isCluster), opening);
  const keys = new Map([...all].filter(([label]) => !fitting || fitting.includes(label)));
  // The event that a dialog has closed comes late: keys typed meanwhile may have opened it anew, for something else.
  leave();
  const listening = new AbortController();
  /** @type {(label: string | null | undefined) => void} */
  let tell = () => {};
  const take = (/** @type {string | null | undefined} */ label) => {
    listening.abort();
    leave = () => {};
    dialog.close();
    if (label === undefined) toast("Nothing was changed.");
    tell(label);
  };
  leave = () => take(undefined);
  /** @type {(label: string | null, key: string, text: string) => HTMLButtonElement} */
  const option = (label, key, text) => h("button", {
    type: "button", class: "choice", "aria-pressed": String(said === label), data: { label: label ?? "" },
    onclick: () => take(label),
  }, h("kbd", {}, key.toUpperCase()), symbol(label === null ? null : vocabulary.palette[label]), h("span", {}, text), label && label === own ? h("span", { class: "dim" }, "program") : null);
  const options = [...keys].map(([label, key]) => option(label, key, words(label)));
  if (said) options.push(option(null, OWN, own ? `Take back: ${words(own)}, as the program says` : "Take back"));
  byId("choose-title").replaceChildren(`${title} `, h("span", { class: "dim" }, about));
  byId("choose-list").replaceChildren(...options);
  const listen = (/** @type {KeyboardEvent} */ event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.repeat) return;
    // Who goes on to another image has left this one: what is typed next is not for it.
    if (PAGES.includes(event.key)) take(undefined);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key] ?? 0;
    if (step) move(options, step);
    else if (event.key.length !== 1 || event.key === " ") return;
    else press(event);
    event.preventDefault();
  };
  const press = (/** @type {KeyboardEvent} */ event) => {
    const key = event.key.toLowerCase();
    const label = [...keys].find(([, one]) => one === key)?.[0];
    if (label === undefined && !(key === OWN && said)) {
      byId("choose-hint").textContent = key === opening ? "" : `${event.key.toUpperCase()} is not one of these. Esc leaves without an answer.`;
      return;
    }
    last = { key, time: event.timeStamp };
    take(label ?? null);
  };
  byId("choose-hint").textContent = "Esc leaves without an answer.";
  dialog.addEventListener("keydown", listen, { signal: listening.signal });
  dialog.addEventListener("close", () => {
    if (!dialog.open) leave();
  }, { signal: listening.signal });
  dialog.showModal();
  byId("choose-list").focus();
  return new Promise((resolve) => { tell = resolve; });
}

/**
 * @param {HTMLButtonElement[]} options
 * @param {number} step
 */
function move(options, step) {
  const at = options.findIndex((option) => option === document.activeElement);
  options[at < 0 ? (step > 0 ? 0 : options.length - 1) : (at + step + options.length) % options.length].focus();
}
