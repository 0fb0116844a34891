"""Morphology of a cluster, from the shares of its members."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.sparse.csgraph import minimum_spanning_tree
from scipy.spatial.distance import cdist

from mammocalc.vocabulary.lexicon import Flag, Morphology, View

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from mammocalc.model import Calcification, MorphologyCall
    from mammocalc.stages.morphology.settings import MorphologySettings
    from mammocalc.vocabulary.geometry import PixelSpacing

_LONGEST = 400
"""Spanning trees are drawn through at most so many members; the number of pairs grows with the square."""

_LINEAR = (Morphology.FINE_LINEAR,)
_ROUND = (Morphology.ROUND, Morphology.PUNCTATE)
_AMORPHOUS = (Morphology.AMORPHOUS,)

_GROUP_MIN_PATH_SHARE: Final = 0.6
"""Branching: the longest path through the spanning tree takes at least this share of it; in a crowd less."""


def describe_cluster(
    members: Sequence[Calcification], spacing: PixelSpacing, view: View, settings: MorphologySettings
) -> dict[str, float]:
    """
    Count what the members of a cluster look like.

    Shares are those of the members with an assessable shape, each counted
    with its probabilities rather than its label alone; but of all members
    where a shape is not needed.

    Parameters
    ----------
    members : sequence of Calcification
        At least one, with their ``morphology``.
    spacing : PixelSpacing
        Size of a pixel.
    view : View
        Of the image.
    settings : MorphologySettings
        Limits.

    Returns
    -------
    dict of str to float
        The quantities of the table for clusters, the counts, and the spread
        of sizes and contrasts (standard deviations of natural logarithms).
    """
    calls = [(c, c.morphology) for c in members if c.morphology is not None]
    shaped = [(c, call) for c, call in calls if call.label is not Morphology.NOT_ASSESSABLE]
    diameters = np.array([c.diameter_mm or 0.0 for c, _ in shaped])
    linear_share = _share(_LINEAR, (call for _, call in shaped))
    in_axilla = sum(Flag.IN_PECTORAL in c.flags for c in members) if view is View.MLO else 0
    return {
        "count": float(len(members)),
        "assessable_count": float(len(shaped)),
        "linear_share": linear_share,
        "linear_count": linear_share * len(shaped),
        "round_share": _share(_ROUND, (call for _, call in shaped)),
        "amorphous_share": _share(_AMORPHOUS, (call for _, call in shaped)),
        "coarse_share": sum((c.diameter_mm or 0.0) >= settings.fine_max_mm for c in members) / len(members),
        "axilla_share": in_axilla / len(members),
        "branches": float(_branches(members, spacing)),
        "median_diameter_mm": float(np.median(diameters)) if len(diameters) else 0.0,
        "diameter_spread": _spread(diameters),
        "contrast_spread": _spread(np.array([c.contrast_to_noise for c, _ in shaped])),
    }


def _share(kinds: Iterable[Morphology], calls: Iterable[MorphologyCall]) -> float:
    shares = [sum(call.probabilities.get(kind, 0.0) for kind in kinds) for call in calls]
    return float(np.mean(shares)) if shares else 0.0


def _spread(values: NDArray[np.float64]) -> float:
    positive = values[values > 0]
    return float(np.log(positive).std()) if len(positive) > 1 else 0.0


def _branches(members: Sequence[Calcification], spacing: PixelSpacing) -> int:
    """
    Count the members at which a chain parts into arms of at least two members each.

    0 where the longest path takes too little of the minimum spanning tree for
    a chain: every crowd has branches.
    """
    if not 7 <= len(members) <= _LONGEST:  # a branching point and three arms of two
        return 0
    points = spacing.to_mm(np.array([(c.row_px, c.column_px) for c in members]))
    tree = minimum_spanning_tree(np.triu(cdist(points, points))).tocoo()  # each pair once
    near: list[list[tuple[int, float]]] = [[] for _ in members]
    for one, other, gap in zip(tree.row.tolist(), tree.col.tolist(), tree.data.tolist(), strict=True):
        near[one].append((other, gap))
        near[other].append((one, gap))
    far, _ = _farthest(near, 0)
    _, longest = _farthest(near, far)
    if longest < _GROUP_MIN_PATH_SHARE * float(tree.data.sum()):
        return 0
    return sum(sum(len(near[other]) > 1 for other, _ in neighbours) >= 3 for neighbours in near)


def _farthest(near: list[list[tuple[int, float]]], start: int) -> tuple[int, float]:
    """Give the member at the end of the longest path from one, and that path's length."""
    best, waiting = (start, 0.0), [(start, -1, 0.0)]
    while waiting:
        at, before, way = waiting.pop()
        best = max(best, (at, way), key=lambda item: item[1])
        waiting += [(other, at, way + gap) for other, gap in near[at] if other != before]
    return best
