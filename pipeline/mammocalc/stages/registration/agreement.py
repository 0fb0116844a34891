"""Agreement of neighbouring windows, which tells which of their shifts are right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from mammocalc.stages.registration.votes import TOLERANCE_MM

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mammocalc.stages.registration.votes import Vote

SLACK_MM: Final = 6.0
SLACK_PER_MM: Final = 0.4
MOST_SLACK_MM: Final = 20.0
"""By how much the shifts of two windows may differ: some at once, more with their distance, and never more."""
FADING_MM: Final = 25.0
"""Windows that are farther apart say less of each other."""
NEIGHBOURS_WEIGHT: Final = 0.7
CHANCE_WEIGHT: Final = 0.9
"""How much of what chance reaches is taken off a score."""
ROUNDS: Final = 4


@dataclass(frozen=True, slots=True)
class Belief:
    """
    What makes a shift believed.

    Attributes
    ----------
    score : float
        At least so much, over chance and with what its neighbours say.
    share : float
        Of its window's points.
    lead : float
        Over another shift.
    """

    score: float
    share: float
    lead: float


AT_FIRST: Final = Belief(2.2, 0.25, 1.15)
EXPECTED: Final = Belief(1.7, 0.25, 1.25)
ON_TISSUE: Final = Belief(1.2, 0.15, 1.3)
"""Of a window at first, of one near the shift that those around it let expect, and of any on tissue, which tells where
to look. Set on simulated patients and the tuning half of INbreast."""


@dataclass(frozen=True, slots=True, eq=False)
class Shift:
    """A believed shift: of which window, where that is, and by how much."""

    window: int
    middle_mm: NDArray[np.float64]
    shift_mm: NDArray[np.float64]


def agree(
    middles_mm: NDArray[np.float64], sizes: NDArray[np.intp], votes: Sequence[Sequence[Vote]], belief: Belief
) -> list[Shift]:
    """
    Choose the shifts that neighbouring windows agree on.

    Parameters
    ----------
    middles_mm : ndarray of float64, shape (n, 2)
        Of the windows.
    sizes : ndarray of int, shape (n,)
        How many points each has.
    votes : sequence of sequence of Vote
        Of each window.
    belief : Belief

    Returns
    -------
    list of Shift
        At most one for each window, the best supported first. Empty where none can be believed.
    """
    listed = [(window, vote) for window, own in enumerate(votes) for vote in own]
    if not listed:
        return []
    window = np.array([number for number, _ in listed])
    score = np.array([vote.score for _, vote in listed])
    own = np.maximum(score - CHANCE_WEIGHT * np.array([vote.chance for _, vote in listed]), 0.0)
    shift = np.array([vote.shift_mm for _, vote in listed])
    support = _supported(own, shift, window, middles_mm)
    kept: list[Shift] = []
    for index in np.argsort(-support, kind="stable").tolist():
        number = int(window[index])
        if support[index] < belief.score:
            break
        if own[index] <= 0 or score[index] < belief.share * sizes[number] or any(k.window == number for k in kept):
            continue
        rivals = (window == number) & (np.hypot(*(shift - shift[index]).T) > 2 * TOLERANCE_MM)
        if support[index] < belief.lead * support[rivals].max(initial=0.0):
            continue
        if kept:
            expected, slack_mm = expect(middles_mm[number], kept)
            if np.hypot(*(shift[index] - expected)) > slack_mm:
                continue
        kept.append(Shift(number, middles_mm[number], shift[index]))
    return kept


def expect(middle_mm: NDArray[np.float64], kept: Sequence[Shift]) -> tuple[NDArray[np.float64], float]:
    """Give the shift that those around a place let expect, and how far it may be off, in mm."""
    apart = np.array([np.hypot(*(middle_mm - item.middle_mm)) for item in kept])
    weights = np.exp(-0.5 * ((apart - apart.min()) / 10.0) ** 2)
    expected = np.average([item.shift_mm for item in kept], axis=0, weights=weights)
    return np.asarray(expected), min(SLACK_MM + SLACK_PER_MM * float(apart.min()), MOST_SLACK_MM)


def _supported(
    own: NDArray[np.float64], shift: NDArray[np.float64], window: NDArray[np.intp], middles_mm: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Add to each score what other windows have for the same shift; who loses in its own window says less and less."""
    apart = np.hypot(*np.moveaxis(middles_mm[window][:, None] - middles_mm[window][None], -1, 0))
    slack = (SLACK_MM + SLACK_PER_MM * apart) / 2
    differ2 = ((shift[:, None] - shift[None]) ** 2).sum(axis=2)
    agreeing = np.exp(-0.5 * differ2 / slack**2 - apart / FADING_MM) * (window[:, None] != window[None])
    said, count = own, len(middles_mm)
    support = own
    for _ in range(ROUNDS):
        best = np.zeros((count, len(own)))
        np.maximum.at(best, window, (agreeing * said[None]).T)
        support = own + NEIGHBOURS_WEIGHT * best.sum(axis=0)
        leader = np.zeros(count)
        np.maximum.at(leader, window, support)
        said = own * (support / np.maximum(leader[window], 1e-9)) ** 2
    return support
