// @ts-check
// Marks over a view as SVG: rings, squares and diamonds as on the overlays of a run, hulls, labels, rulers.

import { s } from "../../rendering/pages/scripts/elements.js";
import { LEAST_PX, drawBracket, drawCrosshair, drawRuler, drawSize } from "./drawn_tools.js";
import { calcificationsOf, diameterOf, findingsOf, holds, kindOf } from "./findings.js";
import { follow, outlineOf } from "./followed.js";
import { isOnLabel, labelOf, placeLabels } from "./mark_labels.js";
import { grown } from "./outline.js";
import { middleOf } from "./view.js";

/**
 * @import { AnswerState, Box, ClusterFinding, Finding, LensCircle, Point, Result, Ruler, ShownKinds, SizeCircle,
 *   SpotFinding, VesselFinding, Vocabulary } from "./types.js"
 * @import { Followed } from "./followed.js"
 * @import { Label } from "./mark_labels.js"
 * @import { View } from "./view.js"
 */

/** @typedef {"micro" | "macro" | "vascular" | "added"} RingKind */
/** @typedef {{ finding: SpotFinding, kind: RingKind, node: SVGGElement, x: number, y: number, outline: Followed | null }} Ring */
/** @typedef {Label & { finding: ClusterFinding, node: SVGGElement, lines: SVGPathElement[], points: Point[] }} Hull */
/** @typedef {Label & { finding: VesselFinding, node: SVGPathElement | null, points: Point[] }} Course */

// Unit shapes of radius 1; the shape tells the kind without its colour.
/** @type {Record<RingKind, string>} */
const SHAPES = {
  micro: "M1 0A1 1 0 1 1 -1 0A1 1 0 1 1 1 0Z",
  macro: "M-1 -1H1V1H-1Z",
  vascular: "M0 -1.25L1.25 0L0 1.25L-1.25 0Z",
  added: "M1 0A1 1 0 1 1 -1 0A1 1 0 1 1 1 0ZM-1.45 0H-.8M.8 0H1.45M0 -1.45V-.8M0 .8V1.45",
};
const TICK = "M2 -5L5 -1.5L11 -10";  // in pixels of the screen, from the upper right of its ring: it says the same at any zoom
const CORNER = 0.75;  // of the radius to the right and up: on a ring, and within the corner of a square
const GAP_PX = 3.5;
const ARTERY = "#f08282";
const ADDED = "#7fd4ff";

const UNSCALED = { "vector-effect": "non-scaling-stroke" };

const UNMEASURED = { diameter_px: 4, length_mm: null };

/**
 * Put the tick of an accepted mark to the upper right of its ring, as large and as upright as ever.
 *
 * @param {SVGGElement} ring
 * @param {number} radiusPx Of the ring, on the screen.
 * @param {Point} turned -1 where the view is mirrored along that side.
 */
function placeTick(ring, radiusPx, [across, down]) {
  const [x, y, size] = [across * CORNER, -down * CORNER, 1 / radiusPx];
  ring.querySelector(".tick")?.setAttribute("transform", `translate(${x} ${y}) scale(${across * size} ${down * size})`);
}

export class Marks {
  /** @type {Finding[]} */
  findings = [];
  /** @type {Ring[]} */
  rings = [];
  /** @type {Hull[]} */
  hulls = [];
  /** @type {Course[]} */
  courses = [];
  /** The scale of the view for which marks are drawn. */
  drawn = "";

  /**
   * @param {View} view
   * @param {Vocabulary} vocabulary
   */
  constructor(view, vocabulary) {
    this.view = view;
    this.vocabulary = vocabulary;
    this.hole = s("circle", { class: "hole", r: 0 });
    const id = `outside-${Math.random().toString(36).slice(2)}`;
    const mask = s("mask", { id, maskUnits: "userSpaceOnUse", x: 0, y: 0, width: 10000, height: 10000 },
      s("rect", { width: 10000, height: 10000, fill: "white" }), this.hole);
    this.placed = s("g", { class: "placed" });
    this.labels = s("g", { class: "labels" });
    this.tools = s("g", { class: "tools" });
    this.mask = `url(#${id})`;
    this.all = s("g", {}, this.placed, this.labels);
    this.node = s("svg", { class: "marks", "aria-hidden": "true" }, s("defs", {}, mask), this.all, this.tools);
  }

  /**
   * Build the marks of a result and of the reader's answers.
   *
   * @param {Result | null} result
   * @param {AnswerState} answers
   */
  build(result, answers) {
    this.findings = findingsOf(result, answers);
    /** @type {Map<number | null, ClusterFinding>} */
    const clusters = new Map(this.findings.filter((one) => one.kind === "cluster").map((one) => [one.id, one]));
    const spots = [...calcificationsOf(result, answers), ...this.findings.filter((one) => one.kind === "added")];
    this.rings = spots.map((finding) => this.ring(finding, finding.kind === "added" ? undefined : clusters.get(finding.item.cluster)));
    this.hulls = [...clusters.values()].map((finding) => this.hull(finding));
    this.courses = this.findings.filter((one) => one.kind === "vessel").map((finding) => this.course(finding));
    const lines = this.courses.flatMap(({ node }) => node ?? []);
    this.placed.replaceChildren(...lines, ...this.hulls.map((hull) => hull.node), ...this.rings.map((ring) => ring.node));
    this.labels.replaceChildren(...this.labelled().map(({ label }) => label));
    this.drawn = "";
  }

  /** What has a label: clusters, then arteries. */
  labelled() {
    return [...this.hulls, ...this.courses];
  }

  /**
   * How an artery runs, as a line that leaves its marks to be seen; no line where it has one calcification.
   *
   * @param {VesselFinding} finding
   * @returns {Course}
   */
  course(finding) {
    const points = finding.item.course.map(middleOf);
    const d = `M${points.map((point) => point.join(" ")).join("L")}`;
    const node = points.length > 1 ? s("path", { class: "course", d, ...UNSCALED }) : null;
    return { finding, node, points, ...labelOf(finding, this.vocabulary.palette.vascular, "vascular") };
  }

  /**
   * @param {SpotFinding} finding
   * @param {ClusterFinding | undefined} cluster The one that holds it.
   * @returns {Ring}
   */
  ring(finding, cluster) {
    const kind = finding.kind === "added" ? "added" : kindOf(finding.item);
    const line = (/** @type {string} */ name) => s("path", { class: name, d: SHAPES[kind], ...UNSCALED });
    const node = s("g", { class: `ring ${kind} ${finding.verdict ?? cluster?.verdict ?? ""}`, "data-key": finding.key }, line("halo"), line("line"));
    if (finding.verdict === "reject" || cluster?.verdict === "reject") {
      node.append(s("path", { class: "line cross", d: "M-.7 -.7L.7 .7M.7 -.7L-.7 .7", ...UNSCALED }));
    }
    if (finding.kind !== "added" && finding.verdict === "accept") {
      node.append(s("path", { class: "line tick", d: TICK, ...UNSCALED }));
    }
    node.setAttribute("color", this.colourOf(finding, cluster));
    return { finding, kind, node, x: finding.column + 0.5, y: finding.row + 0.5, outline: outlineOf(finding, this.vocabulary.marks.followed_mm) };
  }

  /**
   * @param {SpotFinding} finding
   * @param {ClusterFinding | undefined} cluster
   */
  colourOf(finding, cluster) {
    const { palette } = this.vocabulary;
    if (finding.kind === "added") return ADDED;
    if (kindOf(finding.item) === "vascular") return ARTERY;
    const look = cluster ? palette[cluster.label] : null;
    return look?.colour ?? (finding.item.left_out ? palette.typically_benign.colour : "#ffffff");
  }

  /**
   * @param {ClusterFinding} finding
   * @returns {Hull}
   */
  hull(finding) {
    const look = this.vocabulary.palette[finding.label];
    const points = finding.item.hull.map(middleOf);
    const dash = (look?.dash ?? []).map((length) => Math.max(0.1, length * 2.2)).join(" ");
    const halo = s("path", { class: "halo", ...UNSCALED });
    const line = s("path", { class: "line", "stroke-dasharray": dash || null, ...UNSCALED });
    const node = s("g", { class: `hull ${finding.verdict ?? ""}`, color: look?.colour ?? "#fff", "data-key": finding.key }, halo, line);
    return { finding, node, lines: [halo, line], points, ...labelOf(finding, look, finding.label) };
  }

  /**
   * Put everything where the view has it.
   *
   * @param {ShownKinds} shown
   * @param {Finding | null} selected
   * @param {Box[]} taken Where other words stand.
   */
  place(shown, selected, taken) {
    const { view } = this;
    const [across, down] = view.scale;
    const [x, y] = view.centre;
    const matrix = `translate(${view.width / 2} ${view.height / 2}) scale(${across} ${down}) translate(${-x} ${-y})`;
    this.placed.setAttribute("transform", matrix);
    this.all.style.display = shown.marks ? "" : "none";
    for (const kind of /** @type {const} */ (["micro", "macro", "vascular", "hulls"])) this.node.classList.toggle(`no-${kind}`, !shown[kind]);
    if (this.drawn !== view.scale.join()) {
      this.drawn = view.scale.join();
      for (const ring of this.rings) this.placeRing(ring);
      for (const hull of this.hulls) {
        const d = grown(hull.points, this.room(hull));
        for (const line of hull.lines) line.setAttribute("d", d);
      }
    }
    for (const { node, finding } of this.rings) {
      node.classList.toggle("selected", finding.key === selected?.key);
      node.classList.toggle("within", finding.kind === "calcification" && holds(selected, finding.id));
    }
    for (const { node, finding } of this.hulls) node.classList.toggle("selected", finding.key === selected?.key);
    placeLabels(this, taken);
  }

  /** @param {Ring} ring */
  placeRing(ring) {
    const { zoom, scale: [across, down] } = this.view;
    const radius = this.radius(ring);
    ring.node.setAttribute("transform", `translate(${ring.x} ${ring.y}) scale(${radius})`);
    if (ring.outline) follow(ring.node, ring.outline, GAP_PX / zoom, radius);
    placeTick(ring.node, radius * zoom, [Math.sign(across), Math.sign(down)]);
  }

  /**
   * How far a hull keeps from the centres of its members, in pixels of the stored image.
   *
   * @param {Hull | Course} hull
   */
  room(hull) {
    const members = new Set(hull.finding.item.members);
    const radii = this.rings.filter(({ finding }) => finding.kind === "calcification" && members.has(finding.id)).map((ring) => this.radius(ring));
    return Math.max(0, ...radii) + 5 / this.view.zoom;
  }

  /**
   * In pixels of the stored image.
   *
   * @param {Ring} ring
   */
  radius({ finding, outline }) {
    const { zoom, unitMm } = this.view;
    if (outline) return outline.reach + GAP_PX / zoom;
    const diameter = diameterOf(finding);
    const { diameter_px: measuredPx, length_mm: length } = finding.kind === "added" ? UNMEASURED : finding.item;
    const px = diameter !== null && unitMm ? diameter / unitMm : measuredPx;
    const lengthPx = length && unitMm ? length / unitMm : 0;
    return Math.max(Math.max(px, lengthPx) / 2 + GAP_PX / zoom, LEAST_PX / zoom);
  }

  /**
   * The finding whose label lies on a place of the screen, or else whose mark lies nearest; null where there is none.
   *
   * @param {number} left
   * @param {number} top
   * @param {ShownKinds} shown
   * @returns {Finding | null}
   */
  at(left, top, shown) {
    if (!shown.marks) return null;
    // Labels lie over the marks, and are the whole of a cluster.
    const labelled = [...(shown.hulls ? this.hulls : []), ...(shown.vascular ? this.courses : [])].find((one) => isOnLabel(one, left, top));
    if (labelled) return labelled.finding;
    /** @type {Finding | null} */
    let best = null;
    let nearest = Infinity;
    for (const ring of this.rings) {
      if (ring.kind !== "added" && !shown[ring.kind]) continue;
      const [x, y] = this.view.toScreen(ring.x, ring.y);
      const away = Math.hypot(x - left, y - top);
      if (away < Math.max(10, this.radius(ring) * this.view.zoom + 4) && away < nearest) [best, nearest] = [ring.finding, away];
    }
    return best;
  }

  /**
   * Rulers, the circle of the selected size, the crosshair of the keyboard, the hole of the magnifier.
   *
   * @param {object} tools
   * @param {Ruler[]} tools.rulers
   * @param {SizeCircle | null} tools.sized
   * @param {Point | null} tools.crosshair
   * @param {LensCircle | null} tools.lens
   * @param {Finding | null} tools.selected
   * @param {SVGElement[]} tools.lit What a finding of another view lights up.
   */
  drawTools({ rulers, sized, crosshair, lens, selected, lit }) {
    const { view } = this;
    const chosen = this.rings.find((ring) => ring.finding.key === selected?.key);
    /** @type {SVGElement[]} */
    const parts = this.all.style.display === "none" ? [] : [...lit];
    if (chosen && this.all.style.display !== "none") {
      parts.push(...drawBracket(view.toScreen(chosen.x, chosen.y), this.radius(chosen) * view.zoom + 9));
    }
    parts.push(...rulers.map((ruler) => drawRuler(ruler, view)));
    if (sized) parts.push(drawSize(sized, view));
    if (crosshair) parts.push(drawCrosshair(view.toScreen(...crosshair)));
    // A mask costs as much as the picture itself at every frame, so it is there with the magnifier alone.
    if (!lens) this.all.removeAttribute("mask");
    else {
      this.all.setAttribute("mask", this.mask);
      this.hole.setAttribute("r", String(lens.radius));
      this.hole.setAttribute("cx", String(lens.x));
      this.hole.setAttribute("cy", String(lens.y));
      parts.push(s("circle", { class: "lens", cx: lens.x, cy: lens.y, r: lens.radius }));
    }
    if (parts.length || this.tools.firstChild) this.tools.replaceChildren(...parts);
  }
}
