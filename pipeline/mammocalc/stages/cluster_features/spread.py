"""Spread of all calcifications of an image, in the few numbers that decide its word."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.sparse.csgraph import connected_components
from scipy.spatial.distance import cdist

from mammocalc.model import Spread, Tally
from mammocalc.stages.cluster_features.counts import cells_with, most_within
from mammocalc.vocabulary.geometry import feret_diameters

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mammocalc.model import Breast
    from mammocalc.vocabulary.geometry import PixelSpacing

_DENSE_MM: Final = 7.5
_DENSE_NEIGHBOURS: Final = 4
"""A calcification lies densely that has so many others this near: five within 15 mm, so that a group of five within
1 cm does, and specks through a breast do not."""
_DENSE_STEP_MM: Final = 10.0
"""Dense ones this near are one patch: the circle of *grouped*."""


def measure_spread(
    points_mm: NDArray[np.float64],
    tally: Tally,
    circles_mm: tuple[float, float],
    breast: Breast,
    spacing: PixelSpacing,
) -> Spread:
    """
    Measure how calcifications lie in the breast.

    Parameters
    ----------
    points_mm : ndarray of float64, shape (n, 2)
        Positions (down, across) of those that count.
    tally : Tally
        What else there is.
    circles_mm : tuple of float
        Diameter of the definitions' circle, and the width that a group may have.
    breast : Breast
        Cut into cells.
    spacing : PixelSpacing
        Between the points' mm and the breast's pixels.

    Returns
    -------
    Spread
    """
    with_one, of_breast = cells_with(points_mm, breast, spacing)
    return Spread(
        arterial=tally.arterial,
        possibly_arterial=tally.possibly_arterial,
        benign=tally.benign,
        counting=len(points_mm),
        unsure=tally.unsure,
        microcalcifications=tally.microcalcifications,
        circle_mm=circles_mm[0],
        most_in_circle=most_within(points_mm, circles_mm[0]),
        most_in_wide_circle=most_within(points_mm, circles_mm[1]),
        dense_patch_mm=_dense_patch_mm(points_mm),
        cells_with=with_one,
        cells_of_breast=of_breast,
    )


def _dense_patch_mm(points_mm: NDArray[np.float64]) -> float:
    """Give the width of the largest patch of points with enough neighbours."""
    away = cdist(points_mm, points_mm)
    dense = np.flatnonzero((away <= _DENSE_MM).sum(axis=1) > _DENSE_NEIGHBOURS)
    if len(dense) < 2:
        return 0.0
    _, patch = connected_components(away[np.ix_(dense, dense)] <= _DENSE_STEP_MM, directed=False)
    return feret_diameters(points_mm[dense[patch == np.bincount(patch).argmax()]])[0]
