// The page: what is shown under which address, who reads, and which keys are obeyed.

import { getRun, getVocabulary, getWorklist } from "./api.js";
import { agree, label, markRead, settle } from "./answering.js";
import { isEcho } from "./choosing.js";
import { commandsOf, steer } from "./commands.js";
import { hasDrafts, listenToComment } from "./comment.js";
import { byId, h, once, say } from "./dom.js";
import { listen } from "./gestures.js";
import { showPlace, showProgress, showSaved } from "./header.js";
import { choosesByLetter, commandOf, isUnasked, showKeys } from "./keys.js";
import { revealSelected, showPanel } from "./panel.js";
import { showHistory } from "./past.js";
import { buildToolbar } from "./toolbar.js";
import { Viewer } from "./viewer.js";
import { Worklist } from "./worklist.js";

const READER = "mammocalc-reader";
const PRELOAD_MS = 250;  // after an image was opened: what the reader does first goes first

// What the parts of the page tell one another.
const app = {
  run: null, vocabulary: null, reader: null,

  viewChanged() {
    if (byId("viewer").hidden || !viewer.active) return;
    for (const pane of viewer.all) pane.node.classList.toggle("active", pane === viewer.active && viewer.panes.length > 1);
    toolbar();
    showPanel(viewer, app.vocabulary);
    showPlace(worklist, viewer);
  },
  selectionChanged() {
    app.viewChanged();
    revealSelected();
  },
  answersChanged(uid, answers) {
    if (answers.reader === app.reader) worklist.note(uid, answers.state);
    showSaved(viewer);
    showProgress(worklist);
    app.viewChanged();
  },
  /** What the worklist says of an image, in the words of a result. */
  listed(uid) {
    const known = worklist.images.find((image) => image.uid === uid) ?? {};
    const { laterality = "unknown", view = "unknown", rows = 1, columns = 1, spacing_mm: spacing = null } = known;
    return { sop_instance_uid: uid, laterality, view, rows, columns, pixel_spacing_mm: spacing, patient_orientation: [] };
  },
  problem(text) {
    say(text, "bad");
  },
  placeChanged() {
    const wanted = addressOf(viewer.active.uid);
    if (location.hash !== wanted) history.replaceState(null, "", wanted);
    app.viewChanged();
  },
  activateOne(pane) {
    viewer.active = pane;
    if (viewer.large || !viewer.panes.includes(pane)) viewer.hang(true);
    viewer.toPicture();
    viewer.select(null, pane);
    app.placeChanged();
  },
  activate(by) {
    const count = viewer.all.length;
    app.activateOne(viewer.all[(viewer.all.indexOf(viewer.active) + by + count) % count]);
  },
  neighbour(by) {
    const next = neighbourOf(by);
    if (next) location.hash = addressOf(next);
    else say(by > 0 ? "That was the last image of the worklist." : "That was the first image of the worklist.");
  },
  preload() {
    const next = neighbourOf(1);
    if (next) setTimeout(() => viewer.preload(next).catch(() => {}), PRELOAD_MS);
  },
  back() {
    const field = document.activeElement?.closest?.("input, textarea, select");
    if (field) {
      field.blur();
      if (!byId("viewer").hidden) viewer.toPicture();
    } else if (byId("viewer").hidden) return;
    else if (viewer.tool !== "window" || viewer.lensOn || viewer.panes.some((pane) => pane.rulers.length)) putDown();
    else if (viewer.large && viewer.all.length > 1) viewer.toggleLarge();
    else location.hash = "#/";
  },
  showHistory: () => showHistory(viewer.active.uid, app.reader, viewer.active.result),
};

const viewer = new Viewer(app);
let worklist;
const commands = commandsOf(viewer, app);
const toolbar = buildToolbar(viewer, commands, app);

function addressOf(uid) {
  return `#/image/${uid}${viewer.large && viewer.all.length > 1 ? "/large" : ""}`;
}

/** The next image of the worklist that is not on the screen with this one. */
function neighbourOf(by) {
  const list = worklist.shown.map((image) => image.uid);
  const inCase = viewer.large || viewer.all.length < 2 ? [viewer.active?.uid] : viewer.all.map((pane) => pane.uid);
  let at = list.indexOf(viewer.active?.uid);
  do at += by; while (inCase.includes(list[at]));
  return list[at];
}

/** Put down the tool, the magnifier and the rulers. */
function putDown() {
  viewer.tool = "window";
  viewer.lensOn = false;
  for (const pane of viewer.all) [pane.rulers, pane.crosshair] = [[], null];
  viewer.request();
  app.viewChanged();
}

// ---------------------------------------------------------------- addresses

function show(what) {
  byId("worklist").hidden = what !== "worklist";
  byId("viewer").hidden = what !== "viewer";
}

/** Show what the address says. */
async function follow() {
  const [, kind, uid, size] = location.hash.split("/");
  settle();
  if (kind === "image" && uid) await showImage(uid, size === "large");
  else await showWorklist();
}

async function showWorklist() {
  const before = viewer.active?.uid;
  show("worklist");
  viewer.close();
  document.title = "Review · mammocalc";
  try {
    worklist.fill(await getWorklist(app.reader));
  } catch (error) {
    say(error.message, "bad");
  }
  showProgress(worklist);
  showPlace(worklist, viewer);
  if (before) worklist.focusOn(before);
}

async function showImage(uid, isLarge) {
  show("viewer");
  byId("stage").dataset.pictured = "";
  try {
    await viewer.open(uid, isLarge);
    document.title = `${viewer.active.where.textContent} · mammocalc`;
    showSaved(viewer);
    viewer.toPicture();
  } catch (error) {
    say(error.message, "bad");
    location.hash = "#/";
  }
}

// ---------------------------------------------------------------- who reads

async function askReader() {
  const dialog = byId("who");
  byId("who-name").value = app.reader ?? "";
  byId("who-known").replaceChildren(...(app.run.readers ?? []).map((name) => h("option", { value: name })));
  dialog.showModal();
  await new Promise((done) => dialog.addEventListener("close", done, { once: true }));
  const name = byId("who-name").value.trim();
  if (dialog.returnValue === "ok" && name) become(name);
}

function become(name) {
  app.reader = name;
  sessionStorage.setItem(READER, name);
  byId("reader").replaceChildren(h("span", { class: "dim" }, "Reader "), name);
  viewer.forgetAnswers();
}

// ---------------------------------------------------------------- listening

function listenToForm() {
  const pressed = (event) => event.currentTarget.getAttribute("aria-pressed") === "true";
  const answer = (what) => once((event) => {
    what(event);
    viewer.toPicture();
  });
  listenToComment(viewer, () => {
    showSaved(viewer);
    app.viewChanged();
  });
  byId("image-distribution").addEventListener("click", () => label(viewer, "distribution", { finding: null, pane: viewer.active }, app.vocabulary));
  byId("agree").addEventListener("click", answer((event) => agree(viewer, !pressed(event))));
  byId("read").addEventListener("click", answer((event) => markRead(viewer, !pressed(event))));
  byId("answer").addEventListener("submit", (event) => event.preventDefault());
  byId("home").addEventListener("click", () => { location.hash = "#/"; });
  byId("help").addEventListener("click", () => showKeys(app.vocabulary));
  byId("reader").addEventListener("click", async () => {
    await askReader();
    follow();
  });
  byId("skip").addEventListener("click", (event) => {
    event.preventDefault();
    if (byId("viewer").hidden) worklist.focus();
    else viewer.toPicture();
  });
  byId("panes").addEventListener("focusin", (event) => {
    const pane = viewer.panes.find((one) => one.node.contains(event.target));
    if (!pane || pane === viewer.active) return;
    viewer.active = pane;
    if (!viewer.selected) viewer.select(null, pane);
    app.placeChanged();
  });
}

/** Obey a key; true where it was one. */
function obey(event) {
  if (event.key === " " && event.target.closest?.(".pane")) {
    viewer.space = true;
    return true;
  }
  const command = commandOf(event);
  if (command === "help") {
    showKeys(app.vocabulary);
    return true;
  }
  if (command && isEcho(event)) {
    say(`${event.key.toUpperCase()} came twice: what was chosen is saved, and nothing else was done.`);
    return true;
  }
  if ((command || event.key === "Escape") && viewer.dropDrag?.()) return true;
  if (byId("viewer").hidden || !viewer.active) {
    if (command === "search" && byId("viewer").hidden) byId("search").focus();
    else if (command === "back") app.back();
    else return false;
    return true;
  }
  if (command && commands[command]) {
    if (!["larger", "smaller"].includes(command)) settle();
    commands[command]();
    return true;
  }
  const isElsewhere = document.querySelector("dialog[open]") || event.target.closest("input, textarea, select, .panel");
  if (isElsewhere || event.ctrlKey || event.altKey || event.metaKey) return false;
  if (event.key === "Enter" && event.target.closest("button, a, summary")) return false;
  return steer(event, viewer, app);
}

let held = null;  // the key that was obeyed last: while it is still down it writes nothing into a field that it opened
document.addEventListener("keydown", (event) => {
  if (!event.repeat) held = null;
  if (isUnasked(event, held)) event.preventDefault();
  else if (obey(event)) {
    held ??= event.code;
    event.preventDefault();
  } else if (choosesByLetter(event)) event.preventDefault();
});
document.addEventListener("keyup", (event) => {
  if (event.key === " ") viewer.space = false;
});
window.addEventListener("hashchange", follow);
window.addEventListener("beforeunload", (event) => {
  settle();
  if (viewer.unsaved || hasDrafts()) event.preventDefault();
});

async function begin() {
  try {
    [app.run, app.vocabulary] = await Promise.all([getRun(), getVocabulary()]);
  } catch (error) {
    byId("title").textContent = error.message;
    return;
  }
  byId("title").textContent = app.run.name;
  byId("title").title = `mammocalc ${app.run.version}, configuration ${app.run.configuration_digest}`;
  byId("notice").title = app.run.notice;
  if (app.run.blinded) byId("notice").before(h("p", { class: "notice blind" }, "Blinded"));
  if (app.run.answers_on_share) say("The answers lie on a network share; they are saved more slowly there.");
  worklist = new Worklist(app);
  listen(viewer);
  listenToForm();
  const known = sessionStorage.getItem(READER) ?? app.run.reader;
  if (known) become(known);
  else await askReader();
  if (location.hash.startsWith("#/image/")) {
    worklist.fill(await getWorklist(app.reader));
    showProgress(worklist);
  }
  await follow();
}

begin();
