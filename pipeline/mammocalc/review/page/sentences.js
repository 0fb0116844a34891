// @ts-check
// An action in words: what the toast says was saved, and the lines of the history.

import { millimetres, words } from "../../rendering/pages/scripts/wording.js";
import { letterOf } from "./findings.js";

/** @import { Action, AnswerState, Result, Verdict } from "./types.js" */

/** @typedef {Pick<Result, "calcifications" | "clusters" | "vessels"> | null} Known */
/** Gives the name of another image, and what was found in it, by UID. @typedef {(uid: string) => { name: string, result: Known } | null} Others */

const SHOWN = 60;  // characters of a comment

/**
 * @param {Verdict | null} verdict
 * @param {string} none What is said where there is none.
 */
function verdictOf(verdict, none) {
  return verdict ? { accept: "accepted", reject: "rejected" }[verdict] : none;
}

/**
 * @param {"cluster" | "calcification"} kind
 * @param {number} number
 * @param {Known} result
 */
function nameOf(kind, number, result) {
  return `${kind} ${letterOf(result, kind, number)}`;
}

/**
 * The artery that has exactly these calcifications, as it is called; nothing where there is none.
 *
 * @param {number[]} ids
 * @param {Known} result
 */
function artery(ids, result) {
  const found = result?.vessels.find(({ members }) => members.length === ids.length && members.every((id) => ids.includes(id)));
  return found ? `artery ${found.letter}: ` : "";
}

/**
 * @param {{ cluster?: number | null, calcification?: number | null }} action
 * @param {Known} result
 */
function target({ cluster = null, calcification = null }, result) {
  if (cluster !== null) return nameOf("cluster", cluster, result);
  return calcification === null ? "the image" : nameOf("calcification", calcification, result);
}

/**
 * @param {string} what
 * @param {Extract<Action, { type: "set_distribution" | "set_morphology" }>} action
 * @param {Known} result
 */
function labelled(what, action, result) {
  const label = action.label ? words(action.label) : "taken back";
  return `${what} of ${target(action, result)}: ${label}`;
}

/** @type {{ [K in Action["type"]]: (action: Extract<Action, { type: K }>, result: Known, others: Others) => string }} */
const IN_WORDS = {
  judge_calcification: ({ id, verdict }, result) => `${nameOf("calcification", id, result)} ${verdictOf(verdict, "has no verdict")}`,
  judge_calcifications: ({ ids, verdict }, result) => `${artery(ids, result)}${ids.length} calcifications ${verdictOf(verdict, "have no verdict")}`,
  judge_cluster: ({ id, verdict }, result) => `${nameOf("cluster", id, result)} ${verdictOf(verdict, "has no verdict")}`,
  add_calcification: ({ row, column, diameter_mm: diameter }) => `added at row ${Math.round(row)}, column ${Math.round(column)}${diameter ? `, ${millimetres(diameter)}` : ""}`,
  remove_added: () => "an added one removed",
  resize_calcification: ({ id = null, diameter_mm: diameter }, result) => `${id === null ? "an added one" : nameOf("calcification", id, result)} is ${millimetres(diameter)}`,
  set_distribution: (action, result) => labelled("distribution", action, result),
  set_morphology: (action, result) => labelled("morphology", action, result),
  comment: ({ text }) => (text ? `comment “${text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text}”` : "no comment"),
  agree_image: ({ agreed = true }) => (agreed ? "agreed with the whole image" : "no longer agreed with the image"),
  judge_pair: ({ relation, of, id, other, other_id: otherId, answer }, result, others) => {
    const { name, result: known } = others(other) ?? { name: relation === "link" ? "the other view" : "the prior", result: null };
    const here = id === null ? "nothing" : nameOf(of, id, result);
    const there = otherId === null ? "nothing" : nameOf(of, otherId, known);
    return `${here} and ${there} in ${name}: ${answer === null ? "taken back" : words(answer)}`;
  },
  mark_read: ({ read }) => (read ? "read" : "unread"),
  undo: () => "undo",
  redo: () => "redo",
};

/**
 * What an action does; an action of a newer version, which nobody knows here, is named by its type.
 *
 * @param {Action} action
 * @param {Known} result Gives findings their letters.
 * @param {Others} others
 */
export function sentenceOf(action, result = null, others = () => null) {
  /** @type {Record<string, (action: any, result: Known, others: Others) => string>} */
  const sentences = IN_WORDS;
  return sentences[action.type]?.(action, result, others) ?? words(action.type);
}

/**
 * What is said when the server has an action, with its new state.
 *
 * @param {Action} action
 * @param {Pick<AnswerState, "undoes" | "redoes">} state
 * @param {string} view
 * @param {Known} result
 * @param {Others} others
 */
export function savedAs(action, state, view, result, others = () => null) {
  const isBack = action.type === "undo";
  const about = isBack ? state.redoes : action.type === "redo" ? state.undoes : action;
  const verb = isBack ? "Undone" : action.type === "redo" ? "Done again" : "Saved";
  return `${verb}, ${view}: ${about ? sentenceOf(about, result, others) : "the last answer"}.`;
}
