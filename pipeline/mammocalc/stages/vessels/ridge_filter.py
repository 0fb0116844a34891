"""Ridge filter: whether a tube follows a line, and how far it continues."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np
from scipy.ndimage import binary_closing

from mammocalc.stages.vessels.chains import STEP_MM, tangents

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mammocalc.model import Breast, Scale
    from mammocalc.vocabulary.geometry import PixelSpacing

_PIXEL_MM = 0.5
"""The image is averaged to pixels of about this size: half a narrow vessel."""

_AROUND_MM = 24.0
"""Side of the square in which the usual curvature around a point is taken."""

_SHIFTS_MM = (-1.0, -0.5, 0.0, 0.5, 1.0)
"""A line through the calcifications of one wall runs up to half a vessel beside its middle."""

_CLEAR = 0.5
"""Least clarity at which a tube is there; twice what half of any tissue reaches."""

_GOES_ON, _MISSED_MM = 0.8, 3.0
"""A tube is followed while its clarity is at least this, and ends where it was not for this long. The walk
looks for the clearest way, so half of it finds a way through any tissue."""


@dataclass(frozen=True, slots=True, eq=False)
class TubeMap:
    """
    The curvature of the image, blurred by the width of a vessel.

    Attributes
    ----------
    curvature : ndarray of float32, shape (rows, columns, 3)
        Second derivatives down, across and mixed, as multiples of the root mean square around.
    origin_mm, pixel_mm : tuple of float
        Centre of the first pixel and the size of a pixel, (down, across).
    """

    curvature: NDArray[np.float32]
    origin_mm: tuple[float, float]
    pixel_mm: tuple[float, float]

    def clarity(self, points_mm: NDArray[np.float64], along: NDArray[np.float64]) -> NDArray[np.float64]:
        """
        Tell how clearly a bright tube goes through points in given directions.

        Parameters
        ----------
        points_mm, along : ndarray of float64, shape (n, 2)
            Positions and unit vectors (down, across).

        Returns
        -------
        ndarray of float64, shape (n,)
            Curvature across minus the size of that along; -inf outside of the map.
        """
        at = (points_mm - self.origin_mm) / self.pixel_mm
        rows, columns = self.curvature.shape[:2]
        outside = (at < 0).any(axis=1) | (at[:, 0] > rows - 1) | (at[:, 1] > columns - 1)
        x, y = at[:, 1].astype(np.float32), at[:, 0].astype(np.float32)
        found = cv2.remap(self.curvature, x[:, None], y[:, None], cv2.INTER_LINEAR)[:, 0]
        down, across, mixed = found.astype(np.float64).T
        row, column = along.T
        over = -(down * column**2 + across * row**2 - 2 * mixed * row * column)
        lengthways = -(down + across) - over
        return np.asarray(np.where(outside, -np.inf, over - np.abs(lengthways)))


def map_tubes(scale: Scale, breast: Breast, spacing: PixelSpacing, sigma_mm: float) -> TubeMap:
    """
    Measure the curvature of the breast without its particles.

    Parameters
    ----------
    scale : Scale
        What its top-hat left is taken off, so that a row of specks is no tube.
    breast : Breast
        Its box says where the scale lies.
    spacing : PixelSpacing
        Size of a stored pixel.
    sigma_mm : float
        Standard deviation of the blur.
    """
    factor = max(1, round(_PIXEL_MM / scale.pixel_mm))
    rows, columns = (size // factor for size in scale.image.shape)
    ground = cv2.subtract(scale.image, scale.tophat)[: rows * factor, : columns * factor]
    ground = cv2.resize(ground, (columns, rows), interpolation=cv2.INTER_AREA).astype(np.float32)
    side_px = scale.step_px * factor
    pixel_mm = (spacing.row_mm * side_px, spacing.column_mm * side_px)
    y, x = (sigma_mm / mm for mm in pixel_mm)
    smooth = cv2.GaussianBlur(ground, (0, 0), sigmaX=x, sigmaY=y)
    orders = ((0, 2, y * y / 4), (2, 0, x * x / 4), (1, 1, x * y / 4))
    down, across, mixed = (cv2.Sobel(smooth, cv2.CV_32F, dx, dy, ksize=3, scale=by) for dx, dy, by in orders)
    around = (2 * round(_AROUND_MM / pixel_mm[1] / 2) + 1, 2 * round(_AROUND_MM / pixel_mm[0] / 2) + 1)
    usual = cv2.boxFilter(down * down + across * across + 2 * mixed * mixed, cv2.CV_32F, around)
    usual = np.sqrt(np.maximum(usual, 0)) + 1e-3  # running sums may end a little below zero
    curvature = cv2.merge([down, across, mixed]) / usual[:, :, None]
    centre = (side_px - 1) / 2
    origin_mm = ((breast.box_px[0] + centre) * spacing.row_mm, (breast.box_px[1] + centre) * spacing.column_mm)
    return TubeMap(curvature, origin_mm, pixel_mm)


def tube_along(tubes: TubeMap, line_mm: NDArray[np.float64]) -> tuple[float, float]:
    """
    Tell how clear a tube is along a line.

    Returns
    -------
    median : float
        Of its clarity, at the best of some places beside each point.
    share : float
        Of the line, where a tube is there.
    """
    best = np.maximum(_clearest(tubes, line_mm, tangents(line_mm)).max(axis=0), -10.0)
    return float(np.median(best)), float((best >= _CLEAR).mean())


def clear_stretches(
    tubes: TubeMap, line_mm: NDArray[np.float64], min_length_mm: float
) -> tuple[NDArray[np.float64], ...]:
    """
    Give the parts of a line along which a tube is there, where that is not all of it.

    A chain may leave its artery for other calcifications nearby.
    """
    is_clear = _clearest(tubes, line_mm, tangents(line_mm)).max(axis=0) >= _CLEAR
    gap = 2 * round(_MISSED_MM / STEP_MM / 2) + 1
    is_clear = binary_closing(np.pad(is_clear, gap), np.ones(gap, bool))[gap:-gap]
    edges = np.flatnonzero(np.diff(np.concatenate([[False], is_clear, [False]]).astype(np.int8)))
    runs = [line_mm[begin:end] for begin, end in zip(edges[::2], edges[1::2], strict=True)]
    return tuple(run for run in runs if len(run) < len(line_mm) and (len(run) - 1) * STEP_MM >= min_length_mm)


def _clearest(tubes: TubeMap, line_mm: NDArray[np.float64], along: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the clarity at some places beside each point, shape (places, n)."""
    beside = np.stack([-along[:, 1], along[:, 0]], axis=1)
    return np.stack([tubes.clarity(line_mm + shift * beside, along) for shift in _SHIFTS_MM])


def run_on_mm(tubes: TubeMap, line_mm: NDArray[np.float64], longest_mm: float) -> float:
    """Follow the tube beyond both ends of a line, up to a length at each, and give how far it goes in all."""
    return float(sum(len(way) for way in run_on(tubes, line_mm, longest_mm)))


def run_on(tubes: TubeMap, line_mm: NDArray[np.float64], longest_mm: float) -> tuple[NDArray[np.float64], ...]:
    """Give the ways of the tube beyond both ends of a line, each 1 mm from point to point, without the end itself."""
    return tuple(_follow(tubes, end, longest_mm) for end in (line_mm, line_mm[::-1]))


def _follow(tubes: TubeMap, line_mm: NDArray[np.float64], longest_mm: float) -> NDArray[np.float64]:
    """Walk on from the last point in steps of 1 mm, each in the clearest of some directions."""
    back = line_mm[-1] - line_mm[max(0, len(line_mm) - 11)]
    heading = math.atan2(back[0], back[1])
    along = np.array([[math.sin(heading), math.cos(heading)]])
    shift = _SHIFTS_MM[int(_clearest(tubes, line_mm[-1:], along).argmax())]
    at = line_mm[-1] + shift * np.array([-along[0, 1], along[0, 0]])
    turns = np.radians(np.arange(-30.0, 31.0, 10.0))
    way_mm: list[NDArray[np.float64]] = []
    there, missed = 0, 0.0
    while len(way_mm) < longest_mm and missed <= _MISSED_MM:
        way = np.stack([np.sin(heading + turns), np.cos(heading + turns)], axis=1)
        next_mm = at + way
        clarity = tubes.clarity(next_mm, way)
        best = int(np.argmax(clarity + 0.5 * tubes.clarity(at + 2 * way, way)))
        if not np.isfinite(clarity[best]):
            break
        at, heading = next_mm[best], heading + turns[best]
        way_mm.append(at)
        if clarity[best] >= _GOES_ON:
            there, missed = len(way_mm), 0.0
        else:
            missed += 1.0
    return np.array(way_mm[:there]).reshape(-1, 2)
