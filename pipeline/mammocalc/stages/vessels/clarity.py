"""Clarity of bright tubes at each place of the breast, with particles removed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mammocalc.model import Breast, Calcification, Scale
    from mammocalc.vocabulary.geometry import PixelSpacing

_SCALE_MM: Final = 3.5
"""The image of the top-hat of about this length is looked at: averaged already, and finer than a vessel."""

_PIXEL_MM: Final = 0.4
"""The image is averaged to pixels of this size: about half of the narrowest vessel."""

_WIDTHS_MM: Final = (0.5, 0.9, 1.5)
"""Standard deviations of the blur: arteries of the breast are 1 to 4 mm wide."""

_FILL_MM: Final = 0.8
"""Standard deviation of the average that fills what is cut out, from around it."""

_LEVEL_MM: Final = 6.0
"""Standard deviation of the mean of the breast that is taken off, so that its rim and the muscle are no ridges."""

_SKIN_MM: Final = 4.0
"""Nearer to the skin line than this nothing is looked for: the skin itself is the clearest tube of many images."""

_AROUND_MM: Final = 24.0
"""Side of the square in which the usual curvature around a place is taken: twice as much takes in the skin line."""


@dataclass(frozen=True, slots=True, eq=False)
class ClarityMap:
    """
    The curvature across a bright tube less that along it, relative to the surroundings.

    Attributes
    ----------
    values : ndarray of float32, shape (rows, columns)
        0 outside of the breast and in its skin; about 1 where something like a tube is, 3 on a plain vessel.
    origin_mm, pixel_mm : tuple of float
        Centre of the first pixel and the size of a pixel, (down, across).
    """

    values: NDArray[np.float32]
    origin_mm: tuple[float, float]
    pixel_mm: tuple[float, float]

    def at(self, points_mm: NDArray[np.float64]) -> NDArray[np.float32]:
        """
        Look up the clarity at some points; 0 outside of the map.

        Parameters
        ----------
        points_mm : ndarray of float64, shape (n, m, 2)
            Positions (down, across).

        Returns
        -------
        ndarray of float32, shape (n, m)
        """
        down, across = (
            ((points_mm[..., axis] - self.origin_mm[axis]) / self.pixel_mm[axis]).astype(np.float32) for axis in (0, 1)
        )
        return np.asarray(cv2.remap(self.values, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT))


def map_clarity(
    calcifications: Sequence[Calcification], scales: Sequence[Scale], breast: Breast, spacing: PixelSpacing
) -> ClarityMap:
    """
    Measure how clearly a bright tube runs through each place of the breast.

    Parameters
    ----------
    calcifications : sequence of Calcification
        With their outlines. They are cut out and filled from around, so that a row of specks is no tube.
    scales : sequence of Scale
        As they were searched.
    breast : Breast
        Its box says where the scales lie.
    spacing : PixelSpacing
        Size of a stored pixel.

    Returns
    -------
    ClarityMap
        The largest value over the widths of vessels.
    """
    scale = min(scales, key=lambda one: abs(one.length_mm - _SCALE_MM))
    rows, columns = scale.image.shape
    height_mm, width_mm = rows * scale.step_px * spacing.row_mm, columns * scale.step_px * spacing.column_mm
    shape = max(4, round(height_mm / _PIXEL_MM)), max(4, round(width_mm / _PIXEL_MM))
    pixel_mm = (height_mm / shape[0], width_mm / shape[1])
    corner_mm = (breast.box_px[0] - 0.5) * spacing.row_mm, (breast.box_px[1] - 0.5) * spacing.column_mm
    origin_mm = (corner_mm[0] + pixel_mm[0] / 2, corner_mm[1] + pixel_mm[1] / 2)
    inside = _inside(breast, origin_mm, pixel_mm, shape, spacing)
    image = _without_particles(scale, inside, _outlines(calcifications, scale, breast), pixel_mm)
    level = _mean_of(image, inside, _LEVEL_MM, pixel_mm)
    flat = (image - level) * inside
    values = np.zeros(shape, np.float32)
    around = (2 * round(_AROUND_MM / pixel_mm[1] / 2) + 1, 2 * round(_AROUND_MM / pixel_mm[0] / 2) + 1)
    share = np.maximum(cv2.boxFilter(inside, cv2.CV_32F, around), 1e-3)
    for sigma_mm in _WIDTHS_MM:
        across, along = _curvatures(flat, sigma_mm, pixel_mm)
        usual = cv2.boxFilter((across * across + along * along) / 2 * inside, cv2.CV_32F, around) / share
        usual = np.sqrt(np.maximum(usual, 0)) + 1e-3  # running sums may end a little below zero
        values = np.maximum(values, (-across - np.abs(along)) / usual)
    return ClarityMap((values * inside).astype(np.float32), origin_mm, pixel_mm)


def _inside(
    breast: Breast,
    origin_mm: tuple[float, float],
    pixel_mm: tuple[float, float],
    shape: tuple[int, int],
    spacing: PixelSpacing,
) -> NDArray[np.float32]:
    """Give 1 in the breast below the skin and 0 elsewhere, for each pixel of the map."""
    cells = []
    for axis, size_mm in enumerate((spacing.row_mm, spacing.column_mm)):
        at_px = (origin_mm[axis] + np.arange(shape[axis]) * pixel_mm[axis]) / size_mm
        cells.append(np.clip((at_px / breast.cell_px).astype(np.intp), 0, breast.is_breast.shape[axis] - 1))
    is_deep = breast.skin_distance_px * spacing.mean_mm >= _SKIN_MM
    return is_deep.take(cells[0], axis=0).take(cells[1], axis=1).astype(np.float32)


def _outlines(calcifications: Sequence[Calcification], scale: Scale, breast: Breast) -> list[NDArray[np.int32]]:
    """Give the outlines in sixteenths of the scale's pixels, as (across, down): many are not much larger than one."""
    corner = np.array(breast.box_px[:2]) - 0.5
    found = []
    for one in calcifications:
        corners = (np.array(one.outline_px, np.float64).reshape(-1, 2) - corner) / scale.step_px - 0.5
        if len(corners):
            found.append(np.rint(corners[:, ::-1] * 16).astype(np.int32))
    return found


def _without_particles(
    scale: Scale,
    inside: NDArray[np.float32],
    outlines: Sequence[NDArray[np.int32]],
    pixel_mm: tuple[float, float],
) -> NDArray[np.float32]:
    """
    Average the image to the pixels of the map, without what particles cover.

    They are cut out in the fine image, outlines included. In the coarse one
    the cut would be as wide as the vessel, and the vessel gone with it.
    """
    keep = np.ones(scale.image.shape, np.uint8)
    for outline in outlines:  # one by one: what two of them share would count as outside of both
        cv2.fillPoly(keep, [outline], 0, cv2.LINE_8, 4)
    cv2.polylines(keep, outlines, isClosed=True, color=0, thickness=1, lineType=cv2.LINE_8, shift=4)
    shape = inside.shape[::-1]
    share = cv2.resize(keep.astype(np.float32), shape, interpolation=cv2.INTER_AREA)
    kept = cv2.resize((scale.image * keep).astype(np.float32), shape, interpolation=cv2.INTER_AREA)
    mean = np.asarray(kept / np.maximum(share, 1e-3), np.float32)
    around = _mean_of(mean, inside * share, _FILL_MM, pixel_mm)
    return np.asarray(kept + (1 - share) * around)


def _mean_of(
    image: NDArray[np.float32], counts: NDArray[np.float32], sigma_mm: float, pixel_mm: tuple[float, float]
) -> NDArray[np.float32]:
    """Average what counts around each pixel."""
    y, x = (sigma_mm / mm for mm in pixel_mm)
    total = cv2.GaussianBlur(image * counts, (0, 0), sigmaX=x, sigmaY=y)
    return np.asarray(total / np.maximum(cv2.GaussianBlur(counts, (0, 0), sigmaX=x, sigmaY=y), 1e-3))


def _curvatures(
    image: NDArray[np.float32], sigma_mm: float, pixel_mm: tuple[float, float]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Give the smaller and the larger eigenvalue of the second derivatives: across and along a bright tube."""
    y, x = (sigma_mm / mm for mm in pixel_mm)
    smooth = cv2.GaussianBlur(image, (0, 0), sigmaX=x, sigmaY=y)
    orders = ((0, 2, y * y / 4), (2, 0, x * x / 4), (1, 1, x * y / 4))
    down, across, mixed = (cv2.Sobel(smooth, cv2.CV_32F, dx, dy, ksize=3, scale=by) for dx, dy, by in orders)
    half, apart = (down + across) / 2, cv2.magnitude((down - across) / 2, mixed)
    return np.asarray(half - apart, np.float32), np.asarray(half + apart, np.float32)
