"""Layers: calcifications at another depth than most go a way of their own, and are joined after these."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from mammocalc.stages.registration import SPREAD_MM, Guide, Matching, log_odds_of_looks, match_points, residual_mm

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mammocalc.analysis.comparison.laid_out import LaidOut

MOST_LAYERS: Final = 3
LEAST_JOINED: Final = 3
OVER_CHANCE: Final = 1.5
"""What is joined later must be so many, with so many times the evidence of what is left of the best mirrored prior."""
DEEPER_SPREAD_MM: Final = 8.0
"""How far from its tissue a later layer may lie (standard deviation): groups in simulated breasts by up to 20 mm."""
MIRRORED: Final = ((-1.0, 1.0), (1.0, -1.0), (-1.0, -1.0))
"""Along the chest wall, away from it, and both; the first is told."""


def match_in_layers(
    current: LaidOut,
    prior: LaidOut,
    places_mm: NDArray[np.float64],
    crops: tuple[NDArray[np.float32], NDArray[np.float32]],
) -> tuple[Matching, list[Matching]]:
    """
    Join what lies near one another on tissue that was laid over each other, and looks alike; then what is left.

    Parameters
    ----------
    current, prior : LaidOut
    places_mm : ndarray of float64, shape (m, 2)
        Of the prior's calcifications in the frame of the current image, where their tissue is.
    crops : tuple of ndarray of float32, shape (n, k, k) and (m, k, k)
        What surrounds the calcifications of both.

    Returns
    -------
    Matching
        Of all layers.
    list of Matching
        Of the prior mirrored in the ways of `MIRRORED`, held against the first layer.
    """
    ours, theirs = np.arange(len(current.points_mm)), np.arange(len(prior.points_mm))

    def matched(points_mm: NDArray[np.float64], signs: tuple[float, float], spread_mm: float) -> Matching:
        here = current.points_mm[ours]
        turned = crops[1][theirs][:, :: int(signs[0]), :: int(signs[1])]
        looks = log_odds_of_looks(crops[0][ours], turned, here, points_mm)
        return match_points(here, points_mm, current.traits[ours], prior.traits[theirs], Guide(looks, spread_mm))

    def by_chance(spread_mm: float) -> list[Matching]:
        turned = zip(mirror(places_mm[theirs]), MIRRORED, strict=True)
        return [matched(points_mm, signs, spread_mm) for points_mm, signs in turned]

    whole, mirrored = matched(places_mm, (1.0, 1.0), SPREAD_MM), by_chance(SPREAD_MM)
    for _ in range(MOST_LAYERS - 1):
        ours = np.setdiff1d(np.arange(len(current.points_mm)), whole.pairs[:, 0])
        theirs = np.setdiff1d(np.arange(len(prior.points_mm)), whole.pairs[:, 1])
        if min(len(ours), len(theirs)) < LEAST_JOINED:
            break
        more = matched(places_mm[theirs], (1.0, 1.0), DEEPER_SPREAD_MM)
        if len(more.pairs) < LEAST_JOINED:
            break
        if more.evidence < OVER_CHANCE * max(one.evidence for one in by_chance(DEEPER_SPREAD_MM)):
            break
        later = np.stack([ours[more.pairs[:, 0]], theirs[more.pairs[:, 1]]], axis=1)
        pairs = np.concatenate([whole.pairs, later])
        pairs = pairs[np.argsort(pairs[:, 0])]
        residual = residual_mm(current.points_mm[pairs[:, 0]], places_mm[pairs[:, 1]])
        whole = Matching(pairs, residual, whole.evidence + more.evidence)
    return whole, mirrored


def mirror(points_mm: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """
    Mirror points about the middle of their box, so that they stay where they were as a whole.

    Parameters
    ----------
    points_mm : ndarray of float64, shape (n, 2)

    Returns
    -------
    list of ndarray of float64, shape (n, 2)
        In the ways of `MIRRORED`.
    """
    if not len(points_mm):
        return [points_mm] * len(MIRRORED)
    middle = (points_mm.min(axis=0) + points_mm.max(axis=0)) / 2
    return [(points_mm - middle) * signs + middle for signs in MIRRORED]
