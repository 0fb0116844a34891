// @ts-check
// The card of an image in the worklist, or of a file that has no result.

import { h, symbol } from "../../rendering/pages/scripts/elements.js";
import { sayCounts, sayInterval, sayPresence, words } from "../../rendering/pages/scripts/wording.js";
import { thumbnailOf } from "./api.js";

/**
 * @import { ListedFile, ListedImage, Vocabulary } from "./types.js"
 * @import { ThumbnailQueue } from "./thumbnail_queue.js"
 */

const KEY = 8;  // digits of a patient key that tell patients apart by eye

/**
 * What cards need besides their entry; `plain` fetches pictures without marks.
 *
 * @typedef {{ vocabulary: Vocabulary, reader: string | null, plain: ThumbnailQueue }} Means
 */

/**
 * @param {ListedImage | ListedFile} entry
 * @param {Means} means
 * @param {Record<string, any>} attributes Of the element.
 * @returns {HTMLElement}
 */
export function cardOf(entry, means, attributes) {
  return entry.uid ? imageCard(entry, means, attributes) : fileCard(/** @type {ListedFile} */ (entry), attributes);
}

/**
 * @param {ListedFile} file
 * @param {Record<string, any>} attributes
 */
function fileCard({ status, reason, message, path }, attributes) {
  const kind = status === "failed" ? "failed" : "skipped";
  return h("div", { ...attributes, class: `card file ${kind}`, role: "group", "aria-label": `${words(status)} file` },
    h("div", { class: "why" },
      h("strong", {}, `${words(status)}: ${words(reason)}`),
      h("p", {}, message ?? ""),
      h("p", { class: "file" }, path)));
}

/**
 * @param {ListedImage} entry
 * @param {Means} means
 * @param {Record<string, any>} attributes
 */
function imageCard(entry, { vocabulary, reader, plain }, attributes) {
  const { uid, distribution, counts } = entry;
  const state = entry.agreed ? "agreed" : entry.read ? "read" : "unread";
  const label = distribution ? words(distribution) : "not shown yet";
  const count = counts ? sayCounts(counts) : "";
  const time = whenOf(entry);
  const when = time ? `${time.textContent}, ` : "";
  const patient = entry.patient_key ? `patient ${entry.patient_key.slice(0, KEY)}` : null;  // as the page of a comparison says it
  const name = [entry.name, `${when}${label}`, count, state, patient].filter((part) => part !== null).join(", ");
  return h("a", { ...attributes, title: entry.file, class: `card ${state}`, href: `#/image/${uid}`, "aria-label": name },
    picture(entry, reader, plain),
    h("span", { class: "view-name" }, entry.name),
    time,
    flagsOf(entry, vocabulary),
    h("span", { class: "state" }, state === "unread" ? "" : `✓ ${state}`),
    h("div", { class: "words" },
      h("div", { class: "line" },
        distribution ? symbol(vocabulary.palette[distribution]) : null,
        h("span", { class: "label" }, label),
        presenceOf(entry)),
      h("div", { class: "line dim" }, h("span", {}, count)),
      patient && h("div", { class: "line dim" }, patient)));
}

/**
 * Which of several examinations it belongs to; null where the patient has one.
 *
 * @param {ListedImage} entry
 */
function whenOf({ examination: { number, of, days_earlier: days } }) {
  if (of < 2) return null;
  return h("span", { class: "when" }, number === 1 && days === 0 ? `newest of ${of}` : sayInterval(days));
}

/** @param {ListedImage} entry */
function presenceOf({ presence_level: level }) {
  if (level === null || level === undefined) return null;
  return h("span", { class: "presence", title: `${sayPresence(level)}: a score, not a probability` }, level.toFixed(1));
}

/**
 * @param {ListedImage} entry
 * @param {Vocabulary} vocabulary
 */
function flagsOf({ flags }, vocabulary) {
  if (!flags?.length) return null;
  const sentences = flags.map((flag) => vocabulary.flags[flag] ?? words(flag));
  return h("span", { class: "flags", title: sentences.join("\n") }, `⚑ ${flags.length}`);
}

/**
 * The run's own thumbnails show its marks; where there is none, or they may not be seen yet, the pixels alone.
 *
 * @param {ListedImage} entry
 * @param {string | null} reader
 * @param {ThumbnailQueue} plain
 */
function picture({ uid, thumbnail }, reader, plain) {
  const drawn = h("img", { alt: "" });
  drawn.addEventListener("error", () => drawn.replaceWith(h("span", { class: "dim" }, "no picture")));
  if (thumbnail) drawn.src = thumbnailOf(uid, reader);
  else plain.add(drawn, uid);
  return h("div", { class: "thumb" }, drawn);
}
