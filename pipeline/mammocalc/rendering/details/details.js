// @ts-check
// Inside the page of a run, the keys that turn its leaves and close it are handed on; nothing else is said.

import { isPlain } from "../pages/scripts/key_events.js";

window.addEventListener("keydown", (event) => {
  if (window.parent !== window && isPlain(event) && !event.shiftKey && ["ArrowLeft", "ArrowRight", "Escape"].includes(event.key)) {
    window.parent.postMessage({ mammocalcKey: event.key }, "*");
  }
});
