// @ts-check
// What the pointer does on the stage: window, pan, zoom, select, measure, add, resize.

import { add, resize } from "./answering.js";
import { CLICKED_MM } from "./commands.js";
import { byId, toast } from "./dom.js";
import { GRIP_PX } from "./drawn_tools.js";
import { toggleLarge } from "./stage_layout.js";
import { adjust } from "./window_by_hand.js";

/**
 * @import { Point, SizeCircle } from "./types.js"
 * @import { Pane } from "./pane.js"
 * @import { Chosen, Tool, Viewer } from "./viewer.js"
 */

/** @typedef {Tool | "resize" | "pinch"} DragKind */

/**
 * @typedef {object} Drag
 * @property {Pane} pane
 * @property {DragKind} kind
 * @property {number} x Where the pointer is in the pane.
 * @property {number} y
 * @property {Point} start Where it was pressed there.
 * @property {Point} from The same in the image.
 * @property {boolean} hasMoved
 * @property {number} diameter In mm, as it is drawn.
 * @property {Chosen | null} chosen What is resized.
 * @property {SizeCircle | null} sized Its size before.
 */

const CLICK_PX = 4;

/** What pointers do on the stage of a viewer. */
export class Gestures {
  /** Where each pointer was last. @type {Map<number, Point>} */
  pointers = new Map();
  /** @type {Drag | null} */
  drag = null;

  /**
   * @param {Viewer} viewer
   * @param {() => void} viewChanged
   */
  constructor(viewer, viewChanged) {
    this.viewer = viewer;
    this.viewChanged = viewChanged;
    const stage = byId("stage");
    stage.addEventListener("contextmenu", (event) => event.preventDefault());
    stage.addEventListener("pointerdown", (event) => this.press(event));
    stage.addEventListener("pointermove", (event) => this.move(event));
    stage.addEventListener("pointerup", (event) => this.end(event));
    stage.addEventListener("pointercancel", (event) => this.end(event));
    stage.addEventListener("pointerleave", () => {
      viewer.lens = null;
      viewer.point(null);
      viewer.request();
    });
    stage.addEventListener("dblclick", (event) => {
      const pane = this.paneOf(event);
      if (!pane || viewer.tool !== "window") return;
      viewer.active = pane;
      toggleLarge(viewer);
    });
    stage.addEventListener("wheel", (event) => this.zoom(event), { passive: false });
  }

  /**
   * The view under a pointer, by place: the target of a captured pointer is the stage.
   *
   * @param {MouseEvent} event
   */
  paneOf(event) {
    return this.viewer.panes.find((pane) => {
      const box = pane.node.getBoundingClientRect();
      return event.clientX >= box.left && event.clientX < box.right && event.clientY >= box.top && event.clientY < box.bottom;
    });
  }

  /** @param {PointerEvent} event */
  press(event) {
    const { viewer } = this;
    const pane = this.paneOf(event);
    if (!pane?.isShown) return;
    this.pointers.set(event.pointerId, [event.clientX, event.clientY]);
    pane.node.focus({ preventScroll: true });
    if (viewer.active !== pane) {
      viewer.active = pane;
      this.viewChanged();
    }
    viewer.gliding = null;
    pane.crosshair = null;
    byId("stage").setPointerCapture(event.pointerId);
    const [x, y] = placeIn(pane, event);
    const from = pane.view.toImage(x, y);
    const kind = this.kindOf(event, pane, x, y);
    const chosen = kind === "resize" ? viewer.selected : null;
    const sized = chosen ? viewer.sizeOf(pane, chosen.finding) : null;
    this.drag = { pane, kind, x, y, start: [x, y], from, hasMoved: false, diameter: 0, chosen, sized };
    if (kind === "ruler") pane.rulers = [{ from, to: from }];
    event.preventDefault();
  }

  /**
   * @param {PointerEvent} event
   * @param {Pane} pane
   * @param {number} x
   * @param {number} y
   * @returns {DragKind}
   */
  kindOf(event, pane, x, y) {
    const { tool, space } = this.viewer;
    if (event.button === 1 || event.button === 2 || space) return "pan";
    if (tool !== "window") return tool;
    return this.isOnGrip(pane, x, y) ? "resize" : "window";
  }

  /**
   * @param {Pane} pane
   * @param {number} x
   * @param {number} y
   */
  isOnGrip(pane, x, y) {
    const { selected } = this.viewer;
    const sized = selected?.pane === pane ? this.viewer.sizeOf(pane, selected.finding) : null;
    if (!sized) return false;
    const [cx, cy] = pane.view.toScreen(sized.x, sized.y);
    return Math.hypot(x - cx - Math.max(sized.radiusPx * pane.view.zoom, 5.5) - GRIP_PX, y - cy) < 10;
  }

  /** @param {PointerEvent} event */
  move(event) {
    const { viewer, drag } = this;
    const known = this.pointers.get(event.pointerId);
    if (known && this.pointers.size === 2 && drag) {
      this.pinch(event, known, drag);
      return;
    }
    const pane = drag?.pane ?? this.paneOf(event);
    if (!pane) return;
    const [x, y] = placeIn(pane, event);
    if (viewer.lensOn) {
      viewer.lens = { pane, x, y };
      viewer.request();
    }
    if (!drag) {
      this.hover(pane, x, y);
      return;
    }
    if (Math.hypot(x - drag.start[0], y - drag.start[1]) > CLICK_PX) drag.hasMoved = true;
    if (drag.hasMoved) this.follow(drag, x, y);
  }

  /**
   * @param {Pane} pane
   * @param {number} x
   * @param {number} y
   */
  hover(pane, x, y) {
    pane.point(x, y);
    const finding = pane.marks.at(x, y, this.viewer.shown);
    this.viewer.point(finding ? { pane, finding } : null);
    const mark = finding ? "mark" : "";
    byId("stage").dataset.over = this.isOnGrip(pane, x, y) ? "grip" : mark;
  }

  /**
   * @param {Drag} drag
   * @param {number} x
   * @param {number} y
   */
  follow(drag, x, y) {
    const { viewer } = this;
    const { pane, kind } = drag;
    const right = x - drag.x;
    const down = y - drag.y;
    [drag.x, drag.y] = [x, y];
    if (kind === "window" && pane.window) {
      for (const one of viewer.followers) adjust(one, down / 500, Math.exp(right / 300));
      viewer.request();
    } else if (kind === "pan" || kind === "window") {
      pane.view.pan(right, down);
      viewer.moved(pane);
    } else if (kind === "ruler") {
      pane.rulers[0].to = pane.view.toImage(x, y);
      viewer.request();
    } else if (kind === "add") this.drawSize(drag, drag.from, 0);
    else if (kind === "resize" && drag.sized) this.drawSize(drag, [drag.sized.x, drag.sized.y], GRIP_PX);
  }

  /**
   * The circle around a place that reaches to the pointer.
   *
   * @param {Drag} drag
   * @param {Point} centre
   * @param {number} shortPx How far before the pointer it ends.
   */
  drawSize(drag, centre, shortPx) {
    const { view } = drag.pane;
    const [cx, cy] = view.toScreen(...centre);
    const reach = Math.hypot(drag.x - cx, drag.y - cy) - shortPx;
    const radiusPx = Math.max(0.5, reach / view.zoom);
    drag.diameter = 2 * radiusPx * (view.unitMm ?? 0);
    const text = view.unitMm ? `${drag.diameter.toFixed(2)} mm` : "";
    this.viewer.sized = { pane: drag.pane, x: centre[0], y: centre[1], radiusPx, text };
    this.viewer.request();
  }

  /**
   * @param {PointerEvent} event
   * @param {Point} known Where the pointer was.
   * @param {Drag} drag
   */
  pinch(event, known, drag) {
    const other = [...this.pointers].find(([id]) => id !== event.pointerId)?.[1] ?? known;
    const { view } = drag.pane;
    const before = Math.hypot(known[0] - other[0], known[1] - other[1]);
    const now = Math.hypot(event.clientX - other[0], event.clientY - other[1]);
    const box = drag.pane.node.getBoundingClientRect();
    view.pan((event.clientX - known[0]) / 2, (event.clientY - known[1]) / 2);
    view.setZoom((view.zoom * now) / Math.max(1, before), (event.clientX + other[0]) / 2 - box.left, (event.clientY + other[1]) / 2 - box.top);
    this.pointers.set(event.pointerId, [event.clientX, event.clientY]);
    drag.kind = "pinch";
    this.viewer.moved(drag.pane);
  }

  /** @param {PointerEvent} event */
  end(event) {
    this.pointers.delete(event.pointerId);
    const { drag } = this;
    if (!drag || this.pointers.size) return;
    this.drag = null;
    if (event.type === "pointercancel") this.viewer.sized = null;
    else if (drag.hasMoved) this.finish(drag);
    else this.click(drag);
    this.viewer.request();
  }

  /** @param {Drag} drag What was drawn and is let go of. */
  finish({ pane, kind, from, diameter, chosen }) {
    if (kind === "add") add(this.viewer, pane, from, diameter);
    else if (kind === "resize" && chosen) resize(this.viewer, diameter, chosen);
    else if (kind === "window") this.viewChanged();
  }

  /** @param {Drag} drag A press that did not move. */
  click({ pane, kind, from, x, y }) {
    const { viewer } = this;
    if (kind === "add") add(viewer, pane, from, CLICKED_MM);
    else if (kind === "window") viewer.select(pane.marks.at(x, y, viewer.shown), pane);
    else if (kind === "ruler") pane.rulers = [];
  }

  /**
   * A key that comes while something is drawn ends it: what is let go of later would be saved under what the key changed.
   * True where something was drawn.
   */
  drop() {
    const isDrawing = this.drag?.kind === "add" || this.drag?.kind === "resize";
    if (isDrawing) {
      this.drag = null;
      this.viewer.sized = null;
      this.viewer.request();
      toast("Nothing was saved: a key was pressed while it was drawn.");
    }
    return isDrawing;
  }

  /** @param {WheelEvent} event */
  zoom(event) {
    const pane = this.paneOf(event);
    if (!pane?.isShown) return;
    event.preventDefault();
    this.viewer.gliding = null;
    const lines = event.deltaMode === 1 ? 16 : 1;
    const [x, y] = placeIn(pane, event);
    pane.view.setZoom(pane.view.zoom * Math.exp((-event.deltaY * lines) / 480), x, y);
    this.viewer.moved(pane);
  }
}

/**
 * Where a pointer is in a view.
 *
 * @param {Pane} pane
 * @param {MouseEvent} event
 * @returns {Point}
 */
function placeIn(pane, event) {
  const box = pane.node.getBoundingClientRect();
  return [event.clientX - box.left, event.clientY - box.top];
}
