// @ts-check
// Which keys are obeyed, and by what: a field, a dialog, a command, or the stage.

import { around } from "../../rendering/pages/scripts/elements.js";
import { isEcho } from "./choosing.js";
import { handleStageKey } from "./commands.js";
import { byId, toast } from "./dom.js";
import { isEarly } from "./early_keys.js";
import { choosesByLetter, commandOf, isUnasked, showKeys } from "./keys.js";

/** @import { App } from "./app.js" */

/** The key that was obeyed last: while it is still down it writes nothing into a field that it opened. @type {string | null} */
let held = null;

/**
 * Listen to the keys of the whole page.
 *
 * @param {App} app
 */
export function listenToKeys(app) {
  document.addEventListener("keydown", (event) => {
    if (!event.repeat) held = null;
    if (isUnasked(event, held)) event.preventDefault();
    else if (handleKey(event, app)) {
      held ??= event.code;
      event.preventDefault();
    } else if (choosesByLetter(event)) event.preventDefault();
  });
  document.addEventListener("keyup", (event) => {
    if (event.key === " ") app.viewer.space = false;
  });
}

/**
 * Obey a key; true where it was one.
 *
 * @param {KeyboardEvent} event
 * @param {App} app
 */
function handleKey(event, app) {
  const { viewer } = app;
  if (event.key === " " && around(event, ".pane")) {
    viewer.space = true;
    return true;
  }
  const command = commandOf(event);
  if (isAnsweredAtOnce(command, event, app)) return true;
  if (byId("viewer").hidden) return obeyInWorklist(command, app);
  if (isEarly(event, command, viewer)) return true;
  if (!viewer.active) return obeyInWorklist(command, app);
  if (command && obeyCommand(command, app)) return true;
  return isForStage(event) && handleStageKey(event, viewer, () => app.placeChanged());
}

/**
 * What comes before any command: help, a key that only bounced, and the end of what is being drawn.
 *
 * @param {string | null} command
 * @param {KeyboardEvent} event
 * @param {App} app
 */
function isAnsweredAtOnce(command, event, app) {
  if (command === "help") {
    showKeys(app.vocabulary);
    return true;
  }
  if (command && isEcho(event)) {
    toast(`${event.key.toUpperCase()} came twice: what was chosen is saved, and nothing else was done.`);
    return true;
  }
  return (command !== null || event.key === "Escape") && app.gestures.drop();
}

/**
 * @param {string | null} command
 * @param {App} app
 */
function obeyInWorklist(command, app) {
  if (command === "search" && byId("viewer").hidden) byId("search").focus();
  else if (command === "back") app.back();
  else return false;
  return true;
}

/**
 * @param {string} name
 * @param {App} app
 */
function obeyCommand(name, { commands, correction }) {
  const command = commands[name];
  if (!command) return false;
  if (name !== "larger" && name !== "smaller") correction.settle();
  command();
  return true;
}

/**
 * Whether a key that is no command is meant for the stage, and not for a control or a dialog.
 *
 * @param {KeyboardEvent} event
 */
function isForStage(event) {
  if (document.querySelector("dialog[open]") || around(event, "input, textarea, select, .panel")) return false;
  if (event.ctrlKey || event.altKey || event.metaKey) return false;
  return event.key !== "Enter" || !around(event, "button, a, summary");
}
