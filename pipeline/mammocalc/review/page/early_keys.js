// @ts-check
// Keys that come before their image: nothing is answered that nobody has seen, and no key answers for the image before.

import { around } from "../../rendering/pages/scripts/elements.js";
import { toast } from "./dom.js";
import { ANSWERING } from "./keys.js";

/** @import { Viewer } from "./viewer.js" */

const SEEN_MS = 300;  // nobody has looked at an image before
const TOGETHER_MS = 700;  // keys closer together are one thing that was meant: the G of D, G is a label and no agreement

const STEPS = new Set(["nextImage", "previousImage"]);

/** When an answer was refused last, and when the reader went on along the worklist. */
let refused = -Infinity;
let stepped = -Infinity;

/**
 * Whether what the reader has asked for is not seen yet.
 *
 * @param {Pick<Viewer, "isLeaving" | "active">} viewer
 */
export function isComing({ isLeaving, active }) {
  return isLeaving || Boolean(active?.picture && !active.picture.error && !active.window);
}

/**
 * Refuse a key that would answer too early, and those that belong to it.
 *
 * @param {KeyboardEvent} event
 * @param {string | null} command
 * @param {Pick<Viewer, "isLeaving" | "active">} viewer
 */
export function isEarly(event, command, viewer) {
  if (document.querySelector("dialog[open]") || around(event, "textarea, input")) return false;
  if (command !== null && STEPS.has(command)) stepped = event.timeStamp;
  const isAnswer = event.key === "Enter" || ANSWERING.has(command);
  const isOfOne = command !== null && event.key.length === 1 && event.timeStamp - refused < TOGETHER_MS;
  const isUnseen = isComing(viewer) || event.timeStamp - stepped < SEEN_MS;
  if (!isOfOne && !(isAnswer && isUnseen)) return false;
  refused = event.timeStamp;
  toast("That came before the image was seen: nothing was answered.", "bad");
  return true;
}
