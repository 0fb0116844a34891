// @ts-check
// A question before something unusual is done; Esc and the first button leave it.

import { byId } from "./dom.js";

/** Take the answer of the question before, whose dialog may have closed without its event having come. */
let leave = () => {};

/**
 * Ask; true only where the reader says yes.
 *
 * @param {string} title
 * @param {string} text
 * @param {string} yes
 * @returns {Promise<boolean>}
 */
export function confirmed(title, text, yes) {
  const dialog = byId("ask");
  leave();
  byId("ask-title").textContent = title;
  byId("ask-text").textContent = text;
  byId("ask-yes").textContent = yes;
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    const listening = new AbortController();
    leave = () => {
      listening.abort();
      leave = () => {};
      resolve(dialog.returnValue === "yes");
    };
    dialog.addEventListener("close", () => {
      if (!dialog.open) leave();
    }, { signal: listening.signal });
  });
}
