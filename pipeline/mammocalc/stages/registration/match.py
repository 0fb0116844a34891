"""Calcifications of two dates: which is which."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.spatial import KDTree

from mammocalc.stages.registration.agreement import Shift, agree, expect
from mammocalc.stages.registration.assignment import assign
from mammocalc.stages.registration.drift import drift
from mammocalc.stages.registration.local_map import leave_one_out, local_map
from mammocalc.stages.registration.votes import likeness, narrow_likeness, vote
from mammocalc.stages.registration.windows import cut_windows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mammocalc.stages.registration.guide import Guide
    from mammocalc.stages.registration.votes import Vote

REACH_MM: Final = 25.0
"""How far nipple and chest wall may mislead: three times the error of regional registration (Hadjiiski, 2003)."""
SECOND_SCORE: Final = 1.7
SECOND_LEAD: Final = 1.25
SECOND_SHARE: Final = 0.25
"""A window that was not believed at first may be, near the shift that those around it let expect."""
OFF_MM: Final = 0.8
OFF_PER_MM: Final = 0.3
"""How far a pair lies from where its neighbours expect it, and how much more for each millimetre that they are away."""
FAR_MM: Final = 30.0
AROUND_MM: Final = 15.0
SURE_ODDS: Final = 0.5
"""So many times likelier than one that is as alike by chance a pair has to be: 4 would join a quarter less."""
LEAST_SCATTER: Final = 0.12
CONFIRMED_ROUNDS: Final = 4
BLEND_MM: Final = 4.0
HELD_MM: Final = np.inf
FADING_MM: Final = 15.0
"""How far what a window says holds: everywhere where nothing else is known, else until the tissue knows better."""
ALONE_MM: Final = 8.0
"""Farther from all others a pair is where its tissue is, not where they are."""
SURE_ODDS_ON_TISSUE: Final = 2.0
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
    neighbouring windows agree on are believed. From there all points drift, each as its neighbours do, and are then
    assigned one to one, or stay alone.

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
    shifts = _find_shifts(current_mm, prior_mm, alike, REACH_MM if guide is None else guide.reach_mm)
    if not shifts and guide is None:
        return nothing
    start = _start(prior_mm, shifts, HELD_MM if guide is None else FADING_MM)
    expected = drift(current_mm, prior_mm, log_ratios, odds, start)
    over_least = np.log(np.maximum(expected, 1e-300) / LEAST_PER_MM2)
    pairs = confirmed(assign(-over_least, 0.0), current_mm, prior_mm, log_ratios, guide)
    evidence = float(over_least[pairs[:, 0], pairs[:, 1]].sum())
    return Matching(pairs, _residual_mm(current_mm[pairs[:, 0]], prior_mm[pairs[:, 1]]), evidence)


def confirmed(
    pairs: NDArray[np.intp],
    current_mm: NDArray[np.float64],
    prior_mm: NDArray[np.float64],
    log_ratios: NDArray[np.float64],
    guide: Guide | None = None,
) -> NDArray[np.intp]:
    """
    Keep the pairs that their neighbours confirm: each lies about where the others alone expect it.

    One that drifted by itself onto whatever lay nearest is no evidence. The farther its neighbours are, the less they
    know, and the more it has to be unlike all others around: a large ring may lie some millimetres off, a speck among
    specks may not. Far from all others its tissue says where it should lie.
    """
    odds, sure = (np.ones(log_ratios.shape[1:]), SURE_ODDS) if guide is None else (guide.odds, SURE_ODDS_ON_TISSUE)
    for _ in range(CONFIRMED_ROUNDS):
        if len(pairs) < (2 if guide is None else 1):
            return pairs[:0]
        ones, others = pairs.T
        there, here = prior_mm[others], current_mm[ones]
        apart_mm = np.full(1, np.inf) if len(pairs) == 1 else KDTree(here).query(here, k=2)[0][:, 1]
        expected_mm = there if len(pairs) == 1 else leave_one_out(there, here)
        sd_mm = OFF_MM + OFF_PER_MM * apart_mm
        if guide is not None:
            by_tissue = apart_mm > ALONE_MM
            expected_mm = np.where(by_tissue[:, None], there, expected_mm)
            sd_mm = np.where(by_tissue, guide.spread_mm, sd_mm)
            apart_mm = np.minimum(apart_mm, ALONE_MM)
        off2 = ((expected_mm - here) ** 2).sum(axis=1)
        alike = odds * np.prod([_alike(ratio, ratio[ones, others]) for ratio in log_ratios], axis=0)
        expected = alike[ones, others] * np.exp(-0.5 * off2 / sd_mm**2) / (2 * np.pi * sd_mm**2)
        around = KDTree(current_mm).query_ball_point(here, AROUND_MM, return_length=True) / (np.pi * AROUND_MM**2)
        strangers = around * (alike[:, others].sum(axis=0) - alike[ones, others]) / len(current_mm)
        keep = (expected >= sure * strangers) & (apart_mm <= FAR_MM) & (off2 <= (3 * sd_mm) ** 2)
        if keep.all():
            break
        pairs = pairs[keep]
    return pairs


def _alike(log_ratio: NDArray[np.float64], joined: NDArray[np.float64]) -> NDArray[np.float64]:
    """Weigh how alike a trait is, by what holds for the joined pairs and by how far these scatter."""
    shift = float(np.median(joined))
    scatter = max(1.4826 * float(np.median(np.abs(joined - shift))), LEAST_SCATTER)
    return narrow_likeness(log_ratio, shift, scatter)


def _find_shifts(
    current_mm: NDArray[np.float64], prior_mm: NDArray[np.float64], alike: NDArray[np.float64], first_reach_mm: float
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
    first = [ask(number, np.zeros(2), first_reach_mm) for number in range(len(windows))]
    kept = agree(middles, sizes, first)
    if not kept:
        return []
    apart = np.array([[np.hypot(*(middle - item.middle_mm)) for item in kept] for middle in middles]).min(axis=1)
    done = {item.window for item in kept}
    for number in np.argsort(apart, kind="stable").tolist():
        if number in done:
            continue
        votes = ask(number, *expect(middles[number], kept))
        if not votes or votes[0].score < max(SECOND_SCORE, SECOND_SHARE * sizes[number]):
            continue
        if len(votes) == 1 or votes[0].score >= SECOND_LEAD * votes[1].score:
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


def _residual_mm(to_mm: NDArray[np.float64], from_mm: NDArray[np.float64]) -> float | None:
    if len(to_mm) < 2:
        return None
    return float(np.median(np.hypot(*(local_map(from_mm, from_mm, to_mm) - to_mm).T)))
