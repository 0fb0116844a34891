// An action in words: what the toast says was saved, and the lines of the history.

import { millimetres, words } from "./dom.js";

const VERDICTS = { accept: "accepted", reject: "rejected" };
const SHOWN = 60;  // characters of a comment

function nameOf(kind, number, result) {
  const known = result?.[`${kind}s`].find((one) => one.id === number);
  return `${kind} ${known?.letter ?? number}`;
}

/** The artery that has exactly these calcifications, as it is called; nothing where there is none. */
function artery(ids, result) {
  const found = result?.vessels.find(({ members }) => members.length === ids.length && members.every((id) => ids.includes(id)));
  return found ? `artery ${found.letter}: ` : "";
}

function target({ cluster = null, calcification = null }, result) {
  if (cluster !== null) return nameOf("cluster", cluster, result);
  return calcification === null ? "the image" : nameOf("calcification", calcification, result);
}

function labelled(what, action, result) {
  const label = action.label ? words(action.label) : "taken back";
  return `${what} of ${target(action, result)}: ${label}`;
}

const IN_WORDS = {
  judge_calcification: ({ id, verdict }, result) => `${nameOf("calcification", id, result)} ${VERDICTS[verdict] ?? "has no verdict"}`,
  judge_calcifications: ({ ids, verdict }, result) => `${artery(ids, result)}${ids.length} calcifications ${VERDICTS[verdict] ?? "have no verdict"}`,
  judge_cluster: ({ id, verdict }, result) => `${nameOf("cluster", id, result)} ${VERDICTS[verdict] ?? "has no verdict"}`,
  add_calcification: ({ row, column, diameter_mm: diameter }) => `added at row ${Math.round(row)}, column ${Math.round(column)}${diameter ? `, ${millimetres(diameter)}` : ""}`,
  remove_added: () => "an added one removed",
  resize_calcification: ({ id = null, diameter_mm: diameter }, result) => `${id === null ? "an added one" : nameOf("calcification", id, result)} is ${millimetres(diameter)}`,
  set_distribution: (action, result) => labelled("distribution", action, result),
  set_morphology: (action, result) => labelled("morphology", action, result),
  comment: ({ text }) => (text ? `comment “${text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text}”` : "no comment"),
  agree_image: ({ agreed = true }) => (agreed ? "agreed with the whole image" : "no longer agreed with the image"),
  mark_read: ({ read }) => (read ? "read" : "unread"),
  undo: () => "undo",
  redo: () => "redo",
};

/** What an action does; `result` gives findings their letters. */
export function sentenceOf(action, result = null) {
  return IN_WORDS[action.type]?.(action, result) ?? words(action.type);
}

/** What is said when the server has an action, with its new state. */
export function savedAs(action, state, view, result) {
  const isBack = action.type === "undo";
  const about = isBack ? state.redoes : action.type === "redo" ? state.undoes : action;
  const verb = isBack ? "Undone" : action.type === "redo" ? "Done again" : "Saved";
  return `${verb}, ${view}: ${about ? sentenceOf(about, result) : "the last answer"}.`;
}
