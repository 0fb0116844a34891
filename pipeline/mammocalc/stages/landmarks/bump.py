"""A bump of the skin line: the nipple in profile."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


_DISC_MM: Final = 18.0
"""Radius of the disc that is rolled along the inside of the skin line; what it does not reach stands out. It is wider
than nipples, which are 8 to 20 mm wide, and narrower than the tips of breasts."""

_REACH_MM: Final = 45.0
"""How far from the outermost point of the breast a nipple in profile is looked for. In INbreast the farthest is 45 mm
off; farther away lie the folds at the chest wall."""

_LEAST_MM: Final = 0.8
"""Height of a bump on the skin line at which it is taken for the nipple in profile."""


def find_bump(
    mask: NDArray[np.bool_], tip: NDArray[np.float64], cell_mm: float
) -> tuple[NDArray[np.float64], float] | None:
    """
    Find the highest bump on the skin line near the outermost point of the breast.

    Parameters
    ----------
    mask : ndarray of bool, shape (rows, columns)
        The breast in cells, cut where it is cut off.
    tip : ndarray of float64, shape (2,)
        Its outermost point (row, column).
    cell_mm : float
        Side of a cell.

    Returns
    -------
    tuple of ndarray and float, or None
        The middle of the bump's foot (row, column) and its height in mm.

    Notes
    -----
    A bump is what a disc that rolls inside the breast does not reach. It is as high as its farthest cell is from that
    disc, which is the same for narrow and wide nipples; the nipple itself is wider than any that were seen.
    """
    round_breast, height = _rolled(mask, _DISC_MM / cell_mm)
    skin = outline_of(round_breast)
    best, best_height = None, _LEAST_MM
    count, parts, boxes, middles = cv2.connectedComponentsWithStats((mask & ~round_breast).astype(np.uint8))
    for part in range(1, count):
        left, top, width, rows, _ = boxes[part]
        if min(left, top) <= 0 or top + rows >= mask.shape[0] or left + width >= mask.shape[1]:
            continue
        foot = skin[np.hypot(*(skin - middles[part][::-1]).T).argmin()]
        highest = float(height[parts == part].max()) * cell_mm
        if highest >= best_height and np.hypot(*(foot - tip)) * cell_mm <= _REACH_MM:
            best, best_height = foot, highest
    return None if best is None else (best, best_height)


def outline_of(mask: NDArray[np.bool_]) -> NDArray[np.float64]:
    """
    Give the outline of the largest part of a mask.

    Parameters
    ----------
    mask : ndarray of bool, shape (rows, columns)

    Returns
    -------
    ndarray of float64, shape (n, 2)
        Cell after cell (row, column), closed; empty where the mask is.
    """
    contours, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not contours:
        return np.zeros((0, 2))
    return np.asarray(max(contours, key=cv2.contourArea).reshape(-1, 2)[:, ::-1], dtype=np.float64)


def _rolled(mask: NDArray[np.bool_], radius: float) -> tuple[NDArray[np.bool_], NDArray[np.float32]]:
    """Roll a disc inside the mask, which goes on beyond the frame: what it reaches, and how far off each cell is."""
    wide = int(radius) + 2  # farther out no centre reaches into the mask
    inside = cv2.copyMakeBorder(mask.astype(np.uint8), wide, wide, wide, wide, cv2.BORDER_REPLICATE)
    is_centre = cv2.distanceTransform(inside, cv2.DIST_L2, cv2.DIST_MASK_PRECISE) >= radius
    away = cv2.distanceTransform((~is_centre).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE) - radius
    height = np.asarray(away[wide:-wide, wide:-wide], dtype=np.float32)
    # Half a cell more, for the disc and the mask are made of cells.
    return mask & (height <= 0.5), height
