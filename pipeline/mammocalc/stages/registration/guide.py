"""Evidence on pairs of points from two dates beside their places."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

SPREAD_MM: Final = 5.0
"""How far a calcification may lie from where its tissue is (standard deviation along each axis): breasts roll, and what
lies at another depth than most of the tissue moves apart: joined pairs of INbreast by 1.5 to 3.2 mm in the median,
simulated ones by up to 12 in one of ten (docs/evidence/comparison.md)."""
REACH_SPREADS: Final = 3.0
VOTES_AT_ODDS_OF_ONE: Final = 0.65
"""How much a pair counts in votes whose looks say nothing; those that look alike count up to 1, others down to 0.43."""


@dataclass(frozen=True, slots=True, eq=False)
class Guide:
    """
    Tissue that was laid over each other, under the points of two dates.

    Attributes
    ----------
    looks : ndarray of float64, shape (n, m)
        Log odds of each pair by its looks, as `log_odds_of_looks` gives them.
    spread_mm : float
        How far points may lie from where their tissue is (standard deviation).
    """

    looks: NDArray[np.float64]
    spread_mm: float = SPREAD_MM

    @property
    def odds(self) -> NDArray[np.float64]:
        """Of each pair, by its looks."""
        return np.asarray(np.exp(self.looks))

    @property
    def in_votes(self) -> NDArray[np.float64]:
        """Weight of each pair in votes, up to 1."""
        odds = self.odds
        share = odds / (1 + odds)
        return np.asarray(2 * VOTES_AT_ODDS_OF_ONE - 1 + 2 * (1 - VOTES_AT_ODDS_OF_ONE) * share)

    @property
    def reach_mm(self) -> float:
        """How far shifts are looked for."""
        return REACH_SPREADS * self.spread_mm
