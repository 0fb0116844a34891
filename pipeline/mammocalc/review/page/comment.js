// @ts-check
// The comment: what is written stays a draft, on the page alone, until the reader saves it by a key or a button.

import { byId, toast } from "./dom.js";

/**
 * @import { Answers } from "./answers.js"
 * @import { Viewer } from "./viewer.js"
 */

/** @type {Map<string, { text: string }>} */
const drafts = new Map();
const nameOf = (/** @type {Pick<Answers, "reader" | "uid">} */ { reader, uid }) => `${reader} ${uid}`;

export const hasDrafts = () => drafts.size > 0;

/**
 * Bring the field up to date with the image; it is never rebuilt while somebody writes in it.
 *
 * @param {Answers} answers
 */
export function showComment(answers) {
  const field = byId("comment");
  const draft = drafts.get(nameOf(answers));
  const text = draft?.text ?? answers.state.comment ?? "";
  if (field.value !== text) field.value = text;
  const isDraft = draft !== undefined;
  field.closest(".field")?.classList.toggle("draft", isDraft);
  byId("comment-save").hidden = !isDraft;
}

/**
 * @param {Pick<Viewer, "active" | "send" | "toPicture">} viewer
 * @param {() => void} changed Called when the state changes.
 */
export function listenToComment(viewer, changed) {
  const field = byId("comment");
  const keep = () => {
    const pane = viewer.active;
    if (!pane) return;
    if (field.value === (pane.answers.state.comment ?? "")) drafts.delete(nameOf(pane.answers));
    else drafts.set(nameOf(pane.answers), { text: field.value });
    changed();
  };
  const save = async () => {
    const pane = viewer.active;
    if (!pane) return;
    const name = nameOf(pane.answers);
    const draft = drafts.get(name);
    viewer.toPicture();
    if (!draft) {
      toast("The comment is as it was saved.");
      return;
    }
    if (await viewer.send({ type: "comment", text: draft.text }, pane) && drafts.get(name) === draft) drafts.delete(name);
    changed();
  };
  field.addEventListener("input", keep);
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.repeat || event.isComposing) return;
    event.preventDefault();
    save();
  });
  field.addEventListener("blur", () => {
    const pane = viewer.active;
    if (pane && drafts.has(nameOf(pane.answers)) && !pane.answers.pending.length) toast("The comment is not saved yet: Ctrl+Enter in it, or its button, saves it.");
  });
  byId("comment-save").addEventListener("click", save);
}
