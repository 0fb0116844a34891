// @ts-check
// How the views of a case hang: R CC, L CC, R MLO, L MLO, all at one scale in millimetres, chest walls together.

/**
 * @import { Arrangement, Box, Result } from "./types.js"
 * @import { View } from "./view.js"
 */

/** @typedef {{ view: View, box: Box }} Boxed */

const USUAL = ["R CC", "L CC", "R MLO", "L MLO"];

/**
 * The images of a case that hang together, in order: the first of each usual view, or the first four where fewer than
 * two are usual.
 *
 * @template {{ laterality: string, view: string }} T
 * @param {T[]} images
 */
export function hung(images) {
  const found = USUAL.flatMap((name) => images.find((image) => `${image.laterality} ${image.view}` === name) ?? []);
  return found.length > 1 ? found : images.slice(0, 4);
}

/**
 * What has to be seen of an image: the breast, where its outline is known, with some room.
 *
 * @param {{ rows: number, columns: number }} view
 * @param {Result | null} result
 * @returns {Box}
 */
export function boxOf(view, result) {
  const outline = result?.breast?.outline ?? [];
  if (outline.length < 3) return [0, 0, view.columns, view.rows];
  const rows = outline.map((point) => point[0]);
  const columns = outline.map((point) => point[1]);
  const room = 0.03 * (Math.max(...rows) - Math.min(...rows));
  return [
    Math.max(0, Math.min(...columns) - room), Math.max(0, Math.min(...rows) - room),
    Math.min(view.columns, Math.max(...columns) + room), Math.min(view.rows, Math.max(...rows) + room),
  ];
}

/**
 * Rows of panes: side by side or two by two, whichever shows the breasts larger. Columns are as wide as what they hold.
 *
 * @param {Boxed[]} panes At least one.
 * @param {number} width
 * @param {number} height
 * @returns {Arrangement}
 */
export function arrange(panes, width, height) {
  const boxes = panes.map((pane) => {
    const [left, top, right, bottom] = pane.box;
    const mm = pane.view.screenMm;
    return [(right - left) * pane.view.aspect[0] * mm, (bottom - top) * pane.view.aspect[1] * mm];
  });
  const high = Math.max(...boxes.map((box) => box[1]));
  const plan = (/** @type {number} */ across) => {
    const down = Math.ceil(panes.length / across);
    const columns = Array.from({ length: across }, (_, column) => Math.max(...boxes.filter((_box, index) => index % across === column).map((box) => box[0])));
    const pxPerMm = Math.min(width / columns.reduce((sum, wide) => sum + wide, 0), height / down / high);
    return { columns, down, pxPerMm: pxPerMm * 0.96 };
  };
  const beside = plan(panes.length);
  const square = panes.length > 2 ? plan(2) : beside;
  return square.pxPerMm > beside.pxPerMm ? square : beside;
}

/**
 * The zoom of a view at the common scale.
 *
 * @param {View} view
 * @param {Arrangement} plan
 */
export function zoomOf(view, { pxPerMm }) {
  return pxPerMm * view.screenMm;
}

/**
 * Fit every pane at the common scale, its chest wall against its neighbour.
 *
 * @param {(Boxed & { wall: "left" | "right" | null, isMoved: boolean })[]} panes
 * @param {Arrangement} plan
 */
export function fitAll(panes, plan) {
  for (const pane of panes) {
    pane.view.fit(pane.box, zoomOf(pane.view, plan), panes.length > 1 ? pane.wall : null);
    pane.isMoved = true;
  }
}
