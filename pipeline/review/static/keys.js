// The keys, in one table: what the page obeys is what `?` shows.

import { byId, h } from "./dom.js";

export const KEYS = [
  ["Moving", [
    ["j", "next", "Next finding"], ["k", "previous", "Previous finding"],
    ["Shift+J", "nextSpot", "Next single calcification, members of clusters too"], ["Shift+K", "previousSpot", "Previous one"],
    ["PageDown", "nextImage", "Next image of the worklist"], ["PageUp", "previousImage", "Previous image of the worklist"],
    ["]", "nextPane", "Next view of the case"], ["[", "previousPane", "Previous view of the case"],
    ["v", "large", "One view large, or all of them"], ["Escape", "back", "Put down the tool, then all views, then the worklist"],
  ]],
  ["Answering", [
    ["g", "agree", "Agree with the whole image"], ["r", "read", "Mark as read, or as unread"],
    ["a", "accept", "Accept what is selected"], ["x", "reject", "Reject it; remove one that you added"],
    ["c", "clear", "Take the verdict back"], ["n", "add", "Add a missed calcification"],
    [".", "larger", "Larger by 0.05 mm"], [",", "smaller", "Smaller by 0.05 mm"],
    ["d", "distribution", "Change the distribution"], ["o", "morphology", "Change the morphology"],
    ["t", "comment", "Write a comment"], ["u", "undo", "Undo"], ["Shift+U", "redo", "Redo"],
    ["Ctrl+Z", "undo", "Undo"], ["Ctrl+Y", "redo", "Redo"], ["y", "history", "What was answered, and when"],
  ]],
  ["Looking", [
    ["w", "window", "Next window of the file"], ["Shift+Arrows", null, "Window: up and down its level, left and right its width"],
    ["i", "invert", "Invert"], ["+", "zoomIn", "Larger"], ["-", "zoomOut", "Smaller"], ["f", "fit", "Whole image"],
    ["z", "pixels", "1:1 pixels"], ["Arrows", null, "Pan; with a tool: move its crosshair (Shift: in large steps)"],
    ["m", "magnifier", "Magnifier"], ["l", "ruler", "Ruler; Enter sets each end"], ["q", "linked", "Windows of all views together, or each alone"],
    ["h", "marks", "Marks on or off"], ["1", "micro", "Micro"], ["2", "macro", "Macro"], ["3", "vascular", "Vascular"], ["4", "hulls", "Hulls"],
  ]],
  ["Worklist", [
    ["/", "search", "Search"], ["Enter", null, "Open the image"], ["Arrows", null, "Move from image to image"], ["?", "help", "These keys"],
  ]],
];

const NAMES = new Map(KEYS.flatMap(([, rows]) => rows).filter(([, name]) => name).map(([key, name]) => [key.toLowerCase(), name]));
const STORE = "mammocalc-single-keys";

export function singleKeysAreOn() {
  return localStorage.getItem(STORE) !== "off";
}

/** The name of the command of a key event, or null. Fields keep their keys. */
export function commandOf(event) {
  if (event.defaultPrevented || event.isComposing) return null;
  const field = event.target.closest?.("input, textarea, select");
  if (field && event.key !== "Escape") return null;
  if (document.querySelector("dialog[open]")) return null;
  const control = event.ctrlKey || event.metaKey;
  if (event.altKey) return null;
  if (control) return NAMES.get(`ctrl+${event.key.toLowerCase()}`) ?? null;
  if (!singleKeysAreOn() && event.key.length === 1) return null;
  const isLetter = /^[a-z]$/i.test(event.key);
  const key = event.shiftKey && isLetter ? `shift+${event.key.toLowerCase()}` : event.key.toLowerCase();
  if (event.key === "=") return "zoomIn";
  return NAMES.get(key) ?? null;
}

/** Fill and open the dialog of the keys. */
export function showKeys() {
  const dialog = byId("keys");
  if (!byId("keys-list").childElementCount) {
    for (const [title, rows] of KEYS) {
      const lines = rows.map(([key, , text]) => h("div", {}, h("dt", {}, ...key.split(/(?<=.)\+(?=.)/).map((part) => h("kbd", {}, shown(part)))), h("dd", {}, text)));
      byId("keys-list").append(h("section", {}, h("h3", {}, title), h("dl", {}, ...lines)));
    }
    const toggle = byId("single-keys");
    toggle.checked = singleKeysAreOn();
    toggle.addEventListener("change", () => localStorage.setItem(STORE, toggle.checked ? "on" : "off"));
  }
  dialog.showModal();
}

function shown(part) {
  return { PageDown: "Page ↓", PageUp: "Page ↑", Escape: "Esc", Arrows: "←↑↓→" }[part] ?? (part.length === 1 ? part.toUpperCase() : part);
}
