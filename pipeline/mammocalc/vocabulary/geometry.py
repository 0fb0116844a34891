"""Pixel spacing, and the geometry of points and polygons."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class PixelSpacing:
    """
    The distance between the centres of neighbouring pixels, in the breast.

    Row spacing (down the image) and column spacing (across it) are two numbers.

    Parameters
    ----------
    row_mm, column_mm : float
        Millimetres; both positive and finite.

    Raises
    ------
    ValueError
        If one of them is not positive and finite.

    Examples
    --------
    >>> PixelSpacing(0.07, 0.07).length_px(0.7)
    10.0
    """

    row_mm: float
    column_mm: float

    def __post_init__(self) -> None:
        """Refuse what cannot be a distance."""
        for value in (self.row_mm, self.column_mm):
            if not (math.isfinite(value) and value > 0):
                message = f"a pixel spacing must be positive and finite, not {value!r}"
                raise ValueError(message)

    @property
    def mean_mm(self) -> float:
        """Side of the square with the area of one pixel, in mm."""
        return math.sqrt(self.row_mm * self.column_mm)

    @property
    def pixel_area_mm2(self) -> float:
        """Area of one pixel, in mm2."""
        return self.row_mm * self.column_mm

    def length_px(self, length_mm: float) -> float:
        """Express a length in mm in pixels of mean size."""
        return round(length_mm / self.mean_mm, 9)

    def to_mm(self, points_px: NDArray[np.floating]) -> NDArray[np.float64]:
        """
        Turn (row, column) positions in pixels into millimetres.

        Parameters
        ----------
        points_px : ndarray of float, shape (..., 2)
            0-based (row, column); (0, 0) is the centre of the top-left pixel.

        Returns
        -------
        ndarray of float64, shape (..., 2)
            Millimetres down and across from the centre of the top-left pixel.
        """
        return np.asarray(points_px, dtype=np.float64) * (self.row_mm, self.column_mm)

    def to_px(self, points_mm: NDArray[np.floating]) -> NDArray[np.float64]:
        """Turn (row, column) positions in mm into pixels; the inverse of `to_mm`."""
        return np.asarray(points_mm, dtype=np.float64) / (self.row_mm, self.column_mm)


def convex_hull(points: NDArray[np.floating]) -> NDArray[np.float64]:
    """
    Give the corners of the convex hull of some points.

    Parameters
    ----------
    points : ndarray of float, shape (n, 2)
        In any unit.

    Returns
    -------
    ndarray of float64, shape (m, 2)
        The corners in order around the hull, m <= n. Empty for no points; one
        or two corners where the points coincide or lie on a line.
    """
    if len(points) == 0:
        return np.zeros((0, 2))
    hull = cv2.convexHull(np.asarray(points, dtype=np.float32), returnPoints=False)
    corners: NDArray[np.float64] = np.asarray(points, dtype=np.float64)[np.asarray(hull, dtype=np.intp).ravel()]
    return corners


def distance_to_hull(point: NDArray[np.float64], hull: NDArray[np.float64]) -> float:
    """Distance from a point to a convex hull of any number of corners; 0 inside, inf where there are no corners."""
    if not len(hull):
        return float("inf")
    following = np.roll(hull, -1, axis=0)
    side = following - hull
    to_point = point - hull
    turn = side[:, 0] * to_point[:, 1] - side[:, 1] * to_point[:, 0]
    if len(hull) >= 3 and ((turn >= 0).all() or (turn <= 0).all()):
        return 0.0
    length2 = (side**2).sum(axis=1)
    along = np.divide((to_point * side).sum(axis=1), length2, out=np.zeros(len(hull)), where=length2 > 0)
    nearest = hull + np.clip(along, 0, 1)[:, None] * side
    return float(np.hypot(*(nearest - point).T).min())


def path_length(path: NDArray[np.floating]) -> float:
    """
    Give the length along a path, in the unit of its points; 0 for one point.

    Examples
    --------
    >>> path_length(np.array([[0.0, 0.0], [3.0, 4.0], [3.0, 5.0]]))
    6.0
    """
    return float(np.hypot(*np.diff(path, axis=0).T).sum())


def points_along(path: NDArray[np.floating], step: float) -> NDArray[np.float64]:
    """
    Put points on a path at even distances, from its beginning on; the last one lies less than a step before its end.

    Parameters
    ----------
    path : ndarray, shape (n, 2)
        Corners; at least one.
    step : float
        In their unit.

    Returns
    -------
    ndarray of float64, shape (m, 2)

    Examples
    --------
    >>> points_along(np.array([[0.0, 0.0], [0.0, 1.0], [1.5, 1.0]]), 1.0).tolist()
    [[0.0, 0.0], [0.0, 1.0], [1.0, 1.0]]
    """
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(path, axis=0).T))])
    at = np.arange(0.0, along[-1] + 1e-9, step)
    return np.stack([np.interp(at, along, path[:, k]) for k in (0, 1)], axis=1)


def polygon_area(corners: NDArray[np.floating]) -> float:
    """Area inside a closed polygon, in the square of its unit (shoelace formula)."""
    if len(corners) < 3:
        return 0.0
    corners = np.asarray(corners, dtype=np.float64)
    row, column = corners.T
    next_row, next_column = np.concatenate([corners[1:], corners[:1]]).T  # np.roll is much slower
    return 0.5 * abs(float(np.dot(row, next_column) - np.dot(column, next_row)))


def perimeter(corners: NDArray[np.floating]) -> float:
    """
    Length of the closed line through some corners, in their unit; 0 for fewer than two.

    Examples
    --------
    >>> perimeter(np.array([[0.0, 0.0], [0.0, 3.0], [4.0, 3.0], [4.0, 0.0]]))
    14.0
    """
    before = np.concatenate([corners[-1:], corners[:-1]])
    return float(np.hypot(*(corners - before).T).sum())


def fill_polygon(corners: NDArray[np.float64], shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """
    Give the pixels inside a polygon.

    Parameters
    ----------
    corners : ndarray, shape (n, 2)
        Rows and columns.
    shape : tuple of int
        Of the result.

    Returns
    -------
    ndarray of uint8
        1 inside and on the edge, else 0.
    """
    filled = np.zeros(shape, np.uint8)
    cv2.fillPoly(filled, [np.rint(corners[:, ::-1] * 16).astype(np.int32)], 1, shift=4)
    return filled


def feret_diameters(points: NDArray[np.floating]) -> tuple[float, float]:
    """
    Largest and smallest caliper width of some points.

    Parameters
    ----------
    points : ndarray of float, shape (n, 2)
        In any unit; usually an outline.

    Returns
    -------
    tuple of float
        Largest and smallest Feret diameter in that unit; (0.0, 0.0) for fewer
        than two points.

    Notes
    -----
    The largest is reached between two corners of the convex hull, the smallest
    perpendicular to one of its sides, so both are exact.

    Examples
    --------
    >>> square = np.array([[0.0, 0.0], [0.0, 3.0], [4.0, 3.0], [4.0, 0.0]])
    >>> feret_diameters(square)
    (5.0, 3.0)
    """
    if len(points) < 2:
        return 0.0, 0.0
    hull = convex_hull(points)
    if len(hull) < 2:
        return 0.0, 0.0
    row, column = hull.T
    largest = math.sqrt(float(((row[:, None] - row) ** 2 + (column[:, None] - column) ** 2).max()))
    if len(hull) < 3:
        return largest, 0.0
    sides = np.concatenate([hull[1:], hull[:1]]) - hull
    lengths = np.hypot(sides[:, 0], sides[:, 1])
    sides, lengths = sides[lengths > 0], lengths[lengths > 0]
    heights = hull @ (np.array([-sides[:, 1], sides[:, 0]]) / lengths)
    smallest = float((heights.max(axis=0) - heights.min(axis=0)).min())
    return largest, smallest
