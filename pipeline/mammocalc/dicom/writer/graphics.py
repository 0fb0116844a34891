"""Graphic coordinates: SR and presentation states share one coordinate system."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mammocalc.dicom.writer.source import SourceImage
    from mammocalc.model import Point


def graphic_points(points_px: Iterable[Point], image: SourceImage) -> list[float]:
    """
    Give places as graphic data.

    A result has (row, column) with 0 in the centre of the first pixel; graphic data have (x, y) with 0 in its corner.

    Parameters
    ----------
    points_px : iterable of Point
    image : SourceImage
        On which they lie; what lies outside of it is brought to its border.

    Returns
    -------
    list of float
        x and y in turn.

    References
    ----------
    DICOM PS3.3 C.18.6.1.1 (SR) and C.10.5.1.2 (presentation state).

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> graphic_points([(2.0, 5.25)], SimpleNamespace(rows=100, columns=50))
    [5.75, 2.5]
    """
    return [
        value
        for row, column in points_px
        for value in (_within(column + 0.5, image.columns), _within(row + 0.5, image.rows))
    ]


def closed(points_px: Sequence[Point]) -> tuple[Point, ...]:
    """Close an outline: its first point stands at its end again."""
    return (*points_px, points_px[0]) if points_px[0] != points_px[-1] else tuple(points_px)


def is_area(points_px: Sequence[Point]) -> bool:
    """Whether an outline has an inside."""
    return len(set(points_px)) > 2


def middle_of(points_px: Sequence[Point]) -> Point:
    """Give the mean of places; at least one."""
    rows, columns = zip(*points_px, strict=True)
    return math.fsum(rows) / len(rows), math.fsum(columns) / len(columns)


def circle(centre_px: Point, radius_px: float, image: SourceImage) -> list[float]:
    """Give a circle as graphic data: its centre and a point of its rim, which lies within the image."""
    row, column = centre_px
    rim = column + radius_px if column + radius_px + 0.5 <= image.columns else column - radius_px
    return graphic_points([centre_px, (row, rim)], image)


def _within(value: float, end: float) -> float:
    return min(max(value, 0.0), float(end))
