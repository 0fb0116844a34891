// What keys and the toolbar do: one table of commands by name.

import { add, agree, judge, labelDistribution, labelMorphology, markRead, nudge, undo } from "./answering.js";
import { byId } from "./dom.js";
import { localise } from "./local.js";
import { step } from "./stepping.js";

export function commandsOf(viewer, app) {
  const tool = (name) => {
    viewer.tool = viewer.tool === name ? "window" : name;
    for (const pane of viewer.all) pane.crosshair = null;
    const { active } = viewer;
    if (["ruler", "add"].includes(viewer.tool) && active) active.crosshair = [active.view.x, active.view.y];
    refresh();
  };
  const toggle = (name) => {
    viewer.shown[name] = !viewer.shown[name];
    viewer.moved();
    refresh();
  };
  const refresh = () => {
    viewer.request();
    app.viewChanged();
  };
  const zoom = (factor) => {
    viewer.gliding = null;
    viewer.active.view.setZoom(viewer.active.view.zoom * factor);
    viewer.moved(viewer.active);
  };
  return {
    next: () => step(viewer, 1), previous: () => step(viewer, -1),
    nextSpot: () => step(viewer, 1, true), previousSpot: () => step(viewer, -1, true),
    nextImage: () => app.neighbour(1), previousImage: () => app.neighbour(-1),
    nextPane: () => app.activate(1), previousPane: () => app.activate(-1),
    large: () => viewer.toggleLarge(), back: () => app.back(),
    agree: () => agree(viewer), disagree: () => agree(viewer, false),
    read: () => markRead(viewer), unread: () => markRead(viewer, false),
    accept: () => judge(viewer, "accept"), reject: () => judge(viewer, "reject"), clear: () => judge(viewer, null),
    add: () => tool("add"), ruler: () => tool("ruler"), pan: () => tool("pan"), windowTool: () => tool("window"),
    larger: () => nudge(viewer, 1), smaller: () => nudge(viewer, -1),
    distribution: () => labelDistribution(viewer, app.vocabulary), morphology: () => labelMorphology(viewer, app.vocabulary),
    comment: () => byId("comment").focus(),
    undo: () => undo(viewer), redo: () => undo(viewer, true), history: () => app.showHistory(),
    window: () => {
      const { presets, preset } = { ...viewer.active, ...viewer.active.former };
      if (presets.length) viewer.choose(((preset ?? -1) + 1) % presets.length);
      refresh();
    },
    local: () => {
      const pane = viewer.active;
      viewer.localOn = !pane.leaveLocal();
      if (viewer.localOn) localise(viewer, pane, pane.view);
      refresh();
    },
    invert: () => {
      const isOn = !viewer.active.inverted;
      for (const one of viewer.followers) {
        one.inverted = isOn;
        one.caption();
      }
      refresh();
    },
    zoomIn: () => zoom(1.25), zoomOut: () => zoom(0.8), fit: () => viewer.fit(),
    pixels: () => zoom(1 / (viewer.active.view.pixelScale * devicePixelRatio)),
    magnifier: () => {
      viewer.lensOn = !viewer.lensOn;
      const pane = viewer.active;
      viewer.lens ??= { pane, x: pane.view.width / 2, y: pane.view.height / 2 };
      refresh();
    },
    linked: () => {
      viewer.linked = !viewer.linked;
      refresh();
    },
    marks: () => toggle("marks"), micro: () => toggle("micro"), macro: () => toggle("macro"),
    vascular: () => toggle("vascular"), hulls: () => toggle("hulls"),
  };
}

/** Arrow keys, Shift and Enter on the stage: pan, window, or the crosshair of a tool. True where the key was used. */
export function steer(event, viewer, app) {
  const pane = viewer.active;
  if (!pane?.isShown) return false;
  const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
  if (step && pane.crosshair) {
    const length = (event.shiftKey ? 24 : 2) / pane.view.zoom;
    const [across, down] = pane.view.scale.map(Math.sign);
    pane.crosshair = [pane.crosshair[0] + step[0] * length * across, pane.crosshair[1] + step[1] * length * down];
    if (viewer.tool === "ruler" && pane.rulers[0]?.isOpen) pane.rulers[0].to = pane.crosshair;
    viewer.request();
  } else if (step && event.shiftKey) {
    for (const one of viewer.followers) one.adjust(step[1] * 0.03, 1.05 ** step[0]);
    viewer.request();
  } else if (step) {
    viewer.gliding = null;
    pane.view.pan(-60 * step[0], -60 * step[1]);
    viewer.moved(pane);
  } else if (event.key === "Enter" && event.repeat) {
    return true;
  } else if (event.key === "Enter" && pane.crosshair && viewer.tool === "add") {
    add(viewer, pane, pane.crosshair, 0.3);
  } else if (event.key === "Enter" && pane.crosshair && viewer.tool === "ruler") {
    const open = pane.rulers[0]?.isOpen;
    if (open) pane.rulers[0].isOpen = false;
    else pane.rulers = [{ from: pane.crosshair, to: pane.crosshair, isOpen: true }];
    viewer.request();
  } else if (event.key === "Enter" && event.target.closest(".pane")) {
    viewer.toggleLarge();
    app.placeChanged();
  } else return false;
  return true;
}
