// @ts-check
// The toolbar: the views of the case, the windows, and a button for each tool.

import { h, s } from "../../rendering/pages/scripts/elements.js";
import { byId } from "./dom.js";
import { openOnes } from "./other_images.js";
import { sentenceOf } from "./sentences.js";
import { lineOfTabs, showTabs } from "./tabs.js";

/**
 * @import { Action } from "./types.js"
 * @import { Commands } from "./commands.js"
 * @import { Pane } from "./pane.js"
 * @import { Viewer } from "./viewer.js"
 */

/** @typedef {[icon: string, command: string, title: string, key: string, isOn: ((viewer: Viewer) => boolean) | null]} Entry */

/** @type {Record<string, string>} */
const ICONS = {
  views: "M3 4h6v12H3zM11 4h6v12h-6z", window: "M10 3a7 7 0 1 0 0 14zM10 3a7 7 0 0 1 0 14", pan: "M10 2v16M2 10h16M7.5 4.5L10 2l2.5 2.5M7.5 15.5L10 18l2.5-2.5M4.5 7.5L2 10l2.5 2.5M15.5 7.5L18 10l-2.5 2.5",
  ruler: "M2.5 13.5l11-11 4 4-11 11zM6 10l1.8 1.8M8.5 7.5l2.5 2.5M11 5l1.8 1.8", add: "M10 5a5 5 0 1 0 0 10a5 5 0 0 0 0-10M10 1v4M10 15v4M1 10h4M15 10h4M10 8.5v3M8.5 10h3",
  magnifier: "M8.5 3a5.5 5.5 0 1 0 0 11a5.5 5.5 0 0 0 0-11M12.6 12.6L17.5 17.5M8.5 6v5M6 8.5h5", invert: "M10 3a7 7 0 1 0 0 14a7 7 0 0 0 0-14M10 3v14M10 6l4.5 0M10 10h6.5M10 14l4.5 0",
  fit: "M3 7V3h4M13 3h4v4M17 13v4h-4M7 17H3v-4", pixels: "M4 6l2-1.5V15M15 6l2-1.5V15M10.5 8v.5M10.5 12v.5", linked: "M8 12l4-4M9 6l2-2a3.5 3.5 0 0 1 5 5l-2 2M11 14l-2 2a3.5 3.5 0 0 1-5-5l2-2",
  together: "M2 5h7v10H2zM11 5h7v10h-7zM5.5 8.5v3M4 10h3M14.5 8.5v3M13 10h3", beside: "M2 4h7v12H2zM11 4h7v12h-7zM12.5 10a2 2 0 1 1 .8 1.6M12.5 8v2.2h2",
  blink: "M4 4h10v10H4zM7 7h10v10H7z", marks: "M1.5 10S4.5 4.5 10 4.5 18.5 10 18.5 10 15.5 15.5 10 15.5 1.5 10 1.5 10M10 7.5a2.5 2.5 0 1 0 0 5a2.5 2.5 0 0 0 0-5", undo: "M7 4L3 8l4 4M3 8h8a5 5 0 0 1 0 10H8", redo: "M13 4l4 4-4 4M17 8H9a5 5 0 0 0 0 10h3",
  local: "M3 6V3h3M14 3h3v3M17 14v3h-3M6 17H3v-3M10 6a4 4 0 1 0 0 8zM10 6a4 4 0 0 1 0 8",
  micro: "M10 6a4 4 0 1 0 0 8a4 4 0 0 0 0-8", macro: "M6 6h8v8H6z", vascular: "M10 4.5l5.5 5.5-5.5 5.5-5.5-5.5z", hulls: "M4 13L6 5l8-2 3 8-7 6z",
};

/** @type {(Entry | null)[]} */
const TOOLBAR = [
  ["views", "large", "All views, or one large", "V", (viewer) => !viewer.large],
  null,
  ["window", "windowTool", "Window: drag up and down for its level, left and right for its width", "", (viewer) => viewer.tool === "window"],
  ["pan", "pan", "Pan (also the right button)", "", (viewer) => viewer.tool === "pan"],
  ["ruler", "ruler", "Ruler", "L", (viewer) => viewer.tool === "ruler"],
  ["add", "add", "Add a missed calcification: click, or drag its size", "N", (viewer) => viewer.tool === "add"],
  ["magnifier", "magnifier", "Magnifier", "M", (viewer) => viewer.lensOn],
  ["local", "local", "Window of this place: its tissue fills the greys", "E", (viewer) => Boolean(viewer.active?.isLocal)],
  null,
  ["invert", "invert", "Invert", "I", (viewer) => Boolean(viewer.active?.inverted)],
  ["fit", "fit", "Whole image", "F", null],
  ["pixels", "pixels", "1:1 pixels", "Z", null],
  ["linked", "linked", "Windows of all views together", "Q", (viewer) => viewer.linked],
  ["together", "together", "Zoom and pan of all views together", "Shift+Q", (viewer) => viewer.movesTogether],
  null,
  ["beside", "beside", "Prior beside each view", "P", (viewer) => viewer.comparing === "beside"],
  ["blink", "blink", "Prior in place of each view, and back", "B", (viewer) => viewer.comparing === "place"],
  null,
  ["marks", "marks", "Marks", "H", (viewer) => viewer.shown.marks],
  ["micro", "micro", "Micro", "1", (viewer) => viewer.shown.micro],
  ["macro", "macro", "Macro", "2", (viewer) => viewer.shown.macro],
  ["vascular", "vascular", "Vascular", "3", (viewer) => viewer.shown.vascular],
  ["hulls", "hulls", "Hulls", "4", (viewer) => viewer.shown.hulls],
  null,
  ["undo", "undo", "Undo", "U", null],
  ["redo", "redo", "Redo", "Shift+U", null],
];

/**
 * The toolbar; returns what brings it up to date.
 *
 * @param {Viewer} viewer
 * @param {Commands} commands
 * @param {(pane: Pane) => void} activate Called with a view whose tab is pressed.
 */
export function buildToolbar(viewer, commands, activate) {
  const tabs = lineOfTabs();
  const presets = h("select", { id: "presets", "aria-label": "Window" });
  presets.addEventListener("change", () => {
    viewer.choose(Number(presets.value));
    viewer.toPicture();
  });
  /** @type {{ button: HTMLButtonElement, name: string, isOn: Entry[4] }[]} */
  const buttons = [];
  const parts = TOOLBAR.map((entry) => {
    if (!entry) return h("span", { class: "gap" });
    const [icon, name, title, key, isOn] = entry;
    const drawn = s("svg", { viewBox: "0 0 20 20", width: 18, height: 18, "aria-hidden": "true" }, s("path", { d: ICONS[icon] }));
    const button = h("button", {
      type: "button", class: "tool", title: key ? `${title} (${key})` : title, "aria-label": title.split(":")[0],
      data: { command: name }, onclick: (/** @type {MouseEvent} */ event) => {
        commands[name]();
        // A button that keeps the focus would take Enter and the space bar, which belong to the picture.
        if (event.detail || ["undo", "redo"].includes(name)) viewer.toPicture();
      },
    }, drawn);
    buttons.push({ button, name, isOn });
    return button;
  });
  byId("tools").append(tabs, presets, h("span", { class: "gap" }), ...parts);
  return () => {
    for (const { button, isOn } of buttons) if (isOn) button.setAttribute("aria-pressed", String(isOn(viewer)));
    for (const { button, name } of buttons) if (name === "undo" || name === "redo") showStep(button, name, viewer);
    showTabs(tabs, viewer, activate);
    showPresets(presets, viewer.active);
    byId("stage").dataset.tool = viewer.tool;
  };
}

/**
 * Undo and redo say what they would do.
 *
 * @param {HTMLButtonElement} button
 * @param {"undo" | "redo"} name
 * @param {Viewer} viewer
 */
function showStep(button, name, viewer) {
  const pane = viewer.active;
  const state = pane?.answers.state;
  /** @type {Action | null | undefined} */
  const next = name === "undo" ? state?.undoes : state?.redoes;
  button.disabled = !next;
  button.title = `${name === "undo" ? "Undo (U)" : "Redo (Shift+U)"}${next ? `: ${sentenceOf(next, pane?.result, openOnes(viewer))}` : ""}`;
}

/**
 * @param {HTMLSelectElement} presets
 * @param {Pane | null} pane
 */
function showPresets(presets, pane) {
  const list = (pane?.presets ?? []).map((one, index) => h("option", { value: index }, one.name));
  if (pane && list.length && pane.preset === null) list.push(h("option", { value: "" }, pane.isLocal ? pane.window?.name : "By hand"));
  presets.replaceChildren(...list);
  presets.hidden = !list.length;
  presets.value = String(pane?.preset ?? "");
}
