"""Two parallel rows of plaques, where the vessel between them is not seen."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import KDTree

from mammocalc.stages.vessels.chains import STEP_MM
from mammocalc.stages.vessels.evidence import facing
from mammocalc.stages.vessels.limits import (
    ELONGATED,
    GROW_MM,
    MIN_ELONGATED_SHARE,
    MIN_TUBE_LENGTH_MM,
    SOME_TRACK_SHARE,
)
from mammocalc.vocabulary.geometry import feret_diameters

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mammocalc.stages.vessels.evidence import Points

_SHORT_TRACK_SHARE: Final = 0.5
"""Tracks: where no tube is seen and the whole is no longer than a duct may be, this share of all neighbours faces a
parallel one. Simulated arteries have 0.5 to 1, other patterns of elongated particles none."""

_MIN_TRACK_COUNT: Final = 4
"""Tracks: so many neighbours, for two of them face two others."""

_MIN_TRACK_AGREEMENT: Final = 0.9
"""Tracks: how well the elongated ones agree in direction: the length of the mean of their doubled angles. Arteries have
0.93 to 1; pieces of rims and popcorn, which face each other as well, up to 0.7."""

_MIN_PLAQUE_MM: Final = 0.5
"""Tracks: shorter particles are not counted as elongated, for their outlines are a few pixels."""


def neighbours(points: Points) -> list[NDArray[np.intp]]:
    """Give the sets of points with no gap between them longer than between stretches of an artery, by their first."""
    pairs = KDTree(points.at_mm).query_pairs(GROW_MM, output_type="ndarray")
    links = coo_array((np.ones(len(pairs), np.int8), (pairs[:, 0], pairs[:, 1])), shape=(len(points.at_mm),) * 2)
    _, labels = connected_components(links, directed=False)
    return [np.flatnonzero(labels == label) for label in np.unique(labels)]


def middle_line(members: NDArray[np.intp], points: Points) -> NDArray[np.float64]:
    """Give the straight line through the middle of tracks, from the first to the last, `STEP_MM` apart."""
    at_mm = points.at_mm[members]
    middle = at_mm.mean(axis=0)
    way = np.linalg.svd(at_mm - middle, full_matrices=False)[2][0]
    along = (at_mm - middle) @ way
    steps = np.linspace(along.min(), along.max(), max(3, round(float(np.ptp(along)) / STEP_MM) + 1))
    return np.asarray(middle + np.outer(steps, way))


def are_tracks(members: NDArray[np.intp], points: Points) -> bool:
    """
    Tell whether neighbours are mostly elongated, all the same way, and face a parallel one.

    Two rows that keep to one direction are mostly the walls of an artery in
    dense tissue that hides it; but two ducts side by side, with casts in them,
    look the same. So these are doubtful, and no more is claimed. Half of the
    members must face another, or a few of them where the whole is longer than
    a duct.
    """
    if len(members) < _MIN_TRACK_COUNT:
        return False
    is_plaque = (points.ratio[members] >= ELONGATED) & (points.length_mm[members] >= _MIN_PLAQUE_MM)
    if is_plaque.mean() < MIN_ELONGATED_SHARE:
        return False
    twice = 2 * points.direction[members[is_plaque]]
    agreement = math.hypot(float(np.cos(twice).mean()), float(np.sin(twice).mean()))
    if agreement < _MIN_TRACK_AGREEMENT:
        return False
    plaques = members[is_plaque]
    face = facing(plaques, points)[:, plaques].any(axis=1)
    share = float(face.sum()) / len(members)
    is_longer_than_a_duct = feret_diameters(points.at_mm[members])[0] >= MIN_TUBE_LENGTH_MM
    return share >= (SOME_TRACK_SHARE if is_longer_than_a_duct else _SHORT_TRACK_SHARE)
