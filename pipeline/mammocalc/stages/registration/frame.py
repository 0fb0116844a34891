"""Frame of a breast: from a place in the prior to one in the current image, by nipple and chest wall."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEAST_RATIO: Final = 0.75
MOST_RATIO: Final = 1.33
"""Another ratio of the distances from nipple to chest wall comes of a landmark that is wrong, not of compression."""


class Axis(StrEnum):
    """What the direction of the chest wall was taken from."""

    MUSCLE = "muscle"
    IMAGE_EDGE = "image_edge"


class Origin(StrEnum):
    """What was laid onto what."""

    NIPPLE = "nipple"
    OUTERMOST_POINT = "outermost_point"
    """The point of the outline farthest from the chest wall, where the nipple is not known on both dates."""


@dataclass(frozen=True, slots=True, eq=False)
class Anatomy:
    """
    What is known of one breast, in mm (down, across), with the chest wall on the left and the head or side at the top.

    Attributes
    ----------
    outline_mm : ndarray of float64, shape (n, 2)
        At least one point.
    muscle_mm : ndarray of float64, shape (k, 2)
        The edge of the muscle from its upper end down; empty where it is not sure.
    nipple_mm : ndarray of float64, shape (2,), or None
        None where it is not sure.
    """

    outline_mm: NDArray[np.float64]
    muscle_mm: NDArray[np.float64]
    nipple_mm: NDArray[np.float64] | None


@dataclass(frozen=True, slots=True, eq=False)
class FrameMap:
    """
    The way from the prior image into the current one, before any calcification was looked at.

    Attributes
    ----------
    axis : Axis
    origin : Origin
    ratio : float
        By how much distances from the chest wall were stretched.
    """

    axis: Axis
    origin: Origin
    ratio: float
    _matrix: NDArray[np.float64]
    _from_mm: NDArray[np.float64]
    _to_mm: NDArray[np.float64]

    def to_current(self, points_mm: NDArray[np.float64]) -> NDArray[np.float64]:
        """Carry places of the prior over, in mm."""
        return np.asarray((points_mm - self._from_mm) @ self._matrix.T + self._to_mm)

    def to_prior(self, points_mm: NDArray[np.float64]) -> NDArray[np.float64]:
        """Carry places of the current image back, in mm."""
        return np.asarray((points_mm - self._to_mm) @ np.linalg.inv(self._matrix).T + self._from_mm)


def lay_over(current: Anatomy, prior: Anatomy) -> FrameMap:
    """
    Lay two images of one breast in one view over each other.

    Parameters
    ----------
    current, prior : Anatomy

    Returns
    -------
    FrameMap
        Nipple on nipple and muscle on muscle, where both are sure on both dates; else the outermost points and the
        edges of the images. Distances from the chest wall are stretched by the ratio of the nipples' own.
    """
    both = (current, prior)
    axis = Axis.MUSCLE if all(len(one.muscle_mm) > 1 for one in both) else Axis.IMAGE_EDGE
    origin = Origin.NIPPLE if all(one.nipple_mm is not None for one in both) else Origin.OUTERMOST_POINT
    (to_axes, to_mm, to_depth), (from_axes, from_mm, from_depth) = (_placed(one, axis, origin) for one in both)
    ratio = float(np.clip(to_depth / from_depth, LEAST_RATIO, MOST_RATIO)) if from_depth > 0 and to_depth > 0 else 1.0
    return FrameMap(axis, origin, ratio, to_axes.T @ np.diag([1.0, ratio]) @ from_axes, from_mm, to_mm)


def _placed(one: Anatomy, axis: Axis, origin: Origin) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
    """Give the axes (rows: along the wall, away from it), the origin, and its distance from the wall."""
    axes, wall = np.eye(2), np.zeros(2)
    if axis is Axis.MUSCLE:
        wall = one.muscle_mm.mean(axis=0)
        along = np.linalg.svd(one.muscle_mm - wall)[2][0]
        along = along if along[0] > 0 else -along
        axes = np.stack([along, [-along[1], along[0]]])
    if origin is Origin.NIPPLE and one.nipple_mm is not None:
        place = one.nipple_mm
    else:
        place = one.outline_mm[int(np.argmax((one.outline_mm - wall) @ axes[1]))]
    return axes, place, float((place - wall) @ axes[1])
