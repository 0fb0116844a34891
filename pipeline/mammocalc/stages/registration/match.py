"""Matching of the calcifications of two dates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.spatial import KDTree

from mammocalc.stages.registration.agreement import AT_FIRST, EXPECTED, ON_TISSUE, Shift, agree, expect
from mammocalc.stages.registration.assignment import assign
from mammocalc.stages.registration.confirmed import confirmed
from mammocalc.stages.registration.drift import drift, settle_stiffly
from mammocalc.stages.registration.local_map import local_map
from mammocalc.stages.registration.votes import likeness, vote
from mammocalc.stages.registration.windows import cut_windows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mammocalc.stages.registration.guide import Guide
    from mammocalc.stages.registration.votes import Vote

REACH_MM: Final = 25.0
"""How far nipple and chest wall may mislead: three times the error of regional registration (Hadjiiski, 2003)."""
BLEND_MM: Final = 4.0
HELD_MM: Final = np.inf
FADING_MM: Final = 15.0
"""How far what a window says holds: everywhere where nothing else is known, else until the tissue knows better."""
LEAST_PER_MM2: Final = 0.02
"""Least density with which the partner of a pair was expected where it is."""


@dataclass(frozen=True, slots=True, eq=False)
class Matching:
    """
    What was joined.

    Attributes
    ----------
    pairs : ndarray of int, shape (k, 2)
        Indices into the current points and those of the prior, by the former. Empty where nothing could be laid over.
    residual_mm : float or None
        Median distance of the joined after the map was fitted to the others around them; None for fewer than two.
    evidence : float
        How much likelier all pairs are together than the faintest that is joined, in natural logarithms: a few near
        pairs say more than many that are only just within reach.
    """

    pairs: NDArray[np.intp]
    residual_mm: float | None
    evidence: float


def match_points(
    current_mm: NDArray[np.float64],
    prior_mm: NDArray[np.float64],
    current_traits: NDArray[np.float64],
    prior_traits: NDArray[np.float64],
    guide: Guide | None = None,
) -> Matching:
    """
    Join the calcifications of two dates one to one, as far as these can be told.

    Groups and windows of neighbours vote for a shift, by where they find points that are alike; the shifts that
    neighbouring windows agree on are believed. From there all points drift, each as its neighbours do (on tissue first
    as all around it do), and are then assigned one to one, or stay alone.

    Parameters
    ----------
    current_mm, prior_mm : ndarray of float64, shape (n, 2) and (m, 2)
        Places (down, across) in the frame of the current image; see `mammocalc.stages.registration.frame`.
    current_traits, prior_traits : ndarray of float64, shape (n, k) and (m, k)
        What tells calcifications apart: positive numbers such as diameter and contrast, whose ratios scatter alike.
    guide : Guide or None
        Where the places are those of the tissue: how far these may be off, and which pairs look alike. Then one that
        has no neighbours is joined as well.

    Returns
    -------
    Matching
        The same for every order of the points but for ties.
    """
    nothing = Matching(np.zeros((0, 2), np.intp), None, 0.0)
    if min(len(current_mm), len(prior_mm)) < (2 if guide is None else 1):
        return nothing
    log_ratios = np.log(current_traits).T[:, :, None] - np.log(prior_traits).T[:, None]
    alike, odds = likeness(log_ratios), np.ones(log_ratios.shape[1:])
    if guide is not None:
        alike, odds = alike * guide.in_votes, guide.odds
    shifts = _find_shifts(current_mm, prior_mm, alike, None if guide is None else guide.reach_mm)
    if not shifts and guide is None:
        return nothing
    start = _start(prior_mm, shifts, HELD_MM if guide is None else FADING_MM)
    if guide is not None:
        start = settle_stiffly(current_mm, prior_mm, log_ratios, odds, start)
    expected = drift(current_mm, prior_mm, log_ratios, odds, start)
    over_least = np.log(np.maximum(expected, 1e-300) / LEAST_PER_MM2)
    pairs = confirmed(assign(-over_least, 0.0), current_mm, prior_mm, log_ratios, guide)
    evidence = float(over_least[pairs[:, 0], pairs[:, 1]].sum())
    return Matching(pairs, residual_mm(current_mm[pairs[:, 0]], prior_mm[pairs[:, 1]]), evidence)


def _find_shifts(
    current_mm: NDArray[np.float64],
    prior_mm: NDArray[np.float64],
    alike: NDArray[np.float64],
    tissue_reach_mm: float | None,
) -> list[Shift]:
    windows = cut_windows(current_mm)
    if not windows:
        return []
    middles = np.array([current_mm[window].mean(axis=0) for window in windows])
    tree = KDTree(prior_mm)

    def ask(number: int, centre_mm: NDArray[np.float64], reach_mm: float) -> tuple[Vote, ...]:
        own = current_mm[windows[number]]
        radius = float(np.hypot(*(own - middles[number]).T).max())
        near = np.array(sorted(tree.query_ball_point(middles[number] - centre_mm, reach_mm + radius)), np.intp)
        return vote(own, prior_mm[near], alike[np.ix_(windows[number], near)], centre_mm, reach_mm)

    sizes = np.array([len(window) for window in windows])
    at_first, later = (AT_FIRST, EXPECTED) if tissue_reach_mm is None else (ON_TISSUE, ON_TISSUE)
    first = [ask(number, np.zeros(2), tissue_reach_mm or REACH_MM) for number in range(len(windows))]
    kept = agree(middles, sizes, first, at_first)
    if not kept:
        return []
    apart = np.array([[np.hypot(*(middle - item.middle_mm)) for item in kept] for middle in middles]).min(axis=1)
    done = {item.window for item in kept}
    for number in np.argsort(apart, kind="stable").tolist():
        if number in done:
            continue
        # One that was not believed at first may be, near the shift that those around it let expect.
        votes = ask(number, *expect(middles[number], kept))
        if not votes or votes[0].score < max(later.score, later.share * sizes[number]):
            continue
        if len(votes) == 1 or votes[0].score >= later.lead * votes[1].score:
            kept.append(Shift(number, middles[number], np.array(votes[0].shift_mm)))
    return kept


def _start(prior_mm: NDArray[np.float64], shifts: list[Shift], fading_mm: float) -> NDArray[np.float64]:
    """Shift each point as the windows do in whose place it lies, or the nearest, and less with its distance."""
    if not shifts:
        return prior_mm
    by = np.array([item.shift_mm for item in shifts])
    places = np.array([item.middle_mm for item in shifts]) - by
    apart2 = ((prior_mm[:, None] - places[None]) ** 2).sum(axis=2)
    weights = np.exp(-0.5 * (apart2 - apart2.min(axis=1, keepdims=True)) / BLEND_MM**2)
    faded = np.exp(-0.5 * apart2.min(axis=1, keepdims=True) / fading_mm**2)
    return np.asarray(prior_mm + faded * (weights @ by) / weights.sum(axis=1, keepdims=True))


def residual_mm(to_mm: NDArray[np.float64], from_mm: NDArray[np.float64]) -> float | None:
    """
    Give how far joined pairs are apart after a map was fitted to those around them.

    Parameters
    ----------
    to_mm, from_mm : ndarray of float64, shape (k, 2)

    Returns
    -------
    float or None
        Median; None for fewer than two.
    """
    if len(to_mm) < 2:
        return None
    return float(np.median(np.hypot(*(local_map(from_mm, from_mm, to_mm) - to_mm).T)))
