"""Votes for a shift: the one that moves most of a few points onto others of the same size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.spatial import KDTree

if TYPE_CHECKING:
    from numpy.typing import NDArray

TOLERANCE_MM: Final = 1.2
"""Two shifts that differ by less vote for each other: what is left of a group's own deformation."""
VOTE_SD_MM: Final = 0.7
"""A vote weighs less with its distance from the shift that it speaks for."""
ALIKE_LOG_SD: Final = 0.4
"""Spread of the logarithm of a trait of one calcification on two dates (diameters of INbreast, pixels of 0.14 mm)."""
CHANGED_SHARE: Final = 0.05
CHANGED_LOG_SD: Final = 0.6
"""Some have truly grown, or are shown otherwise: to twice the diameter at most."""
MOST_SHIFTS: Final = 20_000
"""Of more pairs those with the most alike diameters vote."""
PEAKS: Final = 6
"""Shifts that are kept: of six the right one is nearly always among them."""


@dataclass(frozen=True, slots=True)
class Vote:
    """
    One outcome of a vote.

    Attributes
    ----------
    shift_mm : tuple of float
        Down and across: to be added to points of the prior.
    score : float
        How many points it carries, each counted once and weighed.
    chance : float
        What chance reaches here: the score of the first shift that is not listed any more.
    """

    shift_mm: tuple[float, float]
    score: float
    chance: float


def likeness(log_ratios: NDArray[np.float64]) -> NDArray[np.float64]:
    """
    Weigh how alike two sets of calcifications are, each with each.

    Parameters
    ----------
    log_ratios : ndarray of float64, shape (k, n, m)
        Logarithms of the ratios of their traits.

    Returns
    -------
    ndarray of float64, shape (n, m)
        1 for equal ones, falling to 0.
    """
    return np.asarray(np.exp(-0.25 * (log_ratios**2).sum(axis=0) / ALIKE_LOG_SD**2))


def narrow_likeness(log_ratio: NDArray[np.float64], shift: float, scatter: float) -> NDArray[np.float64]:
    """
    Weigh how alike a trait is, where it is known how it differs between the two dates.

    Parameters
    ----------
    log_ratio : ndarray of float64
    shift, scatter : float
        Median and spread of the logarithms of joined pairs.

    Returns
    -------
    ndarray of float64, same shape
        1 for what all do, falling to 0; a few may have changed, so that none is excluded at once.
    """
    off = log_ratio - shift
    return np.asarray(np.exp(-0.5 * (off / scatter) ** 2) + CHANGED_SHARE * np.exp(-0.5 * (off / CHANGED_LOG_SD) ** 2))


def vote(
    current_mm: NDArray[np.float64],
    prior_mm: NDArray[np.float64],
    alike: NDArray[np.float64],
    centre_mm: NDArray[np.float64],
    reach_mm: float,
) -> tuple[Vote, ...]:
    """
    Find the shifts that carry most points of the prior onto points of the current image.

    Parameters
    ----------
    current_mm, prior_mm : ndarray of float64, shape (n, 2) and (m, 2)
    alike : ndarray of float64, shape (n, m)
        As `likeness` gives it.
    centre_mm : ndarray of float64, shape (2,)
        Around which shift is looked.
    reach_mm : float
        How far.

    Returns
    -------
    tuple of Vote
        The best first, at most `PEAKS`, each more than twice `TOLERANCE_MM` from those before. Empty where no two
        points are within reach.
    """
    shifts = current_mm[:, None] - prior_mm[None]
    ones, others = np.nonzero(np.hypot(*np.moveaxis(shifts - centre_mm, -1, 0)) <= reach_mm)
    if not len(ones):
        return ()
    if len(ones) > MOST_SHIFTS:
        most = np.argsort(-alike[ones, others], kind="stable")[:MOST_SHIFTS]
        ones, others = ones[most], others[most]
    there, weights = shifts[ones, others], alike[ones, others]
    pairs = KDTree(there).query_pairs(TOLERANCE_MM, output_type="ndarray")
    own = np.arange(len(there))
    asked = np.concatenate([own, pairs[:, 0], pairs[:, 1]])
    voting = np.concatenate([own, pairs[:, 1], pairs[:, 0]])
    value = weights[voting] * np.exp(-0.5 * ((there[asked] - there[voting]) ** 2).sum(axis=1) / VOTE_SD_MM**2)
    carried = np.minimum(  # on either side each point votes once
        _once(asked, ones[voting], value, len(there)), _once(asked, others[voting], value, len(there))
    )
    best: list[int] = []
    for index in np.argsort(-carried, kind="stable").tolist():
        if all(np.hypot(*(there[index] - there[other])) > 2 * TOLERANCE_MM for other in best):
            best.append(index)
        if len(best) > PEAKS:
            break
    chance = float(carried[best[PEAKS]]) if len(best) > PEAKS else 0.0
    return tuple(Vote(_middle(there, weights, there[k]), float(carried[k]), chance) for k in best[:PEAKS])


def _once(
    asked: NDArray[np.intp], voter: NDArray[np.intp], value: NDArray[np.float64], count: int
) -> NDArray[np.float64]:
    """Sum the best vote of each voter for each shift that is asked about."""
    order = np.lexsort((-value, voter, asked))
    asked, voter, value = asked[order], voter[order], value[order]
    is_best = np.concatenate([[True], (asked[1:] != asked[:-1]) | (voter[1:] != voter[:-1])])
    return np.bincount(asked[is_best], value[is_best], minlength=count).astype(np.float64)


def _middle(there: NDArray[np.float64], weights: NDArray[np.float64], peak: NDArray[np.float64]) -> tuple[float, float]:
    """Give the middle of those that voted: it lies nearer to the truth than any one of them."""
    near = np.hypot(*(there - peak).T) <= TOLERANCE_MM
    down, across = np.average(there[near], axis=0, weights=weights[near] + 1e-9)
    return float(down), float(across)
