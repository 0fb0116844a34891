"""With or without calcifications: ranking images, and marks on those without."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mammocalc.evaluation.bootstrap import Bootstrap, Figure


@dataclass(frozen=True, slots=True, eq=False)
class Roc:
    """
    A ROC curve.

    Attributes
    ----------
    threshold, false_share, found_share : ndarray of float64, shape (k,)
        From the strictest threshold (inf: nothing) to the loosest.
    area : Figure
    """

    threshold: NDArray[np.float64]
    false_share: NDArray[np.float64]
    found_share: NDArray[np.float64]
    area: Figure


def draw_roc(
    scores: NDArray[np.float64], has: NDArray[np.bool_], cases: NDArray[np.intp], bootstrap: Bootstrap
) -> Roc | None:
    """
    Draw a ROC curve, with its area and the area's interval.

    Parameters
    ----------
    scores : ndarray of float64, shape (n,)
        Larger is surer; -inf for images that were not analysed.
    has : ndarray of bool, shape (n,)
        Which ones are with.
    cases : ndarray of intp, shape (n,)
        The case of each image.
    bootstrap : Bootstrap

    Returns
    -------
    Roc or None
        None where one of the two kinds is absent.

    Notes
    -----
    The area is the share of pairs (one with, one without) that are in the
    right order, ties counting half (Mann and Whitney).
    """
    if not has.any() or has.all():
        return None
    values, rank = np.unique(scores, return_inverse=True)
    units = bootstrap.unit_of_case[cases]

    def area(weights: NDArray[np.float64]) -> float:
        with_ = np.bincount(rank, weights * has, len(values))
        without = np.bincount(rank, weights * ~has, len(values))
        pairs = with_.sum() * without.sum()
        below = np.cumsum(without) - without
        return float((with_ * (below + without / 2)).sum() / pairs) if pairs else np.nan

    drawn = np.array([area(weights[units]) for weights in bootstrap.weights])
    found = np.bincount(rank, has, len(values))[::-1].cumsum() / has.sum()
    false = np.bincount(rank, ~has, len(values))[::-1].cumsum() / (~has).sum()
    return Roc(
        threshold=np.concatenate([[np.inf], values[::-1]]),
        false_share=np.concatenate([[0.0], false]),
        found_share=np.concatenate([[0.0], found]),
        area=bootstrap.figure(area(np.ones(len(scores))), drawn, len(scores)),
    )


def marks_where_so_many_are_found(
    best: NDArray[np.float64], scores: Sequence[NDArray[np.float64]], has: NDArray[np.bool_], share: float
) -> tuple[float, float, float]:
    """
    Lower the threshold until a share of the images with calcifications has one mark, and count marks on the others.

    Parameters
    ----------
    best : ndarray of float64, shape (n,)
        Highest score of each image; -inf without marks.
    scores : sequence of ndarray
        Scores of the marks of each image.
    has : ndarray of bool, shape (n,)
    share : float
        As 0.9.

    Returns
    -------
    tuple of float
        Threshold, and mean and median number of marks on images without; nan
        where the share is never reached or a kind is absent.
    """
    if not has.any() or has.all():
        return np.nan, np.nan, np.nan
    ranked = np.sort(best[has])[::-1]
    threshold = float(ranked[int(np.ceil(share * len(ranked) - 1e-9)) - 1])
    if not np.isfinite(threshold):
        return np.nan, np.nan, np.nan
    counts = [(scores[i] >= threshold).sum() for i in np.flatnonzero(~has).tolist()]
    return threshold, float(np.mean(counts)), float(np.median(counts))
