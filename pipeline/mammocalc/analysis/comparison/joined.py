"""Two images laid over each other: which calcifications are joined, and where the others should lie."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.spatial import KDTree

from mammocalc.model.comparison import Registration, RegistrationKind
from mammocalc.stages.registration import FrameMap, lay_over, local_map, match_points

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from mammocalc.analysis.comparison.laid_out import LaidOut

LEAST_JOINED: Final = 3
OVER_CHANCE: Final = 1.5
"""So many times the evidence of the best mirrored prior has to be there: then 91 % of simulated pairs of one patient
and 5 % of pairs of two patients are compared; 2.5 times one mirrored prior alone took 83 % and 14 %."""
MIRRORED: Final = ((-1.0, 1.0), (1.0, -1.0), (-1.0, -1.0))
"""Along the chest wall, away from it, and both; the first is told."""
NEIGHBOUR_MM: Final = 8.0
LEAST_NEIGHBOURS: Final = 2
"""A place on the other date is known where so many joined calcifications lie that near."""


@dataclass(frozen=True, slots=True, eq=False)
class Joined:
    """
    Two images in one frame.

    Attributes
    ----------
    current, prior : LaidOut
    frame : FrameMap
    pairs : ndarray of int, shape (k, 2)
        Indices of the calcifications; empty where the pair is not comparable.
    registration : Registration
    evidence : float
        Of what was joined, as `match_points` gives it.
    may_be_other_side : bool
        Whether something that was mirrored, or the other side, fits clearly better.
    """

    current: LaidOut
    prior: LaidOut
    frame: FrameMap
    pairs: NDArray[np.intp]
    registration: Registration
    evidence: float = 0.0
    may_be_other_side: bool = False

    @property
    def log_ratios(self) -> NDArray[np.float64]:
        """Logarithms of the ratios of joined diameters, current over prior, shape (k,)."""
        ours, theirs = self.pairs.T
        return np.asarray(np.log(self.current.diameter_mm[ours] / self.prior.diameter_mm[theirs]))

    def expected_in_prior(self, places_mm: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """
        Give where places of the current image lie in the prior, and of which of them that is known by their neighbours.

        Parameters
        ----------
        places_mm : ndarray of float64, shape (n, 2)

        Returns
        -------
        ndarray of float64, shape (n, 2)
            In mm of the prior. By the landmarks alone where nothing is joined.
        ndarray of bool, shape (n,)
        """
        ours, theirs = self._joined_in_frame()
        moved, is_known = _carried(places_mm, ours, theirs)
        return self.frame.to_prior(moved), is_known

    def expected_in_current(self, places_mm: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """Give where places of the prior lie in the current image; as `expected_in_prior`."""
        ours, theirs = self._joined_in_frame()
        return _carried(self.frame.to_current(places_mm), theirs, ours)

    def _joined_in_frame(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        ours = self.current.points_mm[self.pairs[:, 0]]
        return ours, self.frame.to_current(self.prior.points_mm[self.pairs[:, 1]])


def join(current: LaidOut, prior: LaidOut) -> Joined:
    """
    Lay two images over each other and join their calcifications, held against chance.

    Parameters
    ----------
    current, prior : LaidOut
        Of one view of one breast.

    Returns
    -------
    Joined
    """
    frame = lay_over(current.anatomy, prior.anatomy)
    theirs = frame.to_current(prior.points_mm)
    found = match_points(current.points_mm, theirs, current.traits, prior.traits)
    mirrored = [match_points(current.points_mm, turned, current.traits, prior.traits) for turned in mirror(theirs)]
    smaller = min(len(current.points_mm), len(prior.points_mm))
    joined, by_chance = len(found.pairs), len(mirrored[0].pairs)
    best = max(one.evidence for one in mirrored)
    is_comparable = joined >= LEAST_JOINED and found.evidence >= OVER_CHANCE * best
    mirrored_fits = by_chance >= LEAST_JOINED and best >= OVER_CHANCE * found.evidence
    kind = RegistrationKind.NEIGHBOURS if is_comparable else RegistrationKind.LANDMARKS
    registration = Registration(
        kind=kind,
        axis=str(frame.axis),
        origin=str(frame.origin),
        stretch=frame.ratio,
        joined=joined,
        residual_mm=found.residual_mm,
        matched_share=joined / smaller if smaller else None,
        mirrored_share=by_chance / smaller if smaller else None,
        is_comparable=is_comparable,
        reasons=_reasons(joined, by_chance, smaller, is_comparable=is_comparable, mirrored_fits=mirrored_fits),
    )
    pairs = found.pairs if is_comparable else found.pairs[:0]
    return Joined(current, prior, frame, pairs, registration, found.evidence, mirrored_fits)


def hold_against_other_side(joined: Joined, others: Iterable[LaidOut]) -> Joined:
    """
    Give up a pair of images where the other side on the prior's date fits clearly better.

    Parameters
    ----------
    joined : Joined
    others : iterable of LaidOut
        Of the other side, of the same view on the prior's date.

    Returns
    -------
    Joined
        The same, or one without pairs that is not comparable, and says why.
    """
    current = joined.current
    for other in others:
        theirs = lay_over(current.anatomy, other.anatomy).to_current(other.points_mm)
        found = match_points(current.points_mm, theirs, current.traits, other.traits)
        if len(found.pairs) < LEAST_JOINED or found.evidence < OVER_CHANCE * joined.evidence:
            continue
        rival = join(current, other)
        if rival.registration.is_comparable:
            said = (
                f"the other side on the prior's date fits better ({rival.registration.joined} joined): left and right "
                "may be exchanged on one of the two dates"
            )
            registration = replace(
                joined.registration,
                kind=RegistrationKind.LANDMARKS,
                is_comparable=False,
                reasons=(*joined.registration.reasons[:1], said),
            )
            return replace(joined, pairs=joined.pairs[:0], registration=registration, may_be_other_side=True)
    return joined


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


def _carried(
    places_mm: NDArray[np.float64], from_mm: NDArray[np.float64], to_mm: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    if not len(places_mm) or not len(from_mm):
        return places_mm, np.zeros(len(places_mm), bool)
    near = KDTree(from_mm).query_ball_point(places_mm, NEIGHBOUR_MM, return_length=True)
    return local_map(places_mm, from_mm, to_mm), np.asarray(near) >= LEAST_NEIGHBOURS


def _reasons(joined: int, by_chance: int, smaller: int, *, is_comparable: bool, mirrored_fits: bool) -> tuple[str, ...]:
    if not smaller:
        return ("one of the two images has no calcification, so nothing can be joined",)
    said = f"{joined} of {smaller} joined, and {by_chance} with the prior mirrored along the wall"
    if is_comparable:
        return (said,)
    if mirrored_fits:
        return (said, "the mirrored prior fits better: one of the images may be turned, or of the other side")
    if joined < LEAST_JOINED:
        return (said, f"fewer than {LEAST_JOINED}: the two cannot be laid over each other by their calcifications")
    return (said, f"not {OVER_CHANCE:g} times the evidence of the best mirrored prior: which is which cannot be told")
