"""Windows: groups of neighbouring points that vote for a shift together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import KDTree

if TYPE_CHECKING:
    from numpy.typing import NDArray

LINK_MM: Final = 7.0
"""Points that are closer belong to one group, as in clusters."""
MANY: Final = 30
WIDE_MM: Final = 18.0
"""A larger group is cut into windows: it is sheared and turned within."""
RADIUS_MM: Final = 9.0
"""Of a window."""


def cut_windows(points_mm: NDArray[np.float64]) -> list[NDArray[np.intp]]:
    """
    Cut points into small groups of neighbours, which may share members.

    Parameters
    ----------
    points_mm : ndarray of float64, shape (n, 2)

    Returns
    -------
    list of ndarray of int
        Indices, increasing. Groups by single linkage, the large ones in overlapping windows; those of one point are
        left out, for one point matches any other.
    """
    windows = []
    for group in _linked(points_mm):
        own = points_mm[group]
        if len(group) <= MANY and np.ptp(own, axis=0).max() <= WIDE_MM:
            windows.append(group)
            continue
        left = np.arange(len(group))
        while len(left):
            away = np.hypot(*(own - own[left[0]]).T)
            windows.append(group[away <= RADIUS_MM])
            left = left[away[left] > RADIUS_MM * 2 / 3]
    return [window for window in windows if len(window) > 1]


def _linked(points_mm: NDArray[np.float64]) -> list[NDArray[np.intp]]:
    pairs = KDTree(points_mm).query_pairs(LINK_MM, output_type="ndarray")
    links = coo_array((np.ones(len(pairs), np.int8), (pairs[:, 0], pairs[:, 1])), shape=(len(points_mm),) * 2)
    _, labels = connected_components(links, directed=False)
    return [np.flatnonzero(labels == label) for label in np.unique(labels)]
