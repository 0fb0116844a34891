"""Neighbours become clusters, at any density, with extent, hull and area in millimetres."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import KDTree

from pipeline.geometry import convex_hull, feret_diameters, polygon_area
from pipeline.settings import Settings

if TYPE_CHECKING:
    from numpy.typing import NDArray


class GroupSettings(Settings):
    """When two calcifications belong together."""

    reach_factor: float = Field(default=2.0, gt=0, le=10)
    """Two calcifications are joined when their distance is at most this many times the smaller of their own distances
    to the third neighbour. So the reach follows the density: it neither tears a sparse line apart nor swallows the
    surroundings of a dense group."""

    shortest_reach_mm: float = Field(default=7.0, gt=0, le=50)
    """Calcifications closer than this are always joined."""

    longest_reach_mm: float = Field(default=20.0, gt=0, le=100)
    """Calcifications farther apart than this are never joined directly."""

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
    tree = KDTree(points_mm)
    neighbours = min(4, count)  # the point itself and three more
    distances, _ = tree.query(points_mm, k=neighbours)
    own_mm = np.atleast_2d(distances)[:, -1]
    pairs = tree.query_pairs(settings.longest_reach_mm + 1e-9, output_type="ndarray")
    if len(pairs):
        apart = np.hypot(*(points_mm[pairs[:, 0]] - points_mm[pairs[:, 1]]).T)
        reach = settings.reach_factor * np.minimum(own_mm[pairs[:, 0]], own_mm[pairs[:, 1]])
        reach = np.clip(reach, settings.shortest_reach_mm, settings.longest_reach_mm)
        pairs = pairs[apart <= reach + 1e-9]
    links = coo_array((np.ones(len(pairs), np.int8), (pairs[:, 0], pairs[:, 1])), shape=(count, count))
    _, labels = connected_components(links, directed=False)
    groups = [tuple(np.flatnonzero(labels == label).tolist()) for label in np.unique(labels)]
    groups = [members for members in groups if len(members) >= settings.min_members]
    groups.sort(key=lambda members: (-len(members), members[0]))
    return tuple(_described(members, points_mm) for members in groups)


def _described(members: tuple[int, ...], points_mm: NDArray[np.float64]) -> Grouping:
    points = points_mm[list(members)]
    hull = convex_hull(points)
    extent_mm, _ = feret_diameters(points)
    area_mm2 = polygon_area(hull)
    perimeter_mm = float(np.hypot(*(hull - np.roll(hull, 1, axis=0)).T).sum())
    widened_cm2 = (area_mm2 + perimeter_mm + np.pi) / 100
    return Grouping(members, hull, extent_mm, area_mm2, len(members) / widened_cm2)
