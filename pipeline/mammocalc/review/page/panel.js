// @ts-check
// The right-hand column: the image, its findings, what speaks for the selected one, and the reader's answers.

import { h, symbol } from "../../rendering/pages/scripts/elements.js";
import { sayCounts, sayPresence, words } from "../../rendering/pages/scripts/wording.js";
import { changes } from "./change_table.js";
import { showComment } from "./comment.js";
import { byId } from "./dom.js";
import { detail, labelled } from "./finding_detail.js";
import { aboutOf, calcificationsOf, findingsOf, holds, kindOf, nameOf } from "./findings.js";
import { relations } from "./relations_panel.js";
import { remover, verdicts } from "./verdict_buttons.js";

/**
 * @import { Finding, Vocabulary } from "./types.js"
 * @import { Pane } from "./pane.js"
 * @import { Viewer } from "./viewer.js"
 */

const NOTHING = "Nothing was found in this image. N adds what was missed.";
const BLINDED = "Blinded: nothing is shown until the whole case is read.";
const HOW_BLINDED = "Blinded reading: add what you see, name a distribution, and mark the image as read.";

/**
 * Build it anew; what had the focus keeps it.
 *
 * @param {Viewer} viewer
 * @param {Vocabulary} vocabulary
 */
export function showPanel(viewer, vocabulary) {
  const pane = viewer.active;
  if (!pane) return;
  const focused = keptFocus();
  const selected = viewer.selected?.finding ?? null;
  byId("summary").replaceChildren(...summary(pane, vocabulary));
  showFindings(viewer, pane, vocabulary, selected);
  const about = `${pane.uid} ${selected?.key}`;
  // Who types a number must not have the field taken away between two digits.
  const isTyping = focused === "diameter" && byId("detail").dataset.about === about;
  if (!isTyping) byId("detail").replaceChildren(...(selected ? detail(viewer, vocabulary, selected) : []));
  byId("detail").dataset.about = about;
  byId("relations").replaceChildren(...(selected ? relations(viewer, selected) : []));
  showChanges(viewer);
  whole(pane, vocabulary);
  const again = focused && !isTyping ? document.querySelector(`[data-keep="${CSS.escape(focused)}"]`) : null;
  if (again instanceof HTMLElement) again.focus({ preventScroll: true });
}

/** By what the control that has the focus is found again. */
function keptFocus() {
  const { activeElement } = document;
  return activeElement instanceof HTMLElement ? activeElement.dataset.keep : undefined;
}

/** @param {Viewer} viewer */
function showChanges(viewer) {
  const table = document.getElementById("change-rows");
  byId("changes").replaceChildren(...changes(viewer, table instanceof HTMLDetailsElement && table.open));
}

/**
 * @param {Viewer} viewer
 * @param {Pane} pane
 * @param {Vocabulary} vocabulary
 * @param {Finding | null} selected
 */
function showFindings(viewer, pane, vocabulary, selected) {
  const found = findingsOf(pane.result, pane.answers.state);
  byId("findings-count").textContent = found.length ? String(found.length) : "";
  byId("findings").replaceChildren(...found.flatMap((finding) => rows(viewer, vocabulary, finding, selected)));
  if (!found.length) byId("findings").append(h("li", { class: "nothing" }, pane.result === null ? BLINDED : NOTHING));
}

/** Bring the selected finding into sight within the column. */
export function revealSelected() {
  const list = byId("scrolled");
  const chosen = byId("findings").querySelector("[aria-current=true]")?.closest("li") ?? null;
  if (!chosen) return;
  list.scrollTop = Math.max(0, Math.min(chosen.offsetTop - 60, byId("detail").offsetTop - 150));
}

/**
 * @param {Vocabulary} vocabulary
 * @param {string} label
 * @param {string[]} between
 */
function chip(vocabulary, label, between = []) {
  const candidates = between.length ? `: ${between.map(words).join(" or ")}` : "";
  return h("span", { class: "chip" }, symbol(vocabulary.palette[label]), `${words(label)}${candidates}`);
}

/**
 * @param {Pane} pane
 * @param {Vocabulary} vocabulary
 * @returns {HTMLElement[]}
 */
function summary(pane, vocabulary) {
  const { result } = pane;
  const head = h("h2", {}, pane.name);
  if (!result) return [h("div", { class: "line" }, head), h("p", { class: "dim" }, HOW_BLINDED), h("p", { class: "dim" }, toGo(pane))];
  const presence = h("span", { class: "dim", title: "A score, not a probability" }, sayPresence(result.presence_level));
  const flags = result.flags.map((flag) => h("li", {}, h("strong", {}, words(flag)), " ", vocabulary.flags[flag] ?? ""));
  return [
    h("div", { class: "line" }, head, chip(vocabulary, result.distribution.label, result.distribution.between)),
    h("div", { class: "line dim" }, h("span", {}, sayCounts(result.counts)), presence),
    flags.length ? h("details", { class: "doubts" }, h("summary", {}, `⚑ ${flags.length} ${flags.length === 1 ? "flag" : "flags"}`), h("ul", {}, ...flags)) : null,
  ].filter((part) => part !== null);
}

/** @param {Pane} pane */
function toGo({ answers: { state } }) {
  const count = state.unread_of_case;
  return `The marks are shown when all ${state.images_of_case} images of this patient are read; ${count} ${count === 1 ? "is" : "are"} not.`;
}

/**
 * The line of a finding and, where it is opened, those of its members.
 *
 * @param {Viewer} viewer
 * @param {Vocabulary} vocabulary
 * @param {Finding} finding
 * @param {Finding | null} selected
 */
function rows(viewer, vocabulary, finding, selected) {
  const line = row(viewer, vocabulary, finding, selected);
  if (finding.kind !== "vessel") return [line];
  const isOpen = viewer.opened.has(finding.key) || (selected?.kind === "calcification" && holds(finding, selected.id));
  const name = `${isOpen ? "Close" : "Open"} ${nameOf(finding)}`;
  line.prepend(h("button", {
    type: "button", class: "opener", "aria-expanded": String(isOpen), "aria-label": name, title: name, data: { keep: `opener-${finding.key}` },
    onclick: () => {
      if (isOpen) viewer.opened.delete(finding.key);
      else viewer.opened.add(finding.key);
      viewer.app.viewChanged();
    },
  }, isOpen ? "▾" : "▸"));
  const pane = viewer.current;
  const members = isOpen ? calcificationsOf(pane.result, pane.answers.state).filter((one) => holds(finding, one.id)) : [];
  return [line, ...members.map((member) => {
    const inner = row(viewer, vocabulary, member, selected);
    inner.classList.add("member");
    return inner;
  })];
}

/**
 * The sign of a finding: the symbol of what a cluster is called, else the shape of its marks.
 *
 * @param {Finding} finding
 * @param {Vocabulary} vocabulary
 */
function signOf(finding, vocabulary) {
  if (finding.kind === "cluster") return symbol(vocabulary.palette[finding.label]);
  if (finding.kind === "calcification") return h("span", { class: `shape ${kindOf(finding.item)}` });
  return h("span", { class: `shape ${finding.kind === "added" ? "added" : "vascular"}` });
}

/**
 * @param {Viewer} viewer
 * @param {Vocabulary} vocabulary
 * @param {Finding} finding
 * @param {Finding | null} selected
 */
function row(viewer, vocabulary, finding, selected) {
  const isWithin = finding.kind === "cluster" && selected?.kind === "calcification" && holds(finding, selected.id);
  const isChosen = finding.key === selected?.key || isWithin;
  const open = h("button", {
    type: "button", class: "open", "aria-current": isChosen ? "true" : null, data: { keep: `open-${finding.key}` },
    onclick: () => {
      viewer.select(finding, viewer.current, true);
      viewer.toPicture();
    },
  }, signOf(finding, vocabulary), h("span", { class: "name" }, nameOf(finding)), h("span", { class: "about" }, aboutOf(finding)));
  return h("li", { class: finding.verdict ?? "" }, open, finding.kind === "added" ? remover(viewer, finding) : verdicts(viewer, finding));
}

/**
 * The form at the foot, which is never rebuilt: a reader may be writing in it.
 *
 * @param {Pane} pane
 * @param {Vocabulary} vocabulary
 */
function whole(pane, vocabulary) {
  const { state } = pane.answers;
  const pick = byId("image-distribution");
  pick.replaceChildren(...labelled(vocabulary, state.distribution, pane.result?.distribution.label));
  pick.dataset.label = state.distribution ?? "";
  pick.closest(".field")?.classList.toggle("changed", Boolean(state.distribution));
  showComment(pane.answers);
  const isAgreed = state.agreed || state.rest_accepted === true;
  byId("agree").setAttribute("aria-pressed", String(isAgreed));
  let agreement = isAgreed ? "The rest is accepted" : "Agree with the image";
  if (state.agreed) agreement = "Agreed";
  if (pane.result === null) agreement = "Read the case first, then agree";
  byId("agree-text").textContent = agreement;
  byId("agree").disabled = pane.result === null;
  byId("read").setAttribute("aria-pressed", String(state.read));
  const isLast = pane.result === null && state.unread_of_case === 1;
  byId("read-text").textContent = state.read ? "✓ Read" : isLast ? "Read: show the marks" : "Read";
}
