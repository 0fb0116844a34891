"""The nipple's shadow: where along the skin line there is more tissue than on either side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import cv2
import numpy as np
from scipy.ndimage import gaussian_filter1d, median_filter, uniform_filter1d

if TYPE_CHECKING:
    from numpy.typing import NDArray


_STEP_MM: Final = 0.5
_SMOOTH_MM: Final = 12.0
"""The skin line is followed as smoothly as this, so that a nipple is not followed but seen from its foot."""
_OUTSIDE_MM: Final = 4.0
_INSIDE_MM: Final = 7.0
"""The strip that is looked at, on both sides of that line: a bump beyond it and a shadow within it count alike. Deeper
lies glandular tissue, by which 10 mm of depth are led astray (docs/evidence/landmarks.md)."""
_LEVEL_MM: Final = (5.0, 8.0)
"""Depth at which the tissue near the skin is taken as the unit of density."""
_COURSE_MM: Final = 60.0
"""What changes along the skin more slowly than this is the breast's thickness, not a nipple."""
_LEAST_SPREAD: Final = 0.02
"""Of the unit of density: in an even strip nothing stands out by its noise."""
_CLIP: Final = 6.0
"""Deviations count up to so many times their spread, so that one clip or vein is not all there is."""
_WIDTH_MM: Final = 7.0
_GAP_MM: Final = 5.0
_FLANK_MM: Final = 12.0
"""A nipple is held against both sides of it: wide as the smallest nipples (8 to 20 mm), with a gap for the wider ones.
The denser side counts, so that where dense tissue begins is no nipple."""
_APART_MM: Final = 15.0
"""A second place is another one from this distance on."""
_LEAST_SKIN_MM: Final = 150.0
"""Along a shorter skin line nearly all is within reach of the nipple, and nothing tells it apart. INbreast's and MIAS's
shortest is 180 mm long."""


def find_shadow(
    cells: NDArray[np.uint16], mask: NDArray[np.bool_], skin: NDArray[np.float64], cell_mm: float
) -> tuple[NDArray[np.float64], float] | None:
    """
    Find the place along the skin line where most tissue stands out, and by how much it does so more than any other.

    A nipple that is not in profile lies on the breast as a dense oval at the skin line; one that is a little so adds
    to the density beyond it. Both are seen in a strip along the skin line that is laid out straight.

    Parameters
    ----------
    cells : ndarray of uint16, shape (rows, columns)
        Density of each cell; the chest wall is at the left.
    mask : ndarray of bool, same shape
        The breast, from its first column on.
    skin : ndarray of float64, shape (n, 2)
        The skin line, cell after cell (row, column); not empty.
    cell_mm : float
        Side of a cell.

    Returns
    -------
    tuple of ndarray and float, or None
        The place (row, column) on the smoothed skin line, and its lead over the second place, in spreads of the density
        along the skin; at least 0. None where the skin line is short.

    Notes
    -----
    Each depth is held against its own median along the skin and its own spread, so that neither the unit of density
    nor the falling thickness matters.
    """
    line = _evenly(skin, _STEP_MM / cell_mm)
    margin = round((_WIDTH_MM + _GAP_MM) / _STEP_MM)
    if len(line) * _STEP_MM < _LEAST_SKIN_MM:
        return None
    base = gaussian_filter1d(line, _SMOOTH_MM / _STEP_MM, axis=0, mode="nearest")
    stands_out = _stands_out(_straightened(cells, mask, base, cell_mm))
    excess = _more_than_beside(stands_out)
    excess[:margin] = excess[-margin:] = -np.inf  # nothing is beside the ends
    best = int(excess.argmax())
    is_other = np.hypot(*(base - base[best]).T) * cell_mm > _APART_MM
    second = max(0.0, float(excess[is_other].max(initial=0.0)))
    return base[best], max(0.0, float(excess[best]) - second)


def _evenly(points: NDArray[np.float64], step: float) -> NDArray[np.float64]:
    """Give points of a line at even steps along it."""
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    at = np.arange(0.0, along[-1], step)
    return np.stack([np.interp(at, along, axis) for axis in points.T], axis=1)


def _straightened(
    cells: NDArray[np.uint16], mask: NDArray[np.bool_], base: NDArray[np.float64], cell_mm: float
) -> NDArray[np.float64]:
    """Lay the strip along the skin out straight: place by depth, in units of the tissue near the skin."""
    run = np.gradient(base, axis=0)
    inward = np.stack([run[:, 1], -run[:, 0]], axis=1) / np.maximum(np.hypot(*run.T), 1e-9)[:, None]
    row, column = np.rint(base + inward * _OUTSIDE_MM / cell_mm).astype(int).T
    row, column = row.clip(0, mask.shape[0] - 1), column.clip(0, mask.shape[1] - 1)
    if mask[row, column].mean() < 0.5:
        inward = -inward
    depth_mm = np.arange(-_OUTSIDE_MM - 2.0, _LEVEL_MM[1] + _STEP_MM, _STEP_MM)
    at = base[:, None] + inward[:, None] * (depth_mm / cell_mm)[None, :, None]
    row, column = np.moveaxis(at, -1, 0).astype(np.float32)
    strip = cv2.remap(cells.astype(np.float32), column, row, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    background = float(np.median(strip[:, depth_mm < -_OUTSIDE_MM]))
    level = float(np.median(strip[:, (depth_mm >= _LEVEL_MM[0]) & (depth_mm <= _LEVEL_MM[1])]))
    is_near = (depth_mm >= -_OUTSIDE_MM) & (depth_mm <= _INSIDE_MM)
    return np.asarray(strip[:, is_near] / max(level - background, 1.0), dtype=np.float64)


def _stands_out(strip: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give how much denser each place is than the course of the strip, over all depths, in spreads."""
    width = 2 * round(_COURSE_MM / _STEP_MM / 2) + 1
    # Depth by depth: SciPy's median of a line takes a tenth of that of an image.
    course = [median_filter(depth, width, mode="nearest") for depth in np.ascontiguousarray(strip.T)]
    away = strip - np.stack(course, axis=1)
    spread = 1.4826 * np.median(np.abs(away), axis=0) + _LEAST_SPREAD
    return np.asarray(np.clip(away / spread, -_CLIP, _CLIP).mean(axis=1))


def _more_than_beside(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Hold each place against the larger of both flanks."""
    centre = uniform_filter1d(values, round(_WIDTH_MM / _STEP_MM), mode="nearest")
    flank = uniform_filter1d(values, round(_FLANK_MM / _STEP_MM), mode="nearest")
    away = round((_WIDTH_MM + _GAP_MM + _FLANK_MM) / 2 / _STEP_MM)
    place = np.arange(len(values))
    before, after = flank[np.maximum(place - away, 0)], flank[np.minimum(place + away, len(values) - 1)]
    return np.asarray(centre - np.maximum(before, after))
