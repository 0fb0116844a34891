// What the pointer does on the stage: window, pan, zoom, select, measure, add, resize.

import { add, resize } from "./answering.js";
import { byId, say } from "./dom.js";
import { GRIP_PX } from "./marks.js";

const CLICK_PX = 4;
const NEW_MM = 0.3;  // the diameter of a missed calcification that is only clicked at: the usual size of a micro

export function listen(viewer) {
  const stage = byId("stage");
  const pointers = new Map();
  let drag = null;

  // By place: the target of a captured pointer is the stage.
  const paneOf = (event) => viewer.panes.find((pane) => {
    const box = pane.node.getBoundingClientRect();
    return event.clientX >= box.left && event.clientX < box.right && event.clientY >= box.top && event.clientY < box.bottom;
  });
  const placeIn = (pane, event) => {
    const box = pane.node.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };

  stage.addEventListener("contextmenu", (event) => event.preventDefault());

  stage.addEventListener("pointerdown", (event) => {
    const pane = paneOf(event);
    if (!pane?.isShown) return;
    pointers.set(event.pointerId, [event.clientX, event.clientY]);
    pane.node.focus({ preventScroll: true });
    if (viewer.active !== pane) {
      viewer.active = pane;
      viewer.app.viewChanged();
    }
    viewer.gliding = null;
    pane.crosshair = null;
    stage.setPointerCapture(event.pointerId);
    const [x, y] = placeIn(pane, event);
    drag = { pane, x, y, startX: x, startY: y, from: pane.view.toImage(x, y), hasMoved: false, kind: kindOf(event, pane, x, y) };
    if (drag.kind === "resize") Object.assign(drag, { chosen: viewer.selected, sized: { ...viewer.sizeOf(pane, viewer.selected.finding) } });
    if (drag.kind === "ruler") pane.rulers = [{ from: drag.from, to: drag.from }];
    event.preventDefault();
  });

  function kindOf(event, pane, x, y) {
    if (event.button === 1 || event.button === 2 || viewer.space) return "pan";
    if (viewer.tool === "ruler" || viewer.tool === "add" || viewer.tool === "pan") return viewer.tool;
    return isOnGrip(pane, x, y) ? "resize" : "window";
  }

  function isOnGrip(pane, x, y) {
    const sized = viewer.selected?.pane === pane ? viewer.sizeOf(pane, viewer.selected.finding) : null;
    if (!sized) return false;
    const [cx, cy] = pane.view.toScreen(sized.x, sized.y);
    return Math.hypot(x - cx - Math.max(sized.radiusPx * pane.view.zoom, 5.5) - GRIP_PX, y - cy) < 10;
  }

  stage.addEventListener("pointermove", (event) => {
    const known = pointers.get(event.pointerId);
    if (known && pointers.size === 2 && drag) return pinch(event, known);
    const pane = drag?.pane ?? paneOf(event);
    if (!pane) return undefined;
    const [x, y] = placeIn(pane, event);
    if (viewer.lensOn) {
      viewer.lens = { pane, x, y };
      viewer.request();
    }
    if (!drag) {
      pane.point(x, y);
      stage.dataset.over = isOnGrip(pane, x, y) ? "grip" : pane.marks.at(x, y, viewer.shown) ? "mark" : "";
      return undefined;
    }
    if (Math.hypot(x - drag.startX, y - drag.startY) > CLICK_PX) drag.hasMoved = true;
    if (drag.hasMoved) follow(pane, x, y);
    return undefined;
  });

  function follow(pane, x, y) {
    const right = x - drag.x;
    const down = y - drag.y;
    [drag.x, drag.y] = [x, y];
    if (drag.kind === "window" && pane.window) {
      for (const one of viewer.followers) one.adjust(down / 500, Math.exp(right / 300));
      viewer.request();
    } else if (drag.kind === "pan" || drag.kind === "window") {
      pane.view.pan(right, down);
      viewer.moved(pane);
    } else if (drag.kind === "ruler") {
      pane.rulers[0].to = pane.view.toImage(x, y);
      viewer.request();
    } else if (drag.kind === "resize" || drag.kind === "add") {
      const centre = drag.kind === "add" ? drag.from : [drag.sized.x, drag.sized.y];
      const [cx, cy] = pane.view.toScreen(...centre);
      const reach = Math.hypot(x - cx, y - cy) - (drag.kind === "resize" ? GRIP_PX : 0);
      const radiusPx = Math.max(0.5, reach / pane.view.zoom);
      const diameter = 2 * radiusPx * (pane.view.unitMm ?? 0);
      drag.diameter = diameter;
      viewer.sized = { pane, x: centre[0], y: centre[1], radiusPx, text: pane.view.unitMm ? `${diameter.toFixed(2)} mm` : "" };
      viewer.request();
    }
  }

  function pinch(event, known) {
    const other = [...pointers].find(([id]) => id !== event.pointerId)[1];
    const { view } = drag.pane;
    const before = Math.hypot(known[0] - other[0], known[1] - other[1]);
    const now = Math.hypot(event.clientX - other[0], event.clientY - other[1]);
    const box = drag.pane.node.getBoundingClientRect();
    view.pan((event.clientX - known[0]) / 2, (event.clientY - known[1]) / 2);
    view.setZoom((view.zoom * now) / Math.max(1, before), (event.clientX + other[0]) / 2 - box.left, (event.clientY + other[1]) / 2 - box.top);
    pointers.set(event.pointerId, [event.clientX, event.clientY]);
    drag.kind = "pinch";
    viewer.moved(drag.pane);
  }

  const end = (event) => {
    pointers.delete(event.pointerId);
    if (!drag || pointers.size) return;
    const { pane, kind, hasMoved, from } = drag;
    const done = drag;
    drag = null;
    if (event.type === "pointercancel") {
      viewer.sized = null;
    } else if (kind === "add") add(viewer, pane, from, hasMoved ? done.diameter : NEW_MM);
    else if (kind === "resize" && hasMoved) resize(viewer, done.diameter, done.chosen);
    else if (!hasMoved && kind === "window") viewer.select(pane.marks.at(done.x, done.y, viewer.shown), pane);
    else if (!hasMoved && kind === "ruler") pane.rulers = [];
    else if (kind === "window") viewer.app.viewChanged();
    viewer.request();
  };
  // A key that comes while something is drawn ends it: what is let go of later would be saved under what the key changed.
  viewer.dropDrag = () => {
    const isDrawing = ["add", "resize"].includes(drag?.kind);
    if (isDrawing) {
      drag = null;
      viewer.sized = null;
      viewer.request();
      say("Nothing was saved: a key was pressed while it was drawn.");
    }
    return isDrawing;
  };
  stage.addEventListener("pointerup", end);
  stage.addEventListener("pointercancel", end);
  stage.addEventListener("pointerleave", () => {
    viewer.lens = null;
    viewer.request();
  });

  stage.addEventListener("dblclick", (event) => {
    const pane = paneOf(event);
    if (!pane || viewer.tool !== "window") return;
    viewer.active = pane;
    viewer.toggleLarge();
  });

  stage.addEventListener("wheel", (event) => {
    const pane = paneOf(event);
    if (!pane?.isShown) return;
    event.preventDefault();
    viewer.gliding = null;
    const lines = event.deltaMode === 1 ? 16 : 1;
    const [x, y] = placeIn(pane, event);
    pane.view.setZoom(pane.view.zoom * Math.exp((-event.deltaY * lines) / 480), x, y);
    viewer.moved(pane);
  }, { passive: false });
}
