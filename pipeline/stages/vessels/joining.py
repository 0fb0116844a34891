"""Which marks are one artery: those that lie on each other's arms, where one of them is surely arterial."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import KDTree
from scipy.spatial.distance import pdist

from pipeline.stages.vessels.arms import REACH_MM
from pipeline.stages.vessels.marks import lies_on_arms

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.stages.vessels.arms import Arms

_LIKELY: Final = 0.2
"""From this probability on a mark may be a member. Flat from 0.15 to 0.3 (docs/pipeline.md)."""
_GAP_MM: Final = 8.0
"""Marks this near belong together wherever they lie; farther ones, up to the far circle, if each lies on an arm of the
other: then one ridge runs through both."""
_FEW, _SURE_OF_FEW = 2, 0.95
"""So few marks have no line that could be looked at, and need to be as probable as this."""
_DUCT_DEGREES, _SURE_OF_DUCTS = 20.0, 0.97
"""A row whose axis comes as near to the nipple as this may be a duct, and needs to be as probable. So does a row where
the nipple is not known."""
_BAND_MM: Final = 1.4
"""Largest standard deviation of the members across their line, within 10 mm, in the median: walls 4.2 mm apart with as
much between them have 1.3. Real and simulated arteries had 0 to 1.3, skin folds, regions and groups 1.5 to 3."""
_BAND_REACH_MM: Final = 10.0
_CLUMP, _LEAST_STEP_MM = 5, 0.5
"""So many marks that lie closer to each other than this, as a mean over their extent, are the pieces of one clump: 0.35
there, 0.9 to 1.3 in real arteries, both walls counted."""
_LEAST_SHARE: Final = 0.15
"""Smallest mean share of marks on the arms: an artery runs alone. Real ones had 0.23 to 0.95."""


def join_marks(
    probability: NDArray[np.float64],
    is_certain: NDArray[np.bool_],
    on_arms: NDArray[np.float64],
    at_mm: NDArray[np.float64],
    arms: Arms,
    nipple_mm: NDArray[np.float64] | None,
    sure: float,
) -> list[NDArray[np.intp]]:
    """
    Join marks to arteries.

    Parameters
    ----------
    probability : ndarray of float64, shape (n,)
        That each mark is arterial.
    is_certain : ndarray of bool, shape (n,)
        Marks that are, by rules of their own: what is joined to them is taken
        along, and where the set is too wide for an artery, they alone are one.
    on_arms : ndarray of float64, shape (n,)
        What share of the marks around each lies on its arms.
    at_mm : ndarray of float64, shape (n, 2)
        Where the marks are, (down, across).
    arms : Arms
        Of each mark, to the far circle.
    nipple_mm : ndarray of float64, shape (2,), or None
        To which ducts point.
    sure : float
        From which probability of one member on the others are taken along.

    Returns
    -------
    list of ndarray of intp
        Sets of indices, increasing, none in two; the set with the first mark first.
    """
    found = []
    for members in _components((probability >= _LIKELY) | is_certain, at_mm, arms):
        where, certain = at_mm[members], members[is_certain[members]]
        if _band_mm(where) > _BAND_MM or on_arms[members].mean() < _LEAST_SHARE or _is_clump(where):
            found += [certain] if certain.size else []
            continue
        needed = sure
        if len(members) > 1 and _points_to(nipple_mm, where) <= _DUCT_DEGREES:
            needed = max(needed, _SURE_OF_DUCTS)
        if len(members) <= _FEW:
            needed = max(needed, _SURE_OF_FEW)
        if certain.size or probability[members].max() >= needed:
            found.append(members)
    return found


def _components(is_likely: NDArray[np.bool_], at_mm: NDArray[np.float64], arms: Arms) -> list[NDArray[np.intp]]:
    """Give the sets of likely marks that are linked."""
    likely = np.flatnonzero(is_likely)
    if not likely.size:
        return []
    pairs = likely[KDTree(at_mm[likely]).query_pairs(REACH_MM[-1], output_type="ndarray").reshape(-1, 2)]
    one, other = pairs.T
    apart = np.hypot(*(at_mm[one] - at_mm[other]).T)
    is_linked = apart <= _GAP_MM
    is_linked |= lies_on_arms(arms, at_mm, one, other) & lies_on_arms(arms, at_mm, other, one)
    one, other = (np.searchsorted(likely, some[is_linked]).astype(np.int32) for some in (one, other))
    links = coo_array((np.ones(len(one), np.int8), (one, other)), shape=(len(likely),) * 2)
    _, labels = connected_components(links, directed=False)
    return [likely[labels == label] for label in dict.fromkeys(labels.tolist())]


def _band_mm(at_mm: NDArray[np.float64]) -> float:
    """Give how far members lie off their common line, within a few millimetres, in the median; 0 for fewer than 3."""
    if len(at_mm) < 3:
        return 0.0
    around = KDTree(at_mm).query_ball_point(at_mm, _BAND_REACH_MM)
    least = [np.linalg.eigvalsh(np.cov(at_mm[near].T, bias=True))[0] for near in around if len(near) >= 3]
    return math.sqrt(max(0.0, float(np.median(least)))) if least else 0.0


def _is_clump(at_mm: NDArray[np.float64]) -> bool:
    """Tell whether marks are heaped rather than strung."""
    return len(at_mm) >= _CLUMP and float(pdist(at_mm).max()) < _LEAST_STEP_MM * (len(at_mm) - 1)


def _points_to(nipple_mm: NDArray[np.float64] | None, at_mm: NDArray[np.float64]) -> float:
    """Give the angle in degrees between the axis of marks and the way from their middle to the nipple; 0 without it."""
    if nipple_mm is None:
        return 0.0
    middle = at_mm.mean(axis=0)
    axis, way = np.linalg.svd(at_mm - middle, full_matrices=False)[2][0], nipple_mm - middle
    cross = axis[0] * way[1] - axis[1] * way[0]
    return math.degrees(math.atan2(abs(cross), abs(float(axis @ way))))
