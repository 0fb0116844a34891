"""Calcifications that are joined to none, and of which the other image has far too few to be what they were."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.spatial.distance import cdist

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mammocalc.analysis.comparison.one_sided import OneSided

REGION_MM: Final = 18.0
"""A place that is known by the landmarks alone may lie that far off: the error of regional registration, 8.5 +- 6.2 mm
(Hadjiiski, 2003), in 19 of 20."""
LEAST_KNOWN: Final = 2
LEAST_UNKNOWN: Final = 5
"""So many make a surplus where their place is known, and where it is not: one alone is rather one that was missed."""
MOST_LEFT: Final = 0.4
"""So many of the other image, of those here, may be left over: then more than nine of ten that are new are so."""
MOST_LEFT_OF_GONE: Final = 0.2
"""Calcifications seldom vanish: on two dates of patients what is missing is mostly one that was not found again."""
MOST_BEYOND: Final = 0.05
MOST_HIDDEN_KNOWN: Final = 0.25
MOST_HIDDEN_UNKNOWN: Final = 0.05
"""What lies beyond the image, or is hidden, of the region may be what is looked for. Air counts as hidden."""
SURE_CONTRAST: Final = 7.5
"""Contrast, in standard deviations of the noise, that is not overlooked (the reference's limit for a new one)."""
LIKE_SCORE: Final = 0.3
SEEN_CONTRAST: Final = 0.5
"""Something may be a calcification if it looks like one, and has half the contrast that would be expected."""


@dataclass(frozen=True, slots=True, eq=False)
class Surplus:
    """
    What is left over around each calcification that is joined to none, here and in the other image.

    Attributes
    ----------
    ours : ndarray of int, shape (n,)
        Of those joined to none, so many lie in its region that the other image would not overlook.
    theirs : ndarray of float64, shape (n,)
        Sum of the scores of all in the region of the other image that are reported, or may be a calcification.
    hidden : ndarray of float64, shape (n,)
        Share of that region that something hides: it may hold as large a share of those here.
    is_enough, is_shown : ndarray of bool, shape (n,)
        Whether these are enough to tell, and whether the other image shows that region.
    most_left : float
        Share of ours that the other image may have.
    """

    ours: NDArray[np.intp]
    theirs: NDArray[np.float64]
    hidden: NDArray[np.float64]
    is_enough: NDArray[np.bool_]
    is_shown: NDArray[np.bool_]
    most_left: float

    @property
    def is_new(self) -> NDArray[np.bool_]:
        """Whether each is new, or gone: the other image cannot hold what they all were, shape (n,)."""
        return self.is_shown & self.is_enough & (self.theirs + self.hidden * self.ours <= self.most_left * self.ours)


def count_surplus(side: OneSided) -> Surplus:
    """
    Count what is left over in the region around each calcification that is joined to none.

    Parameters
    ----------
    side : OneSided

    Returns
    -------
    Surplus
        In the order of ``side.index``.
    """
    own_mm, expected, others = side.here.points_mm[side.index], side.expected_contrast, side.unexplained
    # Those that a box or an implant of the other image hides, or that lie beyond it, are no surplus of what it shows.
    would_show = (expected >= SURE_CONTRAST) & ~side.is_hidden & side.there.shows(side.place_mm, 0.0)
    ours = ((cdist(own_mm, own_mm) <= REGION_MM) & would_show).sum(axis=1)
    bright = others.contrast >= SEEN_CONTRAST * expected[:, None]
    like = (others.score >= 1.0) | ((others.score >= LIKE_SCORE) & bright)
    theirs = ((cdist(side.place_mm, others.places_mm) <= REGION_MM) & like) @ others.score
    is_known = np.isfinite(side.off_mm)
    hidden, beyond = side.unseen_within(REGION_MM)
    return Surplus(
        ours=ours,
        theirs=theirs,
        hidden=hidden,
        is_enough=ours >= np.where(is_known, LEAST_KNOWN, LEAST_UNKNOWN),
        is_shown=~side.is_hidden
        & (beyond <= MOST_BEYOND)
        & (hidden <= np.where(is_known, MOST_HIDDEN_KNOWN, MOST_HIDDEN_UNKNOWN)),
        most_left=MOST_LEFT if side.of_current else MOST_LEFT_OF_GONE,
    )
