"""Examples of particles: their features, and which of them are true."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mammocalc.analysis.search import search
from mammocalc.stages.classify import FEATURES, describe_particles, most_prominent
from mammocalc.vocabulary.errors import ImageUnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from mammocalc.config import Config
    from mammocalc.model import Mammogram
    from mammocalc.vocabulary.geometry import PixelSpacing

_HIT_MM = 0.5

_RIM_MM = 0.15


@dataclass(frozen=True, slots=True)
class PlantedPoint:
    """A planted calcification: its position in pixels and its length."""

    row_px: float
    column_px: float
    length_mm: float


def describe_image(
    mammogram: Mammogram, points: Iterable[PlantedPoint], config: Config
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """
    Compute the features of the particles of one image, and mark the planted ones.

    Parameters
    ----------
    mammogram : Mammogram
        A simulated image, or one with inserted specks.
    points : iterable of PlantedPoint
        What was planted in it.
    config : Config
        The settings of the search.

    Returns
    -------
    table : ndarray of float32, shape (n, len(FEATURES))
    is_planted : ndarray of bool, shape (n,)
        True within 0.5 mm of a planted point, or within half its length: the
        parts of a long plaque are calcification too. Both are empty where no
        breast was found.
    """
    try:
        seen = search(mammogram, config)
    except ImageUnreadableError:
        return np.zeros((0, len(FEATURES)), np.float32), np.zeros(0, bool)
    particles = most_prominent(seen.particles, seen.scales)
    table = describe_particles(particles, seen.scales, seen.breast, seen.spacing)
    places = seen.spacing.to_mm(np.array([(p.row_px, p.column_px) for p in particles]).reshape(-1, 2))
    return table, _is_planted(places, points, seen.spacing)


def _is_planted(
    places_mm: NDArray[np.float64], points: Iterable[PlantedPoint], spacing: PixelSpacing
) -> NDArray[np.bool_]:
    planted = np.zeros(len(places_mm), bool)
    for point in points:
        centre = spacing.to_mm(np.array([point.row_px, point.column_px]))
        reach_mm = max(_HIT_MM, point.length_mm / 2 + _RIM_MM)
        planted |= np.hypot(*(places_mm - centre).T) < reach_mm
    return planted
