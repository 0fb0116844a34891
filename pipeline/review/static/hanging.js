// How the views of a case hang: R CC, L CC, R MLO, L MLO, all at one scale in millimetres, chest walls together.

const USUAL = ["R CC", "L CC", "R MLO", "L MLO"];

/** The images of a case that hang together, in order: the first of each usual view, or all where none is usual. */
export function hung(images) {
  const first = USUAL.map((name) => images.find((image) => `${image.laterality} ${image.view}` === name));
  const found = first.filter(Boolean);
  return found.length > 1 ? found : images.slice(0, 4);
}

/** Rows of panes: side by side or two by two, whichever shows the breasts larger. Columns are as wide as what they hold. */
export function arrange(panes, width, height) {
  const boxes = panes.map((pane) => {
    const [left, top, right, bottom] = pane.box;
    const mm = pane.view.unitMm ?? 0.07;
    return [(right - left) * pane.view.aspect[0] * mm, (bottom - top) * pane.view.aspect[1] * mm];
  });
  const high = Math.max(...boxes.map((box) => box[1]));
  let best = null;
  for (const across of panes.length > 2 ? [panes.length, 2] : [panes.length]) {
    const down = Math.ceil(panes.length / across);
    const columns = Array.from({ length: across }, (_, column) => Math.max(...boxes.filter((_box, index) => index % across === column).map((box) => box[0])));
    const pxPerMm = Math.min(width / columns.reduce((sum, wide) => sum + wide, 0), height / down / high);
    if (!best || pxPerMm > best.pxPerMm) best = { columns, down, pxPerMm };
  }
  return { ...best, pxPerMm: best.pxPerMm * 0.96 };
}

/** Fit every pane at the common scale, its chest wall against its neighbour. */
export function fitAll(panes, { pxPerMm }) {
  for (const pane of panes) {
    const mm = pane.view.unitMm ?? 0.07;
    pane.view.fit(pane.box, pxPerMm * mm, panes.length > 1 ? pane.wall : null);
    pane.isMoved = true;
  }
}
