// @ts-check
// The keys, in one table: what the page obeys is what `?` shows.

import { around, h } from "../../rendering/pages/scripts/elements.js";
import { isComposed } from "../../rendering/pages/scripts/key_events.js";
import { MODES, keysOf } from "./choosing.js";
import { byId } from "./dom.js";

/** @import { Vocabulary } from "./types.js" */

/** @typedef {[key: string, command: string | null, text: string]} Row */

/** @type {[title: string, rows: Row[]][]} */
export const KEYS = [
  ["Moving", [
    ["j", "next", "Next finding"], ["k", "previous", "Previous finding"],
    ["Shift+J", "nextSpot", "Next single calcification, members of clusters too"], ["Shift+K", "previousSpot", "Previous one"],
    ["PageDown", "nextImage", "Next image of the worklist"], ["PageUp", "previousImage", "Previous image of the worklist"],
    ["]", "nextPane", "Next view of the case"], ["[", "previousPane", "Previous view of the case"],
    ["v", "large", "One view large, or all of them"], ["Escape", "back", "Put down the tool, then the priors, then all views, then the worklist"],
  ]],
  ["Answering", [
    ["g", "agree", "Agree with the whole image"], ["Shift+G", "disagree", "No longer agree"],
    ["r", "read", "Mark as read"], ["Shift+R", "unread", "Mark as unread"],
    ["a", "accept", "Accept what is selected"], ["x", "reject", "Reject it; remove one that you added"],
    ["c", "clear", "Take the verdict back"], ["n", "add", "Add a missed calcification"],
    [".", "larger", "Larger by 0.05 mm"], [",", "smaller", "Smaller by 0.05 mm"],
    ["d", "distribution", "Choose a distribution"], ["o", "morphology", "Choose a morphology"],
    ["s", "sameView", "Say whether it is the same in the other view; where nothing is linked, begin a link, and end it there"], ["Shift+S", "sameDate", "Say whether it is the same on the other date"],
    ["t", "comment", "Write a comment"], ["Ctrl+Enter", null, "Save the comment"],
    ["u", "undo", "Undo"], ["Shift+U", "redo", "Redo"],
    ["Ctrl+Z", "undo", "Undo"], ["Ctrl+Y", "redo", "Redo"], ["Ctrl+Shift+Z", "redo", "Redo"],
    ["y", "history", "What was answered, and when"],
  ]],
  ["Looking", [
    ["w", "window", "Next window of the file"], ["e", "local", "Window of the place, or of the whole breast"],
    ["Shift+Arrows", null, "Window: up and down its level, left and right its width"],
    ["i", "invert", "Invert"], ["+", "zoomIn", "Larger"], ["-", "zoomOut", "Smaller"], ["f", "fit", "Whole image"],
    ["z", "pixels", "1:1 pixels"], ["Arrows", null, "Pan; with a tool: move its crosshair (Shift: in large steps)"],
    ["m", "magnifier", "Magnifier"], ["l", "ruler", "Ruler; Enter sets each end"], ["q", "linked", "Windows of all views together, or each alone"],
    ["p", "beside", "Prior beside each view"], ["b", "blink", "Prior in place of each view, and back"], ["Shift+Q", "together", "Zoom and pan of all views together, or each alone"],
    ["h", "marks", "Marks on or off"], ["1", "micro", "Micro"], ["2", "macro", "Macro"], ["3", "vascular", "Vascular"], ["4", "hulls", "Hulls"],
  ]],
  ["Worklist", [
    ["/", "search", "Search"], ["Enter", null, "Open the image"], ["Arrows", null, "Move from image to image"], ["?", "help", "These keys"],
  ]],
];

const NAMES = new Map(KEYS.flatMap(([, rows]) => rows.map(([key, name]) => /** @type {const} */ ([key.toLowerCase(), name]))));
/** What says something of an image. @type {Set<string | null>} */
export const ANSWERING = new Set(KEYS.filter(([title]) => title === "Answering").flatMap(([, rows]) => rows.map(([, command]) => command)).filter((command) => command !== null));
/** @type {Set<string | null>} */
const HELD = new Set(["next", "previous", "nextSpot", "previousSpot", "zoomIn", "zoomOut"]);  // a held key goes on with these
const STORE = "mammocalc-single-keys";
const TYPED = "textarea, input:not([type=checkbox])";

export function singleKeysAreOn() {
  return localStorage.getItem(STORE) !== "off";
}

/**
 * The name of the command of a key event, or null. Fields of text keep their keys, and a held key commands once.
 *
 * @param {KeyboardEvent} event
 */
export function commandOf(event) {
  if (event.defaultPrevented || event.altKey || isComposed(event) || document.querySelector("dialog[open]")) return null;
  if (around(event, TYPED) && event.key !== "Escape") return null;
  const name = nameOfKey(event);
  return event.repeat && !HELD.has(name) ? null : name;
}

/**
 * The command of a key wherever it is pressed, or null.
 *
 * @param {Pick<KeyboardEvent, "key" | "shiftKey" | "ctrlKey" | "metaKey">} event
 */
function nameOfKey(event) {
  const isLetter = /^[a-z]$/i.test(event.key);
  const key = event.shiftKey && isLetter ? `shift+${event.key.toLowerCase()}` : event.key.toLowerCase();
  if (event.ctrlKey || event.metaKey) return NAMES.get(`ctrl+${key}`) ?? null;
  if (!singleKeysAreOn() && event.key.length === 1) return null;
  return key === "=" ? "zoomIn" : NAMES.get(key) ?? null;
}

/**
 * Whether a control would take a key that is not meant for it.
 *
 * @param {KeyboardEvent} event
 * @param {string | null} held The key that opened a field and is still down.
 */
export function isUnasked(event, held) {
  if (event.repeat && event.code === held && around(event, TYPED)) return true;
  return event.repeat && ["Enter", " "].includes(event.key) && around(event, "button, summary, a, [type=checkbox]") !== null;
}

/**
 * Whether a key would choose from a list by its letters: lists are for arrows and the pointer.
 *
 * @param {KeyboardEvent} event
 */
export function choosesByLetter(event) {
  return event.key.length === 1 && event.key !== " " && around(event, "select") !== null;
}

/**
 * Fill and open the dialog of the keys.
 *
 * @param {Vocabulary} vocabulary
 */
export function showKeys(vocabulary) {
  const dialog = byId("keys");
  if (!byId("keys-list").childElementCount) {
    /** @type {[string, Row[]][]} */
    const modes = Object.entries(MODES).map(([mode, { opening, labels, title }]) => [
      `${title}${title.endsWith("?") ? "" : ":"} ${mode === "change" ? "Shift+" : ""}${opening.toUpperCase()}, then`,
      [...keysOf(labels(vocabulary), opening)].map(([label, key]) => [key, null, label.replaceAll("_", " ")]),
    ]);
    const sections = [...KEYS, ...modes].map(([title, rows]) => {
      const lines = rows.map(([key, , text]) => h("div", {}, h("dt", {}, ...key.split(/(?<=.)\+(?=.)/).map((part) => h("kbd", {}, shown(part)))), h("dd", {}, text)));
      return h("section", {}, h("h3", {}, title), h("dl", {}, ...lines));
    });
    byId("keys-list").append(h("div", { class: "columns" }, ...sections));
    const toggle = byId("single-keys");
    toggle.checked = singleKeysAreOn();
    toggle.addEventListener("change", () => localStorage.setItem(STORE, toggle.checked ? "on" : "off"));
  }
  dialog.showModal();
}

/** @param {string} part */
function shown(part) {
  return { PageDown: "Page ↓", PageUp: "Page ↑", Escape: "Esc", Arrows: "←↑↓→" }[part] ?? (part.length === 1 ? part.toUpperCase() : part);
}
