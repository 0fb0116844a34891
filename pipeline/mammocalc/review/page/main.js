// @ts-check
// The page begins here.

import { h } from "../../rendering/pages/scripts/elements.js";
import { agree, label, markRead } from "./answering.js";
import { getRun, getVocabulary } from "./api.js";
import { App } from "./app.js";
import { hasDrafts, listenToComment } from "./comment.js";
import { byId, messageOf, once, toast } from "./dom.js";
import { showSaved } from "./header.js";
import { listenToKeys } from "./key_handling.js";
import { showKeys } from "./keys.js";
import { isUnsaved } from "./saving.js";

/** @import { RunInfo } from "./types.js" */

/**
 * The buttons and fields that are on the page from the start.
 *
 * @param {App} app
 */
function listenToForm(app) {
  const { viewer } = app;
  const isPressed = (/** @type {HTMLElement} */ button) => button.getAttribute("aria-pressed") === "true";
  const answer = (/** @type {() => void} */ what) => once(() => {
    what();
    viewer.toPicture();
  });
  listenToComment(viewer, () => {
    showSaved(viewer);
    app.viewChanged();
  });
  byId("image-distribution").addEventListener("click", () => label(viewer, "distribution", { finding: null, pane: viewer.current }, app.vocabulary));
  byId("agree").addEventListener("click", answer(() => agree(viewer, !isPressed(byId("agree")))));
  byId("read").addEventListener("click", answer(() => markRead(viewer, !isPressed(byId("read")))));
  byId("answer").addEventListener("submit", (event) => event.preventDefault());
  byId("home").addEventListener("click", () => { location.hash = "#/"; });
  byId("help").addEventListener("click", () => showKeys(app.vocabulary));
  byId("reader").addEventListener("click", async () => {
    await app.askReader();
    app.follow();
  });
  byId("skip").addEventListener("click", (event) => {
    event.preventDefault();
    if (byId("viewer").hidden) app.worklist.focus();
    else viewer.toPicture();
  });
  byId("panes").addEventListener("focusin", ({ target }) => {
    const pane = viewer.panes.find((one) => target instanceof Node && one.node.contains(target));
    if (!pane || pane === viewer.active) return;
    viewer.active = pane;
    if (!viewer.selected) viewer.select(null, pane);
    app.placeChanged();
  });
}

/** @param {App} app */
function listenToWindow(app) {
  window.addEventListener("hashchange", () => app.follow());
  window.addEventListener("beforeunload", (event) => {
    app.correction.settle();
    if (isUnsaved(app.viewer) || hasDrafts()) event.preventDefault();
  });
}

/** @param {RunInfo} run */
function showRun(run) {
  byId("title").textContent = run.name;
  byId("title").title = `mammocalc ${run.version}, configuration ${run.configuration_digest}`;
  byId("notice").title = run.notice;
  if (run.blinded) byId("notice").before(h("p", { class: "notice blind" }, "Blinded"));
  if (run.answers_on_share) toast("The answers lie on a network share; they are saved more slowly there.");
}

async function begin() {
  let answers;
  try {
    answers = await Promise.all([getRun(), getVocabulary()]);
  } catch (error) {
    byId("title").textContent = messageOf(error);
    return;
  }
  const [run, vocabulary] = answers;
  showRun(run);
  const app = new App(run, vocabulary);
  listenToForm(app);
  listenToKeys(app);
  listenToWindow(app);
  await app.beginReading();
  if (location.hash.startsWith("#/image/")) await app.fillWorklist();
  await app.follow();
}

begin();
