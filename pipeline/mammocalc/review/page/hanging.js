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
 * Columns of panes at the largest scale at which each fits its cell.
 *
 * @param {Boxed[][]} columns Each from top to bottom.
 * @param {number} down How many rows there are.
 * @param {number} width
 * @param {number} height
 * @returns {Arrangement}
 */
export function arrangeColumns(columns, down, width, height) {
  const sizes = columns.map((column) => column.map(({ box: [left, top, right, bottom], view }) => [
    (right - left) * view.aspect[0] * view.screenMm, (bottom - top) * view.aspect[1] * view.screenMm,
  ]));
  const wide = sizes.map((column) => Math.max(...column.map((size) => size[0])));
  const high = Math.max(...sizes.flat().map((size) => size[1]));
  const pxPerMm = Math.min(width / wide.reduce((sum, one) => sum + one, 0), height / down / high);
  return { columns: wide, down, pxPerMm: pxPerMm * 0.96 };
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
  const plan = (/** @type {number} */ across) => {
    const columns = Array.from({ length: across }, (_, column) => panes.filter((_pane, index) => index % across === column));
    return arrangeColumns(columns, Math.ceil(panes.length / across), width, height);
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
 * @param {boolean} hasNeighbours Whether another pane is on the stage.
 */
export function fitAll(panes, plan, hasNeighbours = panes.length > 1) {
  for (const pane of panes) {
    pane.view.fit(pane.box, zoomOf(pane.view, plan), hasNeighbours ? pane.wall : null);
    pane.isMoved = true;
  }
}
