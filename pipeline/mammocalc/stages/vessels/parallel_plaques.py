"""Two parallel rows of plaques, where the vessel between them is not seen."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import KDTree

from mammocalc.stages.vessels.chains import STEP_MM
from mammocalc.stages.vessels.evidence import facing
from mammocalc.vocabulary.geometry import feret_diameters

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mammocalc.stages.vessels.evidence import Points
    from mammocalc.stages.vessels.settings import VesselSettings


def neighbours(points: Points, settings: VesselSettings) -> list[NDArray[np.intp]]:
    """Give the sets of points with no gap between them longer than between stretches of an artery, by their first."""
    pairs = KDTree(points.at_mm).query_pairs(settings.grow_mm, output_type="ndarray")
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


def are_tracks(members: NDArray[np.intp], points: Points, settings: VesselSettings) -> bool:
    """
    Tell whether neighbours are mostly elongated, all the same way, and face a parallel one.

    Two rows that keep to one direction are mostly the walls of an artery in
    dense tissue that hides it; but two ducts side by side, with casts in them,
    look the same. So these are doubtful, and no more is claimed. Half of the
    members must face another, or a few of them where the whole is longer than
    a duct.
    """
    if len(members) < settings.min_track_count:
        return False
    is_plaque = (points.ratio[members] >= settings.elongated) & (points.length_mm[members] >= settings.min_plaque_mm)
    if is_plaque.mean() < settings.min_elongated_share:
        return False
    twice = 2 * points.direction[members[is_plaque]]
    agreement = math.hypot(float(np.cos(twice).mean()), float(np.sin(twice).mean()))
    if agreement < settings.min_track_agreement:
        return False
    plaques = members[is_plaque]
    face = facing(plaques, points, settings)[:, plaques].any(axis=1)
    share = float(face.sum()) / len(members)
    is_longer_than_a_duct = feret_diameters(points.at_mm[members])[0] >= settings.min_tube_length_mm
    return share >= (settings.some_track_share if is_longer_than_a_duct else settings.short_track_share)
