// Marks over a view as SVG: rings, squares and diamonds as on the overlays of a run, hulls, labels, rulers.

import { s, symbol, words } from "./dom.js";
import { grown } from "./outline.js";
import { calcificationsOf, diameterOf, findingsOf, holds, kindOf } from "./findings.js";

// Unit shapes of radius 1; the shape tells the kind without its colour.
const SHAPES = {
  micro: "M1 0A1 1 0 1 1 -1 0A1 1 0 1 1 1 0Z",
  macro: "M-1 -1H1V1H-1Z",
  vascular: "M0 -1.25L1.25 0L0 1.25L-1.25 0Z",
  added: "M1 0A1 1 0 1 1 -1 0A1 1 0 1 1 1 0ZM-1.45 0H-.8M.8 0H1.45M0 -1.45V-.8M0 .8V1.45",
};
const LEAST_PX = 5.5;  // a ring is never smaller on the screen, and always leaves free what it marks
const GAP_PX = 3.5;
export const GRIP_PX = 18;  // how far outside the circle of the size its grip lies, so as not to hide what is measured

const ARTERY = "#f08282";

/** What stands beside a cluster or an artery: its symbol, its letter and what it is called. */
function labelOf(finding, look, called) {
  const mark = symbol(look, 13);
  mark.setAttribute("y", -11);
  const verdict = { accept: " ✓", reject: " ✕" }[finding.verdict] ?? "";
  const told = `${finding.item.letter ? `${finding.item.letter} ` : ""}${words(called)}${verdict}`;
  const node = s("g", { class: `label ${finding.kind} ${finding.verdict ?? ""}` }, mark, s("text", { x: 18, y: 0 }, told));
  return { label: node, width: 24 + 7.4 * told.length };
}

export class Marks {
  constructor(view, vocabulary) {
    Object.assign(this, { view, vocabulary, rings: [], hulls: [], courses: [], rulers: [], drawnZoom: null });
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

  /** Build the marks of a result and of the reader's answers. */
  build(result, answers) {
    this.findings = findingsOf(result, answers);
    const clusters = new Map(this.findings.filter((one) => one.kind === "cluster").map((one) => [one.id, one]));
    const spots = [...calcificationsOf(result, answers), ...this.findings.filter((one) => one.kind === "added")];
    this.rings = spots.map((finding) => this.ring(finding, clusters.get(finding.item.cluster)));
    this.hulls = [...clusters.values()].map((finding) => this.hull(finding));
    this.courses = this.findings.filter((one) => one.kind === "vessel").map((finding) => this.course(finding));
    const lines = this.courses.map(({ node }) => node).filter(Boolean);
    this.placed.replaceChildren(...lines, ...this.hulls.map((hull) => hull.node), ...this.rings.map((ring) => ring.node));
    this.labels.replaceChildren(...this.labelled().map(({ label }) => label));
    this.drawnZoom = null;
  }

  /** What has a label: clusters, then arteries. */
  labelled() {
    return [...this.hulls, ...this.courses];
  }

  /** How an artery runs, as a line that leaves its marks to be seen; no line where it has one calcification. */
  course(finding) {
    const points = finding.item.course.map(([row, column]) => [column + 0.5, row + 0.5]);
    const d = `M${points.map((point) => point.join(" ")).join("L")}`;
    const node = points.length > 1 ? s("path", { class: "course", d, "vector-effect": "non-scaling-stroke" }) : null;
    return { finding, node, points, ...labelOf(finding, this.vocabulary.palette.vascular, "vascular") };
  }

  ring(finding, cluster) {
    const kind = finding.kind === "added" ? "added" : kindOf(finding.item);
    const look = cluster ? this.vocabulary.palette[cluster.label] : null;
    const alone = finding.item.left_out ? this.vocabulary.palette.typically_benign.colour : "#ffffff";
    const colour = kind === "added" ? "#7fd4ff" : kind === "vascular" ? ARTERY : (look?.colour ?? alone);
    const line = (name) => s("path", { class: name, d: SHAPES[kind], "vector-effect": "non-scaling-stroke" });
    const node = s("g", { class: `ring ${kind} ${finding.verdict ?? cluster?.verdict ?? ""}`, "data-key": finding.key }, line("halo"), line("line"));
    if (finding.verdict === "reject" || cluster?.verdict === "reject") {
      node.append(s("path", { class: "line cross", d: "M-.7 -.7L.7 .7M.7 -.7L-.7 .7", "vector-effect": "non-scaling-stroke" }));
    }
    if (finding.kind !== "added" && finding.verdict === "accept") {
      node.append(s("path", { class: "line tick", d: "M.8 -1.5L1.15 -1.1L1.9 -2", "vector-effect": "non-scaling-stroke" }));
    }
    node.setAttribute("color", colour);
    return { finding, kind, node, x: finding.column + 0.5, y: finding.row + 0.5 };
  }

  hull(finding) {
    const look = this.vocabulary.palette[finding.label];
    const points = finding.item.hull.map(([row, column]) => [column + 0.5, row + 0.5]);
    const dash = (look?.dash ?? []).map((length) => Math.max(0.1, length * 2.2)).join(" ");
    const halo = s("path", { class: "halo", "vector-effect": "non-scaling-stroke" });
    const line = s("path", { class: "line", "vector-effect": "non-scaling-stroke", "stroke-dasharray": dash || null });
    const node = s("g", { class: `hull ${finding.verdict ?? ""}`, color: look?.colour ?? "#fff", "data-key": finding.key }, halo, line);
    return { finding, node, lines: [halo, line], points, ...labelOf(finding, look, finding.label) };
  }

  /** Put everything where the view has it. `shown` says which kinds are seen. */
  place(shown, selected) {
    const { view } = this;
    const [across, down] = view.scale;
    const [x, y] = view.centre;
    const matrix = `translate(${view.width / 2} ${view.height / 2}) scale(${across} ${down}) translate(${-x} ${-y})`;
    this.placed.setAttribute("transform", matrix);
    this.all.style.display = shown.marks ? "" : "none";
    for (const kind of ["micro", "macro", "vascular", "hulls"]) this.node.classList.toggle(`no-${kind}`, !shown[kind]);
    if (this.drawnZoom !== view.zoom) {
      this.drawnZoom = view.zoom;
      for (const ring of this.rings) ring.node.setAttribute("transform", `translate(${ring.x} ${ring.y}) scale(${this.radius(ring)})`);
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
    this.placeLabels();
  }

  /** How far a hull keeps from the centres of its members, in pixels of the stored image. */
  room(hull) {
    const members = new Set(hull.finding.item.members);
    const radii = this.rings.filter((ring) => ring.finding.kind === "calcification" && members.has(ring.finding.id)).map((ring) => this.radius(ring));
    return Math.max(0, ...radii) + 5 / this.view.zoom;
  }

  placeLabels() {
    const taken = [];
    for (const hull of this.labelled()) {
      const corners = hull.points.map(([x, y]) => this.view.toScreen(x, y));
      if (!corners.length) continue;
      const top = corners.reduce((one, other) => (other[1] < one[1] ? other : one));
      const x = Math.min(this.view.width - hull.width - 6, Math.max(6, top[0] - hull.width / 2));
      let y = Math.min(this.view.height - 12, Math.max(48, top[1] - this.room(hull) * this.view.zoom - 9));
      while (taken.some((box) => Math.abs(box.y - y) < 18 && x < box.x + box.width && box.x < x + hull.width)) y += 18;
      taken.push({ x, y, width: hull.width });
      const isOutside = corners.every(([left, up]) => left < 0 || up < 0 || left > this.view.width || up > this.view.height)
        && !this.covers(corners);
      hull.label.setAttribute("transform", `translate(${x} ${y})`);
      hull.label.style.display = isOutside ? "none" : "";
    }
  }

  covers(corners) {
    const xs = corners.map((corner) => corner[0]);
    const ys = corners.map((corner) => corner[1]);
    return Math.min(...xs) < this.view.width && Math.max(...xs) > 0 && Math.min(...ys) < this.view.height && Math.max(...ys) > 0;
  }

  /** In pixels of the stored image. */
  radius(ring) {
    const { view } = this;
    const diameter = diameterOf(ring.finding);
    const px = diameter !== null && view.unitMm ? diameter / view.unitMm : (ring.finding.item.diameter_px ?? 4);
    const length = ring.finding.item.length_mm && view.unitMm ? ring.finding.item.length_mm / view.unitMm : 0;
    return Math.max(Math.max(px, length) / 2 + GAP_PX / view.zoom, LEAST_PX / view.zoom);
  }

  /** The finding whose mark lies nearest to a place on the screen, or null. */
  at(left, top, shown) {
    if (!shown.marks) return null;
    let best = null;
    let nearest = Infinity;
    for (const ring of this.rings) {
      if (ring.kind !== "added" && !shown[ring.kind]) continue;
      const [x, y] = this.view.toScreen(ring.x, ring.y);
      const away = Math.hypot(x - left, y - top);
      if (away < Math.max(10, this.radius(ring) * this.view.zoom + 4) && away < nearest) [best, nearest] = [ring.finding, away];
    }
    if (best) return best;
    const seen = [...(shown.hulls ? this.hulls : []), ...(shown.vascular ? this.courses : [])];
    return seen.find((one) => this.isOnLabel(one, left, top))?.finding ?? null;
  }

  isOnLabel(hull, left, top) {
    const place = /translate\(([-\d.]+) ([-\d.]+)\)/.exec(hull.label.getAttribute("transform") ?? "");
    if (!place || hull.label.style.display === "none") return false;
    const [x, y] = [Number(place[1]), Number(place[2])];
    return left >= x - 4 && left <= x + hull.width && top >= y - 14 && top <= y + 5;
  }

  /** Rulers, the circle of the selected size, the crosshair of the keyboard, the hole of the magnifier. */
  drawTools({ rulers, sized, crosshair, lens, selected }) {
    const { view } = this;
    const parts = [];
    const chosen = this.rings.find((ring) => ring.finding.key === selected?.key);
    if (chosen && this.all.style.display !== "none") {
      const [x, y] = view.toScreen(chosen.x, chosen.y);
      const r = this.radius(chosen) * view.zoom + 9;
      const corner = (across, down) => `M${x + across * r} ${y + down * r * 0.45}V${y + down * r}H${x + across * r * 0.45}`;
      const d = [[-1, -1], [1, -1], [1, 1], [-1, 1]].map(([across, down]) => corner(across, down)).join("");
      parts.push(s("path", { class: "halo", d }), s("path", { class: "bracket", d }));
    }
    for (const ruler of rulers) {
      const [a, b] = [view.toScreen(...ruler.from), view.toScreen(...ruler.to)];
      const line = (name) => s("line", { class: name, x1: a[0], y1: a[1], x2: b[0], y2: b[1] });
      const angle = Math.atan2(b[1] - a[1], b[0] - a[0]);
      const end = ([x, y]) => s("line", {
        class: "line", x1: x - 6 * Math.sin(angle), y1: y + 6 * Math.cos(angle), x2: x + 6 * Math.sin(angle), y2: y - 6 * Math.cos(angle),
      });
      const text = s("text", { x: Math.max(a[0], b[0]) + 9, y: (a[0] > b[0] ? a : b)[1] + 4 }, lengthOf(ruler, view));
      parts.push(s("g", { class: "ruler" }, line("halo"), line("line"), end(a), end(b), text));
    }
    if (sized) {
      const [x, y] = view.toScreen(sized.x, sized.y);
      const radius = sized.radiusPx * view.zoom;
      const across = Math.max(radius, LEAST_PX) + GRIP_PX;
      const ring = s("circle", { class: "line", cx: x, cy: y, r: radius });
      const grip = s("circle", { class: "grip", cx: x + across, cy: y, r: 5 });
      const lead = s("line", { class: "lead", x1: x + across - GRIP_PX + 4, y1: y, x2: x + across - 5, y2: y });
      const text = sized.text ? s("text", { x: x + across + 12, y: y + 4 }, sized.text) : "";
      parts.push(s("g", { class: "sized" }, ring, lead, grip, text));
    }
    if (crosshair) {
      const [x, y] = view.toScreen(...crosshair);
      parts.push(s("path", { class: "crosshair", d: `M${x - 16} ${y}h12M${x + 4} ${y}h12M${x} ${y - 16}v12M${x} ${y + 4}v12` }));
    }
    // A mask costs as much as the picture itself at every frame, so it is there with the magnifier alone.
    if (!lens) this.all.removeAttribute("mask");
    else {
      this.all.setAttribute("mask", this.mask);
      this.hole.setAttribute("r", lens.radius);
      this.hole.setAttribute("cx", lens.x);
      this.hole.setAttribute("cy", lens.y);
      parts.push(s("circle", { class: "lens", cx: lens.x, cy: lens.y, r: lens.radius }));
    }
    if (parts.length || this.tools.firstChild) this.tools.replaceChildren(...parts);
  }
}

/** The length of a ruler in mm, in pixels where the image has no spacing. */
export function lengthOf({ from, to }, view) {
  const across = to[0] - from[0];
  const down = to[1] - from[1];
  if (!view.spacing) return `${Math.hypot(across, down).toFixed(0)} px`;
  const length = Math.hypot(across * view.spacing[1], down * view.spacing[0]);
  return `${length < 10 ? length.toFixed(2) : length.toFixed(1)} mm`;
}
