// @ts-check
"use strict";
// Inside the page of a run, the keys that turn its leaves and close it are handed on; nothing else is said.
window.addEventListener("keydown", (event) => {
  const isPlain = !event.altKey && !event.ctrlKey && !event.metaKey && !event.shiftKey;
  if (window.parent !== window && isPlain && ["ArrowLeft", "ArrowRight", "Escape"].includes(event.key)) {
    window.parent.postMessage({ mammocalcKey: event.key }, "*");
  }
});
