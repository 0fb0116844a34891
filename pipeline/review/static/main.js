// The page: what is shown under which address, who reads, and whether everything is saved.

import { getHistory, getRun, getVocabulary, getWorklist } from "./api.js";
import { markRead, agree, setComment, setLabel, settle } from "./answering.js";
import { buildToolbar, commandsOf, steer } from "./commands.js";
import { byId, h, say, words } from "./dom.js";
import { listen } from "./gestures.js";
import { commandOf, showKeys } from "./keys.js";
import { revealSelected, showPanel } from "./panel.js";
import { Viewer } from "./viewer.js";
import { Worklist } from "./worklist.js";

const READER = "mammocalc-reader";

const app = {
  run: null, vocabulary: null, reader: null,

  viewChanged() {
    if (byId("viewer").hidden || !viewer.active) return;
    for (const pane of viewer.all) pane.node.classList.toggle("active", pane === viewer.active && viewer.panes.length > 1);
    toolbar();
    showPanel(viewer, app.vocabulary);
    showPlace();
  },
  selectionChanged() {
    app.viewChanged();
    revealSelected();
  },
  answersChanged(uid, answers) {
    if (answers.reader === app.reader) worklist.note(uid, answers.state);
    showSaved();
    showProgress();
    app.viewChanged();
  },
  /** What the worklist says of an image, in the words of a result. */
  listed(uid) {
    const { laterality = "unknown", view = "unknown", rows = 1, columns = 1, spacing_mm: spacing = null } = worklist.images.find((image) => image.uid === uid) ?? {};
    return { sop_instance_uid: uid, laterality, view, rows, columns, pixel_spacing_mm: spacing, patient_orientation: [] };
  },
  problem(text) {
    say(text, "bad");
  },
  placeChanged() {
    const wanted = `#/image/${viewer.active.uid}${viewer.large && viewer.all.length > 1 ? "/large" : ""}`;
    if (location.hash !== wanted) history.replaceState(null, "", wanted);
    app.viewChanged();
  },
  activateOne(pane) {
    viewer.active = pane;
    if (viewer.large || !viewer.panes.includes(pane)) viewer.hang(true);
    else pane.node.focus({ preventScroll: true });
    viewer.select(null, pane);
    app.placeChanged();
  },
  activate(by) {
    const count = viewer.all.length;
    app.activateOne(viewer.all[(viewer.all.indexOf(viewer.active) + by + count) % count]);
  },
  neighbour(by) {
    const next = neighbourOf(by);
    if (!next) return say(by > 0 ? "That was the last image of the worklist." : "That was the first image of the worklist.");
    location.hash = `#/image/${next}${viewer.large && viewer.all.length > 1 ? "/large" : ""}`;
    return undefined;
  },
  preload() {
    const next = neighbourOf(1);
    if (next) setTimeout(() => viewer.preload(next).catch(() => {}), 250);
  },
  back() {
    const field = document.activeElement?.closest?.("input, textarea, select");
    if (field) {
      field.blur();
      if (!byId("viewer").hidden) viewer.active?.node.focus({ preventScroll: true });
      return;
    }
    if (byId("viewer").hidden) return;
    if (viewer.tool !== "window" || viewer.lensOn || viewer.panes.some((pane) => pane.rulers.length)) {
      viewer.tool = "window";
      viewer.lensOn = false;
      for (const pane of viewer.all) [pane.rulers, pane.crosshair] = [[], null];
      viewer.request();
      app.viewChanged();
    } else if (viewer.large && viewer.all.length > 1) viewer.toggleLarge();
    else location.hash = "#/";
  },
  async showHistory() {
    const pane = viewer.active;
    try {
      const answer = await getHistory(pane.uid, app.reader);
      const rows = Array.isArray(answer) ? answer : (answer.actions ?? answer.history ?? []);
      byId("past-list").replaceChildren(...rows.map((row) => h("li", { class: row.undone_by ? "undone" : "" }, h("time", {}, timeOf(row.time)), ` ${row.reader}: ${sentenceOf(row.action)}${row.undone_by ? " (undone)" : ""}`)));
      if (!rows.length) byId("past-list").append(h("li", {}, "Nothing yet."));
      byId("past").showModal();
    } catch (error) {
      say(error.message, "bad");
    }
  },
};

const viewer = new Viewer(app);
viewer.toggleLarge = () => {
  if (viewer.all.length < 2) return viewer.fit();
  viewer.hang(!viewer.large);
  app.placeChanged();
  return viewer.active.node.focus({ preventScroll: true });
};
let worklist;
const commands = commandsOf(viewer, app);
const toolbar = buildToolbar(viewer, commands, app);

function neighbourOf(by) {
  const list = worklist.shown.map((image) => image.uid);
  const inCase = viewer.large || viewer.all.length < 2 ? [viewer.active?.uid] : viewer.all.map((pane) => pane.uid);
  let at = list.indexOf(viewer.active?.uid);
  do at += by; while (inCase.includes(list[at]));
  return list[at];
}

function timeOf(text) {
  const time = new Date(text);
  return Number.isNaN(time.getTime()) ? String(text) : time.toLocaleString();
}

function sentenceOf(action) {
  const { type, ...rest } = action;
  const about = Object.entries(rest).filter(([, value]) => value !== null).map(([name, value]) => `${words(name)} ${value}`);
  return [words(type), ...about].join(", ");
}

function showPlace() {
  const at = worklist.shown.findIndex((image) => image.uid === viewer.active?.uid);
  byId("place").textContent = byId("viewer").hidden || at < 0 ? "" : `${at + 1} of ${worklist.shown.length}`;
}

function showProgress() {
  const total = worklist.images.length;
  const read = worklist.readCount;
  byId("progress").setAttribute("aria-valuemax", total);
  byId("progress").setAttribute("aria-valuenow", read);
  byId("progress").firstElementChild.style.width = `${total ? (100 * read) / total : 0}%`;
  byId("progress-text").textContent = `${read} of ${total} read`;
}

function showSaved() {
  const all = [...viewer.everyAnswers.values()];
  const waiting = all.reduce((sum, answers) => sum + answers.pending.length, 0);
  const isBad = all.some((answers) => answers.problem && !answers.isSaved);
  const last = viewer.active?.answers.state.saved_at;
  const text = isBad ? `Not saved: ${waiting} waiting, the server does not answer` : waiting ? "Saving" : last ? "Saved" : "";
  if (byId("saved").textContent !== text) byId("saved").textContent = text;
  byId("saved").className = `saved ${isBad ? "bad" : waiting ? "busy" : "good"}`;
  byId("saved").title = last && !waiting ? `Saved ${timeOf(last)}` : "";
}

function show(what) {
  byId("worklist").hidden = what !== "worklist";
  byId("viewer").hidden = what !== "viewer";
}

/** Show what the address says. */
async function follow() {
  const [, kind, uid, size] = location.hash.split("/");
  settle();
  if (kind !== "image" || !uid) {
    const before = viewer.active?.uid;
    keepComment();
    show("worklist");
    viewer.close();
    document.title = "Review · mammocalc";
    try {
      worklist.fill(await getWorklist(app.reader));
    } catch (error) {
      say(error.message, "bad");
    }
    showProgress();
    showPlace();
    if (before) worklist.focusOn(before);
    return;
  }
  show("viewer");
  byId("stage").dataset.pictured = "";
  try {
    await viewer.open(uid, size === "large");
    document.title = `${viewer.active.where.textContent} · mammocalc`;
    showSaved();
    viewer.active.node.focus({ preventScroll: true });
  } catch (error) {
    say(error.message, "bad");
    location.hash = "#/";
  }
}

// A comment that is still being written is an answer as well.
function keepComment() {
  const field = byId("comment");
  const pane = viewer.all.find((one) => one.uid === field.dataset.uid);
  if (pane) setComment(viewer, field.value, pane);
}

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

function listenToForm() {
  byId("comment").addEventListener("change", keepComment);
  byId("image-distribution").addEventListener("change", (event) => setLabel(viewer, "distribution", event.target.value, null));
  byId("agree").addEventListener("click", () => agree(viewer));
  byId("read").addEventListener("click", () => markRead(viewer));
  byId("answer").addEventListener("submit", (event) => event.preventDefault());
  byId("home").addEventListener("click", () => { location.hash = "#/"; });
  byId("help").addEventListener("click", showKeys);
  byId("reader").addEventListener("click", async () => {
    await askReader();
    follow();
  });
  byId("skip").addEventListener("click", (event) => {
    event.preventDefault();
    if (byId("viewer").hidden) worklist.focus();
    else viewer.active?.node.focus();
  });
  byId("panes").addEventListener("focusin", (event) => {
    const pane = viewer.panes.find((one) => one.node.contains(event.target));
    if (pane && pane !== viewer.active) {
      viewer.active = pane;
      if (viewer.selected?.pane !== pane) viewer.select(null, pane);
      app.placeChanged();
    }
  });
}

document.addEventListener("keydown", (event) => {
  if (event.key === " " && event.target.closest?.(".pane")) {
    viewer.space = true;
    event.preventDefault();
    return;
  }
  const command = commandOf(event);
  if (command === "help") showKeys();
  else if (byId("viewer").hidden) {
    if (command === "search") byId("search").focus();
    else if (command === "back") app.back();
    else return;
  } else if (!viewer.active) {
    if (command === "back") app.back();
    else return;
  } else if (command && commands[command]) {
    if (!["larger", "smaller"].includes(command)) settle();
    commands[command]();
  } else if (document.querySelector("dialog[open]") || event.target.closest("input, textarea, select, .panel") || event.ctrlKey || event.altKey || event.metaKey) return;
  else if (event.key === "Enter" && event.target.closest("button, a, summary")) return;
  else if (!steer(event, viewer, app)) return;
  event.preventDefault();
});
document.addEventListener("keyup", (event) => {
  if (event.key === " ") viewer.space = false;
});
window.addEventListener("hashchange", follow);
window.addEventListener("beforeunload", (event) => {
  settle();
  keepComment();
  if (viewer.unsaved) event.preventDefault();
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
  if (!location.hash.startsWith("#/image/")) {
    await follow();
    return;
  }
  worklist.fill(await getWorklist(app.reader));
  showProgress();
  await follow();
}

begin();
