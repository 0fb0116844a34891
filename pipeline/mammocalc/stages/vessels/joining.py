"""Joining of marks to arteries, along their arms, if at least one is certain."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import KDTree
from scipy.spatial.distance import pdist

from mammocalc.stages.vessels.arms import REACH_MM
from mammocalc.stages.vessels.course import draw_course
from mammocalc.stages.vessels.ducts import may_be_duct
from mammocalc.stages.vessels.marks import ELONGATED, lies_on_arms
from mammocalc.vocabulary.geometry import points_along

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mammocalc.stages.vessels.arms import Arms
    from mammocalc.stages.vessels.clarity import ClarityMap
    from mammocalc.stages.vessels.marks import Marks

_LIKELY: Final = 0.2
"""From this probability on a mark may be a member. Flat from 0.15 to 0.3 (docs/evidence/arteries.md)."""
GAP_MM: Final = 8.0
"""Marks this near belong together wherever they lie; farther ones, up to the far circle, if each lies on an arm of the
other: then one ridge runs through both."""
_PAIR, _SURE_OF_PAIR = 2, 0.9
"""Two marks have no line that could be looked at, and one of them needs to be as probable as this. One mark alone is no
artery: what is on a traced one and what is not then differ least, and casts of simulated ducts had 0.9 to 0.96."""
_SURE_OF_DUCTS: Final = 0.7
"""A row that points to the nipple may be a duct: its marks need to be as probable as this in the mean, and a vessel in
view. So does a row where the nipple is not known."""
_IN_VIEW: Final = 1.5
"""Smallest clarity along the course of such a row, in the median of what lies between its marks: a duct is not seen but
for its casts. Simulated ones had 0.7 to 1.4, and rows of patients on traced arteries
1.6 to 3.4 (docs/evidence/arteries.md)."""
_STEP_MM: Final = 0.2
_BETWEEN_MM: Final = 1.0
"""Between marks is what lies farther than this from each."""
_LEAST_BETWEEN: Final = 5
"""With fewer places between them nothing is seen."""
_PLAQUE_MM: Final = 0.5
"""A wall is thinner than this, as its plaques are: of 719 likely marks on arteries that readers traced a tenth are as
wide, at most a third of one artery; secretory rods are, by definition. So what is mostly of wider ones is no artery,
and wider ones make none sure (docs/pipeline.md)."""
_COARSE_MM: Final = 0.8
"""What is as wide and not elongated is a coarse body: it is no member, wherever it lies."""
_BAND_MM: Final = 1.4
"""Largest standard deviation of the members across their line, within 10 mm, in the median: walls 4.2 mm apart with as
much between them have 1.3. Real and simulated arteries had 0 to 1.3, skin folds, regions and groups 1.5 to 3."""
_BAND_REACH_MM: Final = 10.0
_CLUMP, _LEAST_STEP_MM = 5, 0.5
"""So many marks that lie closer to each other than this, as a mean over their extent, are the pieces of one clump: 0.35
there, 0.9 to 1.3 in real arteries, both walls counted."""


def join_marks(
    probability: NDArray[np.float64],
    rows: Sequence[frozenset[int]],
    points: Marks,
    arms: Arms,
    clarity: ClarityMap,
    nipple_mm: NDArray[np.float64] | None,
    sure: float,
) -> list[NDArray[np.intp]]:
    """
    Join marks to arteries.

    Parameters
    ----------
    probability : ndarray of float64, shape (n,)
        That each mark is arterial.
    rows : sequence of frozenset of int
        Marks that are, by rules of their own, those of one artery together:
        what is joined to them is taken along, and where the set is too wide
        for an artery, they alone are one.
    points : Marks
        Where the n marks are, how wide and how elongated.
    arms : Arms
        Of each mark, to the far circle.
    clarity : ClarityMap
        In which the vessel between marks is looked for.
    nipple_mm : ndarray of float64, shape (2,), or None
        To which ducts point.
    sure : float
        From which mean probability of those members that are as narrow as a plaque a set is an artery.

    Returns
    -------
    list of ndarray of intp
        Sets of indices, increasing, none in two; the set with the first mark first.
    """
    at_mm, is_plaque = points.at_mm, points.width_mm < _PLAQUE_MM
    is_certain = np.zeros(len(probability), bool)
    is_certain[list(frozenset().union(*rows))] = True
    found = []
    for members in _components(((probability >= _LIKELY) & ~_is_coarse(points)) | is_certain, rows, at_mm, arms):
        where, certain = at_mm[members], members[is_certain[members]]
        if not is_band(where) or _is_clump(where):
            found += [certain] if certain.size else []
            continue
        plaques = probability[members[is_plaque[members]]]
        if certain.size or _is_sure(plaques, where, clarity, nipple_mm, sure):
            found.append(members)
    return found


def _is_coarse(points: Marks) -> NDArray[np.bool_]:
    """Tell of each mark whether it is wide and not elongated, and so lies in no wall."""
    return (points.width_mm >= _COARSE_MM) & (points.ratio < ELONGATED)


def _components(
    is_likely: NDArray[np.bool_], rows: Sequence[frozenset[int]], at_mm: NDArray[np.float64], arms: Arms
) -> list[NDArray[np.intp]]:
    """Give the sets of likely marks that are linked, by their places or by a row."""
    likely = np.flatnonzero(is_likely)
    if not likely.size:
        return []
    pairs = likely[KDTree(at_mm[likely]).query_pairs(REACH_MM[-1], output_type="ndarray").reshape(-1, 2)]
    one, other = pairs.T
    apart = np.hypot(*(at_mm[one] - at_mm[other]).T)
    is_linked = apart <= GAP_MM
    is_linked |= lies_on_arms(arms, at_mm, one, other) & lies_on_arms(arms, at_mm, other, one)
    in_rows = [pair for row in rows for pair in pairwise(sorted(row))]
    linked = np.concatenate([pairs[is_linked], np.array(in_rows, np.intp).reshape(-1, 2)])
    one, other = np.searchsorted(likely, linked.T).astype(np.int32)
    links = coo_array((np.ones(len(one), np.int8), (one, other)), shape=(len(likely),) * 2)
    _, labels = connected_components(links, directed=False)
    return [likely[labels == label] for label in dict.fromkeys(labels.tolist())]


def is_band(at_mm: NDArray[np.float64]) -> bool:
    """Tell whether marks lie in a band as narrow as an artery; shape (n, 2), in mm."""
    return _band_mm(at_mm) <= _BAND_MM


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


def _is_sure(
    plaques: NDArray[np.float64],
    at_mm: NDArray[np.float64],
    clarity: ClarityMap,
    nipple_mm: NDArray[np.float64] | None,
    sure: float,
) -> bool:
    """Tell whether a set of marks is an artery, by where they lie and the probabilities of those that are narrow."""
    if len(at_mm) < _PAIR or 2 * len(plaques) <= len(at_mm):
        return False
    if _is_in_duct(at_mm, nipple_mm):
        if not _is_in_view(clarity, at_mm):
            return False
        sure = max(sure, _SURE_OF_DUCTS)
    if len(plaques) <= _PAIR:
        return bool(plaques.max() >= max(sure, _SURE_OF_PAIR))
    return bool(plaques.mean() >= sure)


def _is_in_view(clarity: ClarityMap, at_mm: NDArray[np.float64]) -> bool:
    """Tell whether a tube is seen between marks, along the course through them."""
    course = points_along(draw_course(clarity, at_mm), _STEP_MM)
    between = course[KDTree(at_mm).query(course)[0] > _BETWEEN_MM]
    return len(between) >= _LEAST_BETWEEN and float(np.median(clarity.at(between[None]))) >= _IN_VIEW


def _is_in_duct(at_mm: NDArray[np.float64], nipple_mm: NDArray[np.float64] | None) -> bool:
    """Tell whether marks lie along the way to the nipple; where it is not known, whatever has an axis may."""
    middle = at_mm.mean(axis=0)
    axis = np.linalg.svd(at_mm - middle, full_matrices=False)[2][0]
    return may_be_duct(nipple_mm, middle, axis, where_unknown=True)
