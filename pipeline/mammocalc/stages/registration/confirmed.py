"""Which pairs are believed: those that lie where all others expect them, and are likelier than what chance offers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.spatial import KDTree

from mammocalc.stages.registration.local_map import carry, nearness
from mammocalc.stages.registration.votes import narrow_likeness

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mammocalc.stages.registration.guide import Guide

WIDE_MM: Final = 25.0
"""So far around a pair all others say where it lies; its neighbours say more."""
ALL_AS_NEIGHBOURS: Final = 1.0
"""What all others say weighs as much as so many neighbours."""
ALL_AS_PAIRS: Final = 2.0
"""How far they scatter is known beforehand as from so many pairs."""
NO_SHIFT_AS_PAIRS: Final = 0.5
"""That calcifications lie where their tissue is weighs as much as so many pairs."""
ON_TISSUE_SD_MM: Final = 2.5
ON_LANDMARKS_SD_MM: Final = 4.0
"""How far pairs scatter about what all others do, before any is known: they lie at different depths."""
NEIGHBOURS_SD_MM: Final = 0.6
LEAST_SD_MM: Final = 0.15
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
        off2, density = _expected(here, there, on_tissue=on_tissue)
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


def _expected(
    here: NDArray[np.float64], there: NDArray[np.float64], *, on_tissue: bool
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Tell how far each pair lies from where the others expect it, in squared spreads, and with which density."""
    others = 1 - np.eye(len(here))
    near, wide = (nearness(there, there, width) * others for width in (None, WIDE_MM))
    by_all = there
    if len(here) > 1:
        by_all = carry(there, there, here, wide + 1e-9 * others)
    if on_tissue:
        heard = wide.sum(axis=1, keepdims=True)
        by_all = there + (by_all - there) * heard / (heard + NO_SHIFT_AS_PAIRS)
    count = near.sum(axis=1, keepdims=True)
    trust = count / (count + ALL_AS_NEIGHBOURS)
    expected = by_all
    if len(here) > 1:
        expected = trust * carry(there, there, here, near + 1e-6 * wide + 1e-12 * others) + (1 - trust) * by_all
    first_sd = ON_TISSUE_SD_MM if on_tissue else ON_LANDMARKS_SD_MM
    of_all = _spread(here - by_all, wide, np.eye(2) * first_sd**2)
    held = (1 - trust)[:, :, None] * of_all + trust[:, :, None] * np.eye(2) * NEIGHBOURS_SD_MM**2
    spread = _spread(here - expected, near, held) + np.eye(2) * LEAST_SD_MM**2
    off = here - expected
    off2 = np.einsum("ni,nij,nj->n", off, np.linalg.inv(spread), off)
    return off2, np.exp(-0.5 * off2) / (2 * np.pi * np.sqrt(np.linalg.det(spread)))


def _spread(
    off_mm: NDArray[np.float64], weights: NDArray[np.float64], before: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Give the covariance of what the others are off, and of what is known before; shape (n, 2, 2)."""
    own = off_mm[:, :, None] * off_mm[:, None]
    heard = weights.sum(axis=1)[:, None, None]
    return np.asarray((np.einsum("jk,kxy->jxy", weights, own) + ALL_AS_PAIRS * before) / (heard + ALL_AS_PAIRS))


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
