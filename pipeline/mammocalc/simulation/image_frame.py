"""Coordinates: from millimetres of the breast to pixels of the stored image."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import numpy as np

from mammocalc.vocabulary.lexicon import Laterality

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mammocalc.model import Point
    from mammocalc.simulation.recipe import Scene

_Value = TypeVar("_Value", bound=np.generic)


class ImageFrame:
    """From mm with the chest wall on the left to pixels of the stored image."""

    def __init__(self, scene: Scene) -> None:
        self.spacing_mm = scene.pixel_spacing_mm
        self.mirrored = scene.laterality is Laterality.RIGHT
        self.columns = scene.shape[1]

    def point(self, y_mm: float, x_mm: float) -> Point:
        """Give the pixel (row, column) of a point in mm."""
        row, column = y_mm / self.spacing_mm - 0.5, x_mm / self.spacing_mm - 0.5
        if self.mirrored:
            column = self.columns - 1 - column
        return round(float(row), 3), round(float(column), 3)

    def points(self, points_mm: NDArray[np.float64]) -> tuple[Point, ...]:
        """Give the pixels of points in mm, shape (n, 2)."""
        return tuple(self.point(y, x) for y, x in points_mm.tolist())

    def image(self, image: NDArray[_Value]) -> NDArray[_Value]:
        """Mirror an image of a right breast; it is drawn with the chest wall on the left."""
        return np.ascontiguousarray(image[:, ::-1]) if self.mirrored else image
