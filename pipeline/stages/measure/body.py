"""The whole body that a particle is part of: a fragment of a rim says little about the rim."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
from skimage.measure import find_contours

from pipeline.geometry import convex_hull, feret_diameters, polygon_area

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.geometry import PixelSpacing
    from pipeline.stages.morphology.settings import MorphologySettings


def find_body(
    image: NDArray[np.uint16], outline: NDArray[np.float64], spacing: PixelSpacing, settings: MorphologySettings
) -> NDArray[np.float64] | None:
    """
    Outline the connected body, holes filled, that a particle's outline is part of.

    The ground is taken at the border of a window around the particle, and the
    body ends at half of the particle's height above it. The smallest window
    that holds the whole body counts. A body is believed if its outline has
    few bays, if it drops fast along most of it, and if the body is about as
    bright as the particle: tissue with specks on it is none of these.

    Parameters
    ----------
    image : ndarray of uint16, shape (rows, columns)
        The finest image.
    outline : ndarray of float64, shape (n, 2)
        The particle's outline in pixels of ``image``.
    spacing : PixelSpacing
        Size of a pixel.
    settings : MorphologySettings
        Windows and limits.

    Returns
    -------
    ndarray of float64, shape (m, 2), or None
        None where there is no such body, or none clearly larger than the outline.
    """
    own_area = polygon_area(outline)
    for reach_mm in settings.body_reaches_mm:
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
        body = _joined(patch >= ground + settings.body_level * height, own)
        if body is None:
            continue
        contour = _contour(body)
        is_larger = polygon_area(contour) >= settings.body_min_gain * own_area
        if not is_larger:
            return None
        hull_area = polygon_area(convex_hull(contour))
        length_mm = feret_diameters(spacing.to_mm(contour))[0]
        bright = (body > 0) & (patch >= ground + settings.body_level * height)
        is_body = (
            settings.body_shortest_mm <= length_mm <= settings.body_longest_mm
            and polygon_area(contour) >= settings.body_min_solidity * hull_area
            and float(np.median(patch[bright])) - ground >= settings.body_min_evenness * height
            and haze_mm(patch - ground, body, spacing) <= settings.body_max_haze * length_mm
        )
        return contour + low if is_body else None
    return None


def fill_polygon(corners: NDArray[np.float64], shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """Give the pixels inside a polygon as 1; those on its edge count as inside."""
    filled = np.zeros(shape, np.uint8)
    cv2.fillPoly(filled, [np.rint(corners[:, ::-1] * 16).astype(np.int32)], 1, shift=4)
    return filled


def haze_mm(height: NDArray[np.float32], inside: NDArray[np.uint8], spacing: PixelSpacing) -> float:
    """Give the height of a body over the slope that three quarters of its outline exceed: how wide its edge is."""
    edge = (inside - cv2.erode(inside, np.ones((3, 3), np.uint8), borderValue=0))[1:-1, 1:-1] > 0
    down = (height[2:, 1:-1] - height[:-2, 1:-1])[edge] / (2 * spacing.row_mm)
    across = (height[1:-1, 2:] - height[1:-1, :-2])[edge] / (2 * spacing.column_mm)
    slope = _ranked(np.hypot(down, across), 0.25)
    return max(_ranked(height[inside > 0], 0.75), 0.0) / max(slope, 1e-6)


def _ranked(values: NDArray[np.float32], share: float) -> float:
    """Give the value that a share of all stay below; 0 for none."""
    if not values.size:
        return 0.0
    place = int(share * (values.size - 1))
    return float(np.partition(values, place)[place])


def _joined(mask: NDArray[np.bool_], own: NDArray[np.uint8]) -> NDArray[np.uint8] | None:
    """Give the part of a mask that shares most with the particle, holes filled; None where it leaves the window."""
    _, labels = cv2.connectedComponents(mask.astype(np.uint8), connectivity=8)
    label = int(np.bincount(labels[(own > 0) & mask]).argmax())
    part = labels == label
    if part[[0, -1]].any() or part[:, [0, -1]].any():
        return None
    outside = np.pad((~part).astype(np.uint8), 1, constant_values=1)
    _, labels = cv2.connectedComponents(outside, connectivity=4)
    return np.asarray(labels[1:-1, 1:-1] != labels[0, 0], dtype=np.uint8)


def _contour(body: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Give the outline of a mask without the stairs of its pixels."""
    smooth = cv2.GaussianBlur(np.pad(body, 3).astype(np.float32), (0, 0), 0.8)
    return np.asarray(max(find_contours(smooth, 0.5), key=polygon_area)[:-1] - 3)
