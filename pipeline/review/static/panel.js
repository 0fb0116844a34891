// The right-hand column: the image, its findings, what speaks for the selected one, and the reader's answers.

import { judge, resize, setLabel } from "./answering.js";
import { byId, h, millimetres, percent, sayCounts, sayPresence, symbol, words } from "./dom.js";
import { aboutOf, diameterOf, findingsOf, kindOf, nameOf } from "./findings.js";
import { nameOfView } from "./pane.js";

const NOTHING = "Nothing was found in this image. N adds what was missed.";
const BLINDED = "Blinded: nothing is shown until you have answered.";
const HOW_BLINDED = "Blinded reading: add what you see, name a distribution, and mark the image as read. Then the marks are shown.";

/** Build it anew; what had the focus keeps it. */
export function showPanel(viewer, vocabulary) {
  const pane = viewer.active;
  if (!pane) return;
  const focused = document.activeElement?.dataset?.keep;
  const selected = viewer.selected?.pane === pane ? viewer.selected.finding : null;
  byId("summary").replaceChildren(...summary(pane, vocabulary));
  const found = findingsOf(pane.result, pane.answers.state);
  byId("findings-count").textContent = found.length ? String(found.length) : "";
  byId("findings").replaceChildren(...found.map((finding) => row(viewer, vocabulary, finding, selected)));
  if (!found.length) byId("findings").append(h("li", { class: "nothing" }, pane.result === null ? BLINDED : NOTHING));
  const about = `${pane.uid} ${selected?.key}`;
  // Who chooses from a list by typing must not have the list taken away between two letters.
  const isChoosing = document.activeElement?.closest("#detail select") && byId("detail").dataset.about === about;
  if (!isChoosing) byId("detail").replaceChildren(...(selected ? detail(viewer, vocabulary, selected) : []));
  byId("detail").dataset.about = about;
  whole(viewer, vocabulary);
  if (focused && !isChoosing) document.querySelector(`[data-keep="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}

/** Bring the selected finding into sight within the column. */
export function revealSelected() {
  const list = byId("scrolled");
  const chosen = byId("findings").querySelector("[aria-current=true]")?.closest("li");
  if (!chosen) return;
  list.scrollTop = Math.max(0, Math.min(chosen.offsetTop - 60, byId("detail").offsetTop - 150));
}

function chip(vocabulary, label, between = []) {
  const candidates = between.length ? `: ${between.map(words).join(" or ")}` : "";
  return h("span", { class: "chip" }, symbol(vocabulary.palette[label]), `${words(label)}${candidates}`);
}

function summary(pane, vocabulary) {
  const { result, image } = pane;
  const head = h("h2", {}, nameOfView(image));
  if (!result) return [h("div", { class: "line" }, head), h("p", { class: "dim" }, HOW_BLINDED)];
  const presence = h("span", { class: "dim", title: "A score, not a probability" }, sayPresence(result.presence_level));
  const flags = result.flags.map((flag) => h("li", {}, h("strong", {}, words(flag)), " ", vocabulary.flags[flag] ?? ""));
  return [
    h("div", { class: "line" }, head, chip(vocabulary, result.distribution.label, result.distribution.between)),
    h("div", { class: "line dim" }, h("span", {}, sayCounts(result.counts)), presence),
    flags.length ? h("details", { class: "doubts" }, h("summary", {}, `⚑ ${flags.length} ${flags.length === 1 ? "flag" : "flags"}`), h("ul", {}, ...flags)) : null,
  ].filter(Boolean);
}

function row(viewer, vocabulary, finding, selected) {
  const isCluster = finding.kind === "cluster";
  const shape = finding.kind === "added" ? "added" : !isCluster && kindOf(finding.item);
  const look = isCluster ? symbol(vocabulary.palette[finding.label]) : h("span", { class: `shape ${shape}` });
  const isWithin = isCluster && selected?.kind === "calcification" && selected.item.cluster === finding.id;
  const isChosen = finding.key === selected?.key || isWithin;
  const open = h("button", {
    type: "button", class: "open", "aria-current": isChosen ? "true" : null, data: { keep: `open-${finding.key}` },
    onclick: () => viewer.select(finding, viewer.active, true),
  }, look, h("span", { class: "name" }, nameOf(finding)), h("span", { class: "about" }, aboutOf(finding)));
  return h("li", { class: finding.verdict ?? "" }, open, finding.kind === "added" ? remover(viewer, finding) : verdicts(viewer, finding));
}

function remover(viewer, finding) {
  return h("span", { class: "verdicts" }, h("button", {
    type: "button", class: "verdict reject", "aria-label": `Remove ${nameOf(finding)}`, title: "Remove (X)",
    data: { keep: `remove-${finding.key}` }, onclick: () => judge(viewer, "reject", finding, viewer.active),
  }, "✕"));
}

function verdicts(viewer, finding) {
  const one = (verdict, sign, name, key) => {
    const isOn = finding.verdict === verdict;
    return h("button", {
      type: "button", class: `verdict ${verdict}`, "aria-pressed": String(isOn), "aria-label": `${name} ${nameOf(finding)}`, title: `${name} (${key})`,
      data: { keep: `${verdict}-${finding.key}` }, onclick: () => judge(viewer, isOn ? null : verdict, finding, viewer.active),
    }, sign);
  };
  return h("span", { class: "verdicts" }, one("accept", "✓", "Accept", "A"), one("reject", "✕", "Reject", "X"));
}

function bars(probabilities, order, vocabulary) {
  const rows = order.filter((label) => label in probabilities).map((label) => {
    const fill = h("span", { class: "fill" });
    fill.style.width = `${100 * probabilities[label]}%`;
    if (vocabulary.palette[label]) fill.style.background = vocabulary.palette[label].colour;
    return h("div", {},
      h("dt", {}, vocabulary.palette[label] ? symbol(vocabulary.palette[label], 11) : null, words(label)),
      h("dd", {}, h("span", { class: "track" }, fill), h("span", { class: "number" }, percent(probabilities[label]))));
  });
  return h("dl", { class: "bars" }, ...rows);
}

function reasons(list) {
  return list?.length ? h("ul", { class: "reasons" }, ...list.map((reason) => h("li", {}, reason))) : null;
}

function picker(title, key, keep, options, chosen, own, change, left) {
  const list = [h("option", { value: "" }, own ? `${words(own)} (program)` : "not said"), ...options.map((label) => h("option", { value: label }, words(label)))];
  const select = h("select", { data: { keep }, id: `pick-${keep}`, onchange: (event) => change(event.target.value), onblur: () => setTimeout(left) }, ...list);
  select.value = chosen ?? "";
  return h("div", { class: `field${chosen ? " changed" : ""}` }, h("label", { htmlFor: `pick-${keep}` }, title, " ", h("kbd", {}, key)), select);
}

function detail(viewer, vocabulary, finding) {
  const pane = viewer.active;
  const heading = h("h2", { class: "heading" }, nameOf(finding), " ", h("span", { class: "dim" }, aboutOf(finding)));
  if (finding.kind === "cluster") return [heading, ...aboutCluster(viewer, vocabulary, finding)];
  const parts = [heading, size(viewer, finding)];
  if (finding.kind === "added") return parts;
  const { item } = finding;
  const flags = item.flags.map((flag) => h("li", {}, h("strong", {}, words(flag)), " ", vocabulary.flags[flag] ?? ""));
  if (item.cluster !== null) {
    const cluster = findingsOf(pane.result, pane.answers.state).find((one) => one.kind === "cluster" && one.id === item.cluster);
    if (cluster) parts.push(h("p", {}, "Member of ", h("button", { type: "button", class: "link", onclick: () => viewer.select(cluster, pane) }, nameOf(cluster)), ". ", verdicts(viewer, finding)));
  }
  parts.push(picker("Morphology", "O", "morphology", vocabulary.morphologies, finding.said.morphology, item.morphology?.label, (label) => setLabel(viewer, "morphology", label, finding, pane), viewer.app.viewChanged));
  if (item.morphology) parts.push(bars(item.morphology.probabilities, ranked(item.morphology.probabilities), vocabulary), reasons(item.morphology.reasons));
  if (item.left_out) parts.push(h("p", { class: "dim" }, `Listed, and not counted for the distribution: ${words(item.left_out)}.`));
  if (flags.length) parts.push(h("ul", { class: "reasons" }, ...flags));
  parts.push(h("p", { class: "dim small" }, `Score ${item.score.toFixed(3)}, ${item.contrast_to_noise.toFixed(1)} times the noise.`));
  return parts.filter(Boolean);
}

function ranked(probabilities) {
  return Object.keys(probabilities).sort((one, other) => probabilities[other] - probabilities[one]).slice(0, 5);
}

function size(viewer, finding) {
  const diameter = diameterOf(finding);
  if (diameter === null) return h("p", { class: "dim" }, "No size: the image has no pixel spacing.");
  const input = h("input", { type: "number", id: "diameter", min: 0.05, max: 50, step: 0.01, value: diameter.toFixed(2), data: { keep: "diameter" } });
  input.addEventListener("change", () => {
    if (input.value && input.checkValidity()) resize(viewer, Number(input.value));
    else input.reportValidity();
  });
  const isChanged = finding.kind === "calcification" && finding.said.diameter_mm !== undefined;
  const before = isChanged ? h("span", { class: "dim" }, `measured ${millimetres(finding.item.diameter_mm)}`) : null;
  return h("div", { class: `field${isChanged ? " changed" : ""}` }, h("label", { htmlFor: "diameter" }, "Diameter in mm ", h("kbd", {}, ","), h("kbd", {}, ".")), h("div", { class: "line" }, input, before));
}

function aboutCluster(viewer, vocabulary, finding) {
  const { distribution, morphology, published_association: published } = finding.item;
  const labels = vocabulary.distributions;
  const pane = viewer.active;
  const parts = [
    picker("Distribution", "D", "distribution", labels, finding.said.distribution, distribution.label, (label) => setLabel(viewer, "distribution", label, finding, pane), viewer.app.viewChanged),
    distribution.between?.length ? h("p", {}, `Between ${distribution.between.map(words).join(" and ")}.`) : null,
    distribution.probabilities ? bars(distribution.probabilities, labels, vocabulary) : null,
    reasons(distribution.reasons),
    distribution.calibrated_on ? h("p", { class: "dim small" }, `Probabilities calibrated on ${words(distribution.calibrated_on)} patterns.`) : null,
    picker("Morphology", "O", "morphology", vocabulary.morphologies, finding.said.morphology, morphology?.label, (label) => setLabel(viewer, "morphology", label, finding, pane), viewer.app.viewChanged),
    morphology ? bars(morphology.probabilities, ranked(morphology.probabilities), vocabulary) : null,
    morphology ? reasons(morphology.reasons) : null,
  ];
  if (published) {
    const [low, high] = published.malignant_share_range;
    parts.push(h("details", { class: "published" }, h("summary", {}, `Published: ${percent(low)} to ${percent(high)} malignant where called ${words(published.descriptor)}`),
      h("p", {}, `${published.population} (n = ${published.n}).`), h("p", { class: "dim small" }, published.source)), h("p", { class: "caution" }, published.meaning));
  }
  return parts.filter(Boolean);
}

/** The form at the foot, which is never rebuilt: a reader may be writing in it. */
function whole(viewer, vocabulary) {
  const pane = viewer.active;
  const { state } = pane.answers;
  const select = byId("image-distribution");
  const own = pane.result?.distribution.label;
  const labels = [h("option", { value: "" }, own ? `${words(own)} (program)` : "not said"), ...vocabulary.distributions.map((label) => h("option", { value: label }, words(label)))];
  if (document.activeElement !== select || select.dataset.uid !== pane.uid) select.replaceChildren(...labels);
  select.dataset.uid = pane.uid;
  select.value = state.distribution ?? "";
  select.closest(".field").classList.toggle("changed", Boolean(state.distribution));
  const comment = byId("comment");
  if (document.activeElement !== comment || comment.dataset.uid !== pane.uid) comment.value = state.comment ?? "";
  comment.dataset.uid = pane.uid;
  const isAgreed = state.agreed || state.rest_accepted === true;
  byId("agree").setAttribute("aria-pressed", String(isAgreed));
  let agreement = isAgreed ? "The rest is accepted" : "Agree with the image";
  if (state.agreed) agreement = "Agreed";
  if (pane.result === null) agreement = "Answer first, then agree";
  byId("agree").firstElementChild.textContent = agreement;
  byId("agree").disabled = pane.result === null;
  byId("read").setAttribute("aria-pressed", String(state.read));
  byId("read").firstElementChild.textContent = pane.result === null ? "Done: show the marks" : state.read ? "✓ Read" : "Read";
}
