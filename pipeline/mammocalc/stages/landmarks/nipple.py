"""The nipple: a protrusion from the skin line, or else its farthest point."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


_NIPPLE_DISC_MM: Final = 18.0
"""Radius of the disc that is rolled along the inside of the skin line; what it does not reach stands out. It is wider
than nipples, which are 8 to 20 mm wide, and narrower than the tips of breasts."""

_NIPPLE_REACH_MM: Final = 45.0
"""How far from the outermost point of the breast a nipple in profile is looked for. In INbreast the farthest is 45 mm
off; farther away lie the folds at the chest wall."""

_NIPPLE_BUMP_MM: Final = 0.8
"""Height of a bump on the skin line at which it is taken for the nipple in profile."""


def find_nipple(
    mask: NDArray[np.bool_], edge: NDArray[np.float64], cell_mm: float
) -> tuple[float, float, float] | None:
    """
    Find the highest bump on the skin line near the outermost point of the breast, or that point itself.

    Parameters
    ----------
    mask : ndarray of bool, shape (rows, columns)
        The breast, its chest wall at the left, in cells.
    edge : ndarray of float64, shape (n, 2)
        The edge of the pectoral muscle in cells, from which the outermost point is meant; without one (shape (0, 2))
        it is meant from the chest wall.
    cell_mm : float
        Side of a cell.

    Returns
    -------
    tuple of float or None
        Row and column in cells of the middle of the bump's foot, and the confidence; None where the breast has no skin
        line.

    Notes
    -----
    A bump is what a disc that rolls inside the breast does not reach. It is as high as its farthest cell is from that
    disc, which is the same for narrow and wide nipples; the nipple itself is wider than any that were seen.
    """
    # A film has a black border: the breast is cut off where its mask ends, not where the image does.
    corner = np.argwhere(mask).min(axis=0) if mask.any() else np.zeros(2, int)
    last_row = np.flatnonzero(mask.any(axis=1)).max(initial=0)
    mask, edge = mask[corner[0] : last_row + 1, corner[1] :], edge - corner
    outline = _outline(mask)
    is_skin = ~_at_frame(outline, mask.shape)
    if not is_skin.any():
        return None
    tip = _outermost(outline[is_skin], edge)
    round_breast, height = _rolled(mask, _NIPPLE_DISC_MM / cell_mm)
    skin = _outline(round_breast)
    best, best_height = None, _NIPPLE_BUMP_MM
    count, parts, boxes, middles = cv2.connectedComponentsWithStats((mask & ~round_breast).astype(np.uint8))
    for part in range(1, count):
        left, top, width, rows, _ = boxes[part]
        if min(left, top) <= 0 or top + rows >= mask.shape[0] or left + width >= mask.shape[1]:
            continue
        foot = skin[np.hypot(*(skin - middles[part][::-1]).T).argmin()]
        highest = float(height[parts == part].max()) * cell_mm
        if highest >= best_height and np.hypot(*(foot - tip)) * cell_mm <= _NIPPLE_REACH_MM:
            best, best_height = foot, highest
    if best is None:
        return (*(tip + corner).tolist(), 0.4)
    return (*(best + corner).tolist(), min(0.95, 0.5 + 0.25 * best_height))


def _outline(mask: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Outline of the largest part, (row, column)."""
    contours, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not contours:
        return np.zeros((0, 2))
    return np.asarray(max(contours, key=cv2.contourArea).reshape(-1, 2)[:, ::-1], dtype=np.float64)


def _at_frame(points: NDArray[np.float64], shape: tuple[int, ...]) -> NDArray[np.bool_]:
    return np.asarray(((points <= 0) | (points >= np.array(shape) - 1)).any(axis=1))


def _outermost(skin: NDArray[np.float64], edge: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the point of the skin line that is farthest from the muscle, or from the chest wall without one."""
    direction = np.array([0.0, 1.0])
    if len(edge) >= 2:
        run = edge[-1] - edge[0]
        direction = np.array([-run[1], run[0]]) / np.hypot(*run)
        direction *= 1.0 if direction[1] >= 0 else -1.0
    reach = skin @ direction
    # A round breast is flat there for many cells: the middle of the flat part is the tip.
    flat = skin[reach > reach.max() - 0.75]
    return np.asarray(flat[np.hypot(*(flat - flat.mean(axis=0)).T).argmin()])


def _rolled(mask: NDArray[np.bool_], radius: float) -> tuple[NDArray[np.bool_], NDArray[np.float32]]:
    """Roll a disc inside the mask, which goes on beyond the frame: what it reaches, and how far off each cell is."""
    wide = int(radius) + 2  # farther out no centre reaches into the mask
    inside = cv2.copyMakeBorder(mask.astype(np.uint8), wide, wide, wide, wide, cv2.BORDER_REPLICATE)
    is_centre = cv2.distanceTransform(inside, cv2.DIST_L2, cv2.DIST_MASK_PRECISE) >= radius
    away = cv2.distanceTransform((~is_centre).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE) - radius
    height = np.asarray(away[wide:-wide, wide:-wide], dtype=np.float32)
    # Half a cell more, for the disc and the mask are made of cells.
    return mask & (height <= 0.5), height
