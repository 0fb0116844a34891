// The right-hand column: the image, its findings, what speaks for the selected one, and the reader's answers.

import { judge, label, resize } from "./answering.js";
import { showComment } from "./comment.js";
import { byId, h, millimetres, once, percent, say, sayCounts, sayPresence, symbol, words } from "./dom.js";
import { aboutOf, calcificationsOf, diameterOf, findingsOf, holds, kindOf, nameOf } from "./findings.js";
import { nameOfView } from "./pane.js";

const NOTHING = "Nothing was found in this image. N adds what was missed.";
const BLINDED = "Blinded: nothing is shown until the whole case is read.";
const HOW_BLINDED = "Blinded reading: add what you see, name a distribution, and mark the image as read.";

/** Build it anew; what had the focus keeps it. */
export function showPanel(viewer, vocabulary) {
  const pane = viewer.active;
  if (!pane) return;
  const focused = document.activeElement?.dataset?.keep;
  const selected = viewer.selected?.finding ?? null;
  byId("summary").replaceChildren(...summary(pane, vocabulary));
  const found = findingsOf(pane.result, pane.answers.state);
  byId("findings-count").textContent = found.length ? String(found.length) : "";
  byId("findings").replaceChildren(...found.flatMap((finding) => rows(viewer, vocabulary, finding, selected)));
  if (!found.length) byId("findings").append(h("li", { class: "nothing" }, pane.result === null ? BLINDED : NOTHING));
  const about = `${pane.uid} ${selected?.key}`;
  // Who types a number must not have the field taken away between two digits.
  const isTyping = document.activeElement?.id === "diameter" && byId("detail").dataset.about === about;
  if (!isTyping) byId("detail").replaceChildren(...(selected ? detail(viewer, vocabulary, selected) : []));
  byId("detail").dataset.about = about;
  whole(viewer, vocabulary);
  if (focused && !isTyping) document.querySelector(`[data-keep="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
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
  if (!result) return [h("div", { class: "line" }, head), h("p", { class: "dim" }, HOW_BLINDED), h("p", { class: "dim" }, toGo(pane))];
  const presence = h("span", { class: "dim", title: "A score, not a probability" }, sayPresence(result.presence_level));
  const flags = result.flags.map((flag) => h("li", {}, h("strong", {}, words(flag)), " ", vocabulary.flags[flag] ?? ""));
  return [
    h("div", { class: "line" }, head, chip(vocabulary, result.distribution.label, result.distribution.between)),
    h("div", { class: "line dim" }, h("span", {}, sayCounts(result.counts)), presence),
    flags.length ? h("details", { class: "doubts" }, h("summary", {}, `⚑ ${flags.length} ${flags.length === 1 ? "flag" : "flags"}`), h("ul", {}, ...flags)) : null,
  ].filter(Boolean);
}

function toGo({ answers: { state } }) {
  const count = state.unread_of_case;
  return `The marks are shown when all ${state.images_of_case} images of this woman are read; ${count} ${count === 1 ? "is" : "are"} not.`;
}

/** The line of a finding and, where it is opened, those of its members. */
function rows(viewer, vocabulary, finding, selected) {
  const line = row(viewer, vocabulary, finding, selected);
  if (finding.kind !== "vessel") return [line];
  const isOpen = viewer.opened.has(finding.key) || (selected?.kind === "calcification" && holds(finding, selected.id));
  const name = `${isOpen ? "Close" : "Open"} ${nameOf(finding)}`;
  line.prepend(h("button", {
    type: "button", class: "opener", "aria-expanded": String(isOpen), "aria-label": name, title: name, data: { keep: `opener-${finding.key}` },
    onclick: () => {
      viewer.opened[isOpen ? "delete" : "add"](finding.key);
      viewer.app.viewChanged();
    },
  }, isOpen ? "▾" : "▸"));
  const pane = viewer.active;
  const members = isOpen ? calcificationsOf(pane.result, pane.answers.state).filter((one) => holds(finding, one.id)) : [];
  return [line, ...members.map((member) => {
    const inner = row(viewer, vocabulary, member, selected);
    inner.classList.add("member");
    return inner;
  })];
}

function row(viewer, vocabulary, finding, selected) {
  const isCluster = finding.kind === "cluster";
  const shape = { added: "added", vessel: "vascular" }[finding.kind] ?? (!isCluster && kindOf(finding.item));
  const look = isCluster ? symbol(vocabulary.palette[finding.label]) : h("span", { class: `shape ${shape}` });
  const isWithin = isCluster && selected?.kind === "calcification" && holds(finding, selected.id);
  const isChosen = finding.key === selected?.key || isWithin;
  const open = h("button", {
    type: "button", class: "open", "aria-current": isChosen ? "true" : null, data: { keep: `open-${finding.key}` },
    onclick: () => {
      viewer.select(finding, viewer.active, true);
      viewer.toPicture();
    },
  }, look, h("span", { class: "name" }, nameOf(finding)), h("span", { class: "about" }, aboutOf(finding)));
  return h("li", { class: finding.verdict ?? "" }, open, finding.kind === "added" ? remover(viewer, finding) : verdicts(viewer, finding));
}

function remover(viewer, finding) {
  return h("span", { class: "verdicts" }, h("button", {
    type: "button", class: "verdict reject", "aria-label": `Remove ${nameOf(finding)}`, title: "Remove (X)",
    data: { keep: `remove-${finding.key}` }, onclick: judging(viewer, "reject", finding),
  }, "✕"));
}

function judging(viewer, verdict, finding) {
  const pane = viewer.active;
  return once(() => {
    judge(viewer, verdict, { finding, pane });
    viewer.toPicture();
  });
}

function verdicts(viewer, finding) {
  const one = (verdict, sign, name, key) => {
    const isOn = finding.verdict === verdict;
    return h("button", {
      type: "button", class: `verdict ${verdict}`, "aria-pressed": String(isOn), "aria-label": `${name} ${nameOf(finding)}`, title: `${name} (${key})`,
      data: { keep: `${verdict}-${finding.key}` }, onclick: judging(viewer, isOn ? null : verdict, finding),
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

/** What a label says now: the reader's, else the program's. */
function labelled(vocabulary, chosen, own) {
  if (chosen) return [symbol(vocabulary.palette[chosen]), h("span", {}, words(chosen)), h("span", { class: "dim" }, "yours")];
  return own ? [symbol(vocabulary.palette[own]), h("span", {}, words(own)), h("span", { class: "dim" }, "program")] : ["not said"];
}

function picker(viewer, vocabulary, what, finding) {
  const pane = viewer.active;
  const [title, key] = { distribution: ["Distribution", "D"], morphology: ["Morphology", "O"] }[what];
  const chosen = finding.said[what];
  const button = h("button", {
    type: "button", class: "pick", id: `pick-${what}`, "aria-labelledby": `name-${what} pick-${what}`, data: { keep: what, label: chosen ?? "" },
    onclick: () => label(viewer, what, { finding, pane }, vocabulary),
  }, ...labelled(vocabulary, chosen, finding.item[what]?.label));
  return h("div", { class: `field${chosen ? " changed" : ""}` }, h("span", { class: "named", id: `name-${what}` }, title, " ", h("kbd", {}, key)), button);
}

function detail(viewer, vocabulary, finding) {
  const pane = viewer.active;
  const heading = h("h2", { class: "heading" }, nameOf(finding), " ", h("span", { class: "dim" }, aboutOf(finding)));
  if (finding.kind === "cluster") return [heading, ...aboutCluster(viewer, vocabulary, finding)];
  if (finding.kind === "vessel") return [heading, h("p", { class: "dim" }, "A verdict on an artery holds for all its members. Shift+J steps through them.")];
  const parts = [heading, size(viewer, finding)];
  if (finding.kind === "added") return parts;
  const { item } = finding;
  const flags = item.flags.map((flag) => h("li", {}, h("strong", {}, words(flag)), " ", vocabulary.flags[flag] ?? ""));
  if (item.cluster !== null) {
    const cluster = findingsOf(pane.result, pane.answers.state).find((one) => one.kind === "cluster" && one.id === item.cluster);
    if (cluster) parts.push(h("p", {}, "Member of ", h("button", { type: "button", class: "link", onclick: () => { viewer.select(cluster, pane); viewer.toPicture(); } }, nameOf(cluster)), ". ", verdicts(viewer, finding)));
  }
  parts.push(picker(viewer, vocabulary, "morphology", finding));
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
  const pane = viewer.active;
  const shown = diameter.toFixed(2);
  // A text, for the arrows and the wheel change a number that nobody typed; and only Enter saves it.
  const input = h("input", { type: "text", inputMode: "decimal", autocomplete: "off", id: "diameter", value: shown, title: "Enter saves it", data: { keep: "diameter" } });
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.repeat || event.isComposing) return;
    event.preventDefault();
    const typed = Number(input.value.trim().replace(",", "."));
    if (!(typed >= 0.05 && typed <= 50)) return say("A diameter is 0.05 to 50 mm.", "bad");
    input.value = shown;
    viewer.toPicture();
    if (typed.toFixed(2) === shown) say(`The diameter is ${shown} mm already.`);
    else resize(viewer, typed, { finding, pane });
  });
  input.addEventListener("blur", () => {
    if (input.value === shown) return;
    input.value = shown;
    say("The diameter was not saved: Enter saves it.");
  });
  const isChanged = finding.kind === "calcification" && finding.said.diameter_mm !== undefined;
  const before = isChanged ? h("span", { class: "dim" }, `measured ${millimetres(finding.item.diameter_mm)}`) : null;
  return h("div", { class: `field${isChanged ? " changed" : ""}` }, h("label", { htmlFor: "diameter" }, "Diameter in mm ", h("kbd", {}, ","), h("kbd", {}, ".")), h("div", { class: "line" }, input, before));
}

function aboutCluster(viewer, vocabulary, finding) {
  const { distribution, morphology, published_association: published } = finding.item;
  const labels = vocabulary.distributions;
  const parts = [
    picker(viewer, vocabulary, "distribution", finding),
    distribution.between?.length ? h("p", {}, `Between ${distribution.between.map(words).join(" and ")}.`) : null,
    distribution.probabilities ? bars(distribution.probabilities, labels, vocabulary) : null,
    reasons(distribution.reasons),
    distribution.calibrated_on ? h("p", { class: "dim small" }, `Probabilities calibrated on ${words(distribution.calibrated_on)} patterns.`) : null,
    picker(viewer, vocabulary, "morphology", finding),
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
  const pick = byId("image-distribution");
  pick.replaceChildren(...labelled(vocabulary, state.distribution, pane.result?.distribution.label));
  pick.dataset.label = state.distribution ?? "";
  pick.closest(".field").classList.toggle("changed", Boolean(state.distribution));
  showComment(pane.answers);
  const isAgreed = state.agreed || state.rest_accepted === true;
  byId("agree").setAttribute("aria-pressed", String(isAgreed));
  let agreement = isAgreed ? "The rest is accepted" : "Agree with the image";
  if (state.agreed) agreement = "Agreed";
  if (pane.result === null) agreement = "Read the case first, then agree";
  byId("agree").firstElementChild.textContent = agreement;
  byId("agree").disabled = pane.result === null;
  byId("read").setAttribute("aria-pressed", String(state.read));
  byId("read").firstElementChild.textContent = pane.result === null && state.unread_of_case === 1 && !state.read ? "Read: show the marks" : state.read ? "✓ Read" : "Read";
}
