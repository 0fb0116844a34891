// @ts-check
// What speaks for the selected finding, and what the reader says of it.

import { h, symbol } from "../../rendering/pages/scripts/elements.js";
import { millimetres, percent, words } from "../../rendering/pages/scripts/wording.js";
import { label as chooseLabel, ownLabel, resize } from "./answering.js";
import { toast } from "./dom.js";
import { aboutOf, diameterOf, findingsOf, nameOf } from "./findings.js";
import { verdicts } from "./verdict_buttons.js";

/**
 * @import { CalcificationFinding, ClusterFinding, Finding, ResultMorphology, SpotFinding, Vocabulary } from "./types.js"
 * @import { LabelMode } from "./choosing.js"
 * @import { Viewer } from "./viewer.js"
 */

/**
 * @param {Record<string, number>} probabilities
 * @param {string[]} order
 * @param {Vocabulary} vocabulary
 */
function bars(probabilities, order, vocabulary) {
  const lines = order.filter((label) => label in probabilities).map((label) => {
    const fill = h("span", { class: "fill" });
    fill.style.width = `${100 * probabilities[label]}%`;
    if (vocabulary.palette[label]) fill.style.background = vocabulary.palette[label].colour;
    return h("div", {},
      h("dt", {}, vocabulary.palette[label] ? symbol(vocabulary.palette[label], 11) : null, words(label)),
      h("dd", {}, h("span", { class: "track" }, fill), h("span", { class: "number" }, percent(probabilities[label]))));
  });
  return h("dl", { class: "bars" }, ...lines);
}

/** @param {string[]} list */
function reasons(list) {
  return list?.length ? h("ul", { class: "reasons" }, ...list.map((reason) => h("li", {}, reason))) : null;
}

/**
 * What a label says now: the reader's, else the program's.
 *
 * @param {Vocabulary} vocabulary
 * @param {string | null | undefined} chosen
 * @param {string | null | undefined} own
 */
export function labelled(vocabulary, chosen, own) {
  if (chosen) return [symbol(vocabulary.palette[chosen]), h("span", {}, words(chosen)), h("span", { class: "dim" }, "yours")];
  return own ? [symbol(vocabulary.palette[own]), h("span", {}, words(own)), h("span", { class: "dim" }, "program")] : ["not said"];
}

/**
 * @param {Viewer} viewer
 * @param {Vocabulary} vocabulary
 * @param {LabelMode} what
 * @param {ClusterFinding | CalcificationFinding} finding
 */
function picker(viewer, vocabulary, what, finding) {
  const pane = viewer.current;
  const [title, key] = { distribution: ["Distribution", "D"], morphology: ["Morphology", "O"] }[what];
  const chosen = finding.said[what];
  const button = h("button", {
    type: "button", class: "pick", id: `pick-${what}`, "aria-labelledby": `name-${what} pick-${what}`, data: { keep: what, label: chosen ?? "" },
    onclick: () => chooseLabel(viewer, what, { finding, pane }, vocabulary),
  }, ...labelled(vocabulary, chosen, ownLabel(what, finding, pane)));
  return h("div", { class: `field${chosen ? " changed" : ""}` }, h("span", { class: "named", id: `name-${what}` }, title, " ", h("kbd", {}, key)), button);
}

/**
 * @param {Viewer} viewer
 * @param {Vocabulary} vocabulary
 * @param {Finding} finding
 * @returns {HTMLElement[]}
 */
export function detail(viewer, vocabulary, finding) {
  const heading = h("h2", { class: "heading" }, nameOf(finding), " ", h("span", { class: "dim" }, aboutOf(finding)));
  return [heading, ...about(viewer, vocabulary, finding)];
}

/**
 * @param {Viewer} viewer
 * @param {Vocabulary} vocabulary
 * @param {Finding} finding
 * @returns {HTMLElement[]}
 */
function about(viewer, vocabulary, finding) {
  if (finding.kind === "cluster") return aboutCluster(viewer, vocabulary, finding);
  if (finding.kind === "vessel") return [h("p", { class: "dim" }, "A verdict on an artery holds for all its members. Shift+J steps through them.")];
  if (finding.kind === "added") return [size(viewer, finding)];
  return [size(viewer, finding), ...aboutCalcification(viewer, vocabulary, finding)];
}

/**
 * @param {Viewer} viewer
 * @param {Vocabulary} vocabulary
 * @param {CalcificationFinding} finding
 */
function aboutCalcification(viewer, vocabulary, finding) {
  const { item } = finding;
  const flags = item.flags.map((flag) => h("li", {}, h("strong", {}, words(flag)), " ", vocabulary.flags[flag] ?? ""));
  return [
    memberOf(viewer, finding),
    picker(viewer, vocabulary, "morphology", finding),
    ...aboutMorphology(vocabulary, item.morphology),
    item.left_out ? h("p", { class: "dim" }, `Listed, and not counted for the distribution: ${words(item.left_out)}.`) : null,
    flags.length ? h("ul", { class: "reasons" }, ...flags) : null,
    h("p", { class: "dim small" }, `Score ${item.score.toFixed(3)}, ${item.contrast_to_noise.toFixed(1)} times the noise.`),
  ].filter((part) => part !== null);
}

/**
 * @param {Vocabulary} vocabulary
 * @param {ResultMorphology | null} morphology
 */
function aboutMorphology(vocabulary, morphology) {
  if (!morphology) return [];
  const { probabilities } = morphology;
  return [bars(probabilities, ranked(probabilities), vocabulary), reasons(morphology.reasons)];
}

/**
 * The way from a calcification to its cluster; null where it has none.
 *
 * @param {Viewer} viewer
 * @param {CalcificationFinding} finding
 */
function memberOf(viewer, finding) {
  const pane = viewer.current;
  if (finding.item.cluster === null) return null;
  const cluster = findingsOf(pane.result, pane.answers.state).find((one) => one.kind === "cluster" && one.id === finding.item.cluster);
  if (!cluster) return null;
  const open = () => {
    viewer.select(cluster, pane);
    viewer.toPicture();
  };
  return h("p", {}, "Member of ", h("button", { type: "button", class: "link", onclick: open }, nameOf(cluster)), ". ", verdicts(viewer, finding));
}

/** @param {Record<string, number>} probabilities */
function ranked(probabilities) {
  return Object.keys(probabilities).sort((one, other) => probabilities[other] - probabilities[one]).slice(0, 5);
}

/**
 * @param {Viewer} viewer
 * @param {SpotFinding} finding
 */
function size(viewer, finding) {
  const diameter = diameterOf(finding);
  if (diameter === null) return h("p", { class: "dim" }, "No size: the image has no pixel spacing.");
  const pane = viewer.current;
  const shown = diameter.toFixed(2);
  // A text, for the arrows and the wheel change a number that nobody typed; and only Enter saves it.
  const input = h("input", { type: "text", inputMode: "decimal", autocomplete: "off", id: "diameter", value: shown, title: "Enter saves it", data: { keep: "diameter" } });
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.repeat || event.isComposing) return;
    event.preventDefault();
    const typed = Number(input.value.trim().replace(",", "."));
    if (!(typed >= 0.05 && typed <= 50)) {
      toast("A diameter is 0.05 to 50 mm.", "bad");
      return;
    }
    input.value = shown;
    viewer.toPicture();
    if (typed.toFixed(2) === shown) toast(`The diameter is ${shown} mm already.`);
    else resize(viewer, typed, { finding, pane });
  });
  input.addEventListener("blur", () => {
    if (input.value === shown) return;
    input.value = shown;
    toast("The diameter was not saved: Enter saves it.");
  });
  const isChanged = finding.kind === "calcification" && finding.said.diameter_mm !== undefined;
  const before = isChanged ? h("span", { class: "dim" }, `measured ${millimetres(finding.item.diameter_mm)}`) : null;
  return h("div", { class: `field${isChanged ? " changed" : ""}` }, h("label", { htmlFor: "diameter" }, "Diameter in mm ", h("kbd", {}, ","), h("kbd", {}, ".")), h("div", { class: "line" }, input, before));
}

/**
 * @param {Viewer} viewer
 * @param {Vocabulary} vocabulary
 * @param {ClusterFinding} finding
 * @returns {HTMLElement[]}
 */
function aboutCluster(viewer, vocabulary, finding) {
  const { distribution, morphology, published_association: published } = finding.item;
  const labels = vocabulary.distributions;
  /** @type {(HTMLElement | null)[]} */
  const parts = [
    picker(viewer, vocabulary, "distribution", finding),
    distribution.between?.length ? h("p", {}, `Between ${distribution.between.map(words).join(" and ")}.`) : null,
    distribution.probabilities ? bars(distribution.probabilities, labels, vocabulary) : null,
    reasons(distribution.reasons),
    distribution.calibrated_on ? h("p", { class: "dim small" }, `Probabilities calibrated on ${words(distribution.calibrated_on)} patterns.`) : null,
    picker(viewer, vocabulary, "morphology", finding),
    ...aboutMorphology(vocabulary, morphology),
  ];
  if (published) {
    const [low, high] = published.malignant_share_range;
    parts.push(h("details", { class: "published" }, h("summary", {}, `Published: ${percent(low)} to ${percent(high)} malignant where called ${words(published.descriptor)}`),
      h("p", {}, `${published.population} (n = ${published.n}).`), h("p", { class: "dim small" }, published.source)), h("p", { class: "caution" }, published.meaning));
  }
  return parts.filter((part) => part !== null);
}
