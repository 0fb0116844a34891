"""Clustering of neighbours, at any density, with extent, hull and area in millimetres."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from pydantic import Field
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import KDTree
from scipy.spatial.distance import cdist

from mammocalc.model.settings import Settings
from mammocalc.vocabulary.geometry import convex_hull, feret_diameters, perimeter, polygon_area

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

REACH_FACTOR: Final = 2.0
"""Two calcifications are joined when their distance is at most this many times the smaller of their own distances to
the third neighbour. So the reach follows the density: it neither tears a sparse line apart nor swallows the
surroundings of a dense group."""

SHORTEST_REACH_MM: Final = 7.0
"""Calcifications closer than this are always joined."""

LONGEST_REACH_MM: Final = 20.0
"""Calcifications farther apart than this are never joined directly."""


class GroupSettings(Settings):
    """When two calcifications belong together."""

    min_members: int = Field(default=3, ge=2, le=50)
    """Smaller groups are no cluster. Three within 1 cm is what detection studies count; BI-RADS asks for five before it
    says grouped, and the distribution says so."""


@dataclass(frozen=True, slots=True, eq=False)
class Grouping:
    """
    One group of points.

    ``members`` are indices into the points, increasing. ``hull_mm`` holds the
    corners of the convex hull in order; ``extent_mm`` is the largest distance
    between two members; ``area_mm2`` that of the hull; ``density_per_cm2`` the
    number of members per area of the hull widened by 1 mm all around, so that
    a row of points has a density as well.
    """

    members: tuple[int, ...]
    hull_mm: NDArray[np.float64]
    extent_mm: float
    area_mm2: float
    density_per_cm2: float


def find_clusters(points_mm: NDArray[np.float64], settings: GroupSettings) -> tuple[Grouping, ...]:
    """
    Join neighbours to clusters by density-adaptive linkage.

    Parameters
    ----------
    points_mm : ndarray of float64, shape (n, 2)
        Positions (down, across) in mm.
    settings : GroupSettings
        Reach and smallest size.

    Returns
    -------
    tuple of Grouping
        The largest first; equal ones by their first member. Empty where no
        group is large enough.
    """
    count = len(points_mm)
    if count < settings.min_members:
        return ()
    own_mm = _own_mm(points_mm)
    pairs = KDTree(points_mm).query_pairs(LONGEST_REACH_MM + 1e-9, output_type="ndarray")
    if len(pairs):
        apart = np.hypot(*(points_mm[pairs[:, 0]] - points_mm[pairs[:, 1]]).T)
        pairs = pairs[apart <= _reach_mm(own_mm[pairs[:, 0]], own_mm[pairs[:, 1]]) + 1e-9]
    links = coo_array((np.ones(len(pairs), np.int8), (pairs[:, 0], pairs[:, 1])), shape=(count, count))
    _, labels = connected_components(links, directed=False)
    groups = [tuple(np.flatnonzero(labels == label).tolist()) for label in np.unique(labels)]
    groups = [members for members in groups if len(members) >= settings.min_members]
    groups.sort(key=lambda members: (-len(members), members[0]))
    return tuple(_described(members, points_mm) for members in groups)


def memberships(points_mm: NDArray[np.float64], clusters: Sequence[Grouping]) -> NDArray[np.float64]:
    """
    Tell how firmly each point belongs to each cluster.

    One half to the power of the distance to the nearest other member, over the
    reach within which the two are joined: 1 in the same place, 0.5 at the end
    of the reach, 0.25 at twice of it. So the members of a cluster have at
    least 0.5 there and all others less, and what lies just inside or outside
    is told from what lies far off.

    Parameters
    ----------
    points_mm : ndarray of float64, shape (n, 2)
        All positions (down, across) in mm.
    clusters : sequence of Grouping
        As found among them.

    Returns
    -------
    ndarray of float64, shape (n, len(clusters))
        0 to 1, rows in the order of the points. Empty for none.
    """
    table = np.zeros((len(points_mm), len(clusters)))
    if not table.size:
        return table
    own_mm = _own_mm(points_mm)
    for number, cluster in enumerate(clusters):
        members = np.array(cluster.members)
        share = cdist(points_mm, points_mm[members])
        share /= _reach_mm(own_mm[:, None], own_mm[None, members])
        share[members, np.arange(len(members))] = np.inf  # nobody is held by itself
        table[:, number] = 0.5 ** share.min(axis=1)
    return table


def _own_mm(points_mm: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give each point's distance to its third neighbour, or to the last where there are fewer."""
    neighbours = min(4, len(points_mm))  # the point itself and three more
    distances, _ = KDTree(points_mm).query(points_mm, k=neighbours)
    return np.asarray(distances.reshape(len(points_mm), -1)[:, -1])


def _reach_mm(one_mm: NDArray[np.float64], other_mm: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the distance within which two points are joined."""
    reach = REACH_FACTOR * np.minimum(one_mm, other_mm)
    return np.clip(reach, SHORTEST_REACH_MM, LONGEST_REACH_MM)


def _described(members: tuple[int, ...], points_mm: NDArray[np.float64]) -> Grouping:
    points = points_mm[list(members)]
    hull = convex_hull(points)
    extent_mm, _ = feret_diameters(points)
    area_mm2 = polygon_area(hull)
    widened_cm2 = (area_mm2 + perimeter(hull) + np.pi) / 100
    return Grouping(members, hull, extent_mm, area_mm2, len(members) / widened_cm2)
