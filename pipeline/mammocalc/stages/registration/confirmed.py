"""Which pairs are believed: those that lie where all others expect them, and are likelier than what chance offers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.spatial import KDTree

from mammocalc.stages.registration.expected import expect
from mammocalc.stages.registration.local_map import nearness
from mammocalc.stages.registration.votes import narrow_likeness

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mammocalc.stages.registration.guide import Guide

MOST_SPREADS: Final = 3.0
AROUND_MM: Final = 15.0
"""How many calcifications lie that near tells how many are as alike by chance; and how many of these are joined, how
likely one has a partner at all."""
SURE_ODDS: Final = 1.0
SURE_ODDS_ON_TISSUE: Final = 1.5
"""So many times likelier than chance, with the share that is joined around it, a pair has to be."""
USUAL_SHARE_AS: Final = 1.0
SHARES: Final = (0.02, 0.95)
LEAST_SCATTER: Final = 0.12
ROUNDS: Final = 6


def confirmed(
    pairs: NDArray[np.intp],
    current_mm: NDArray[np.float64],
    prior_mm: NDArray[np.float64],
    log_ratios: NDArray[np.float64],
    guide: Guide | None = None,
) -> NDArray[np.intp]:
    """
    Keep the pairs that the others confirm.

    One that drifted by itself onto whatever lay nearest is no evidence. Each has to lie where the others alone expect
    it, its neighbours more than the rest, as near as these themselves scatter: in a direction, for the breast rolls.
    Where most are joined one is believed sooner than where few are: of two breasts few are, and these by chance.

    Parameters
    ----------
    pairs : ndarray of int, shape (k, 2)
    current_mm, prior_mm : ndarray of float64, shape (n, 2) and (m, 2)
        Places, laid over each other as far as is known.
    log_ratios : ndarray of float64, shape (l, n, m)
        Logarithms of the ratios of traits, each with each.
    guide : Guide or None
        Where the places are those of the tissue.

    Returns
    -------
    ndarray of int, shape (k or fewer, 2)
    """
    on_tissue = guide is not None
    odds = guide.odds if guide is not None else np.ones(log_ratios.shape[1:])
    sure = SURE_ODDS_ON_TISSUE if on_tissue else SURE_ODDS
    for left in reversed(range(ROUNDS)):
        if len(pairs) < (1 if on_tissue else 2):
            return pairs[:0]
        ones, others = pairs.T
        here, there = current_mm[ones], prior_mm[others]
        expected, spread = expect(there, there, here, on_tissue=on_tissue, without_self=True)
        off2 = np.einsum("ni,nij,nj->n", here - expected, np.linalg.inv(spread), here - expected)
        density = np.exp(-0.5 * off2) / (2 * np.pi * np.sqrt(np.linalg.det(spread)))
        alike = odds * np.prod([_alike(ratio, ratio[ones, others]) for ratio in log_ratios], axis=0)
        around = KDTree(current_mm).query_ball_point(here, AROUND_MM, return_length=True) / (np.pi * AROUND_MM**2)
        own = alike[ones, others]
        strangers = around * (alike[:, others].sum(axis=0) - own) / len(current_mm)
        share = _share_joined(here, there, current_mm, prior_mm)
        ratio = own * density / np.maximum(strangers, 1e-9) * share / (1 - share)
        fails = np.flatnonzero((ratio < sure) | (off2 > MOST_SPREADS**2))
        if not len(fails):
            break
        # What the worst have said of the others is taken back before these are judged.
        worst = fails[np.argsort(ratio[fails], kind="stable")][: (len(fails) + 1) // 2 if left else None]
        pairs = np.delete(pairs, worst, axis=0)
    return pairs


def _share_joined(
    here: NDArray[np.float64],
    there: NDArray[np.float64],
    current_mm: NDArray[np.float64],
    prior_mm: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Give the share of the calcifications around each pair that are joined, of the date that has fewer there."""
    usual = len(here) / min(len(current_mm), len(prior_mm))
    joined = nearness(here, here, AROUND_MM).sum(axis=1) - 1
    ours, theirs = (
        nearness(at, all_mm, AROUND_MM).sum(axis=1) - 1 for at, all_mm in ((here, current_mm), (there, prior_mm))
    )
    share = (joined + USUAL_SHARE_AS * usual) / (np.minimum(ours, theirs) + USUAL_SHARE_AS)
    return np.asarray(np.clip(share, *SHARES))


def _alike(log_ratio: NDArray[np.float64], joined: NDArray[np.float64]) -> NDArray[np.float64]:
    """Weigh how alike a trait is, by what holds for the joined pairs and by how far these scatter."""
    shift = float(np.median(joined))
    scatter = max(1.4826 * float(np.median(np.abs(joined - shift))), LEAST_SCATTER)
    return narrow_likeness(log_ratio, shift, scatter)
