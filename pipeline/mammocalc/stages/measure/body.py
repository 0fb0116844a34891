"""The whole body that a particle is part of: the wall of a rim, the end of a rod."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import cv2
import numpy as np
from skimage.measure import find_contours

from mammocalc.imaging.edge_width import edge_width_mm
from mammocalc.imaging.holes import without_holes
from mammocalc.stages.measure.outline import LEVEL
from mammocalc.vocabulary.geometry import convex_hull, feret_diameters, fill_polygon, polygon_area

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mammocalc.vocabulary.geometry import PixelSpacing


_CLEAR_MAX_SPREAD: Final = 0.2
"""A body that is five times as high as its surroundings are uneven is no tissue, however uneven it is itself."""
_CLEAR_MIN_WIDTH_MM: Final = 1.5
"""Two or three specks that touch are no body. One that is hollow is no heap of specks."""
_CLEAR_MIN_SOLIDITY: Final = 0.8
"""It may be lobed, as popcorn is; specks on a patch of tissue are not so compact."""
_CLEAR_MIN_EVENNESS: Final = 0.55
"""It may be a rim with one bright side. The level of the contour is 0.5."""
_CLEAR_MAX_EDGE_WIDTH_MM: Final = 0.7
"""The edge of a dense cluster of specks in tissue is 1 mm wide and more."""

_BODY_REACHES_MM: Final = (1.5, 3.0, 6.0)
"""Widths of the windows around a particle in which the whole body that it is part of is looked for."""

_BODY_MIN_GAIN: Final = 1.25
"""How many times the particle's area a body has at least; less is the same outline again."""

_BODY_MIN_SOLIDITY: Final = 0.9
"""Smallest share of its convex hull that a body fills. Half of the simulated bodies exceed 0.95; half of what was taken
for one, tissue and neighbours of a speck, stays below 0.79."""

_BODY_MAX_EDGE_WIDTH_MM: Final = 0.5
"""Widest edge of a body. Nine of ten simulated ones have a sharper one than 0.6 mm; half of the patches of tissue with
specks on them have a wider one."""

_BODY_MIN_EVENNESS: Final = 0.72
"""Smallest median height of a body as a share of the particle's. Nine of ten simulated ones exceed 0.73; a speck on a
patch of tissue has about 0.65."""

_BODY_SHORTEST_MM: Final = 1.2
"""Shortest body: smaller particles are outlined whole."""

_BODY_LONGEST_MM: Final = 12.0
"""Longest body: calcified cysts exceed 1 cm (BI-RADS, rim); longer ones are mostly tissue or vessels."""


def _spread(values: NDArray[np.float32]) -> float:
    """Give half of the range that the middle 68 % take: a standard deviation that a neighbour does not widen."""
    low, high = np.percentile(values, (16, 84))
    return float(high - low) / 2


def find_body(
    image: NDArray[np.uint16], outline: NDArray[np.float64], spacing: PixelSpacing
) -> NDArray[np.float64] | None:
    """
    Outline the connected body, holes filled, that a particle's outline is part of.

    The ground is taken at the border of a window around the particle, and the
    body ends at half of the particle's height above it. The smallest window
    that holds the whole body counts. A body is believed if its outline has
    few bays, if it drops fast along most of it, and if the body is about as
    bright as the particle: tissue with specks on it is none of these. One that
    stands far out of surroundings without much structure may be lobed and
    uneven.

    Parameters
    ----------
    image : ndarray of uint16, shape (rows, columns)
        The finest image.
    outline : ndarray of float64, shape (n, 2)
        The particle's outline in pixels of ``image``.
    spacing : PixelSpacing
        Size of a pixel.

    Returns
    -------
    ndarray of float64, shape (m, 2), or None
        Closed: the first corner is the last. None where there is no such body, or none clearly larger than the outline.
    """
    own_area = polygon_area(outline)
    for reach_mm in _BODY_REACHES_MM:
        low = np.floor(outline.min(axis=0) - spacing.length_px(reach_mm)).astype(int)
        high = np.ceil(outline.max(axis=0) + spacing.length_px(reach_mm)).astype(int) + 1
        if (low < 0).any() or (high > np.array(image.shape)).any():
            return None
        patch = cv2.GaussianBlur(image[low[0] : high[0], low[1] : high[1]].astype(np.float32), (0, 0), 0.7)
        frame = np.concatenate([patch[0], patch[-1], patch[1:-1, 0], patch[1:-1, -1]])
        own = fill_polygon(outline - low, patch.shape)
        ground = float(np.median(frame))
        height = float(np.median(patch[own > 0])) - ground
        if height <= 0:
            return None
        body = _joined(patch >= ground + LEVEL * height, own)
        if body is None:
            continue
        around = cv2.dilate(body, np.ones((3, 3), np.uint8)) > 0
        edges = find_contours(np.where(around, patch - ground, 0.0), LEVEL * height)
        contour = max(edges, key=polygon_area)
        is_larger = polygon_area(contour) >= _BODY_MIN_GAIN * own_area
        if not is_larger:
            return None
        hull_area = polygon_area(convex_hull(contour))
        length_mm, width_mm = feret_diameters(spacing.to_mm(contour))
        bright = (body > 0) & (patch >= ground + LEVEL * height)
        filled = polygon_area(contour) / hull_area
        evenness = (float(np.median(patch[bright])) - ground) / height
        edge_mm = edge_width_mm(patch - ground, body, spacing)
        is_even = filled >= _BODY_MIN_SOLIDITY and evenness >= _BODY_MIN_EVENNESS and edge_mm <= _BODY_MAX_EDGE_WIDTH_MM
        is_hollow = bool((patch[body > 0] < ground + LEVEL * height).any())
        is_clear = (
            (is_hollow or width_mm >= _CLEAR_MIN_WIDTH_MM)
            and _spread(frame) <= _CLEAR_MAX_SPREAD * height
            and filled >= _CLEAR_MIN_SOLIDITY
            and evenness >= _CLEAR_MIN_EVENNESS
            and edge_mm <= _CLEAR_MAX_EDGE_WIDTH_MM
        )
        has_length = _BODY_SHORTEST_MM <= length_mm <= _BODY_LONGEST_MM
        return contour + low if has_length and (is_even or is_clear) else None
    return None


def _joined(mask: NDArray[np.bool_], own: NDArray[np.uint8]) -> NDArray[np.uint8] | None:
    """Give the part of a mask that shares most with the particle, holes filled; None where it leaves the window."""
    _, labels = cv2.connectedComponents(mask.astype(np.uint8), connectivity=8)
    label = int(np.bincount(labels[(own > 0) & mask]).argmax())
    part = labels == label
    if part[[0, -1]].any() or part[:, [0, -1]].any():
        return None
    return without_holes(part)
