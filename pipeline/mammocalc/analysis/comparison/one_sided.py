"""Calcifications of one date that are joined to none, and what is known of their places on the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from mammocalc.stages.registration import detail_at
from mammocalc.vocabulary.changes import Change

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mammocalc.analysis.comparison.joined import Joined
    from mammocalc.analysis.comparison.laid_out import LaidOut
    from mammocalc.analysis.comparison.sight import Sight
    from mammocalc.stages.registration import TissueImage

ENOUGH_FOR_RATIO: Final = 3
EXPLAINED_MM: Final = 0.5
"""What stands out so near to a joined calcification is that one."""
LEAST_DETAIL: Final = 0.3
"""Tissue with less of a breast's usual detail is hidden or saturated. None of 15 images of INbreast has less than 0.35
anywhere; black boxes and saturated regions have 0 to 0.1."""
STEP_MM: Final = 3.0


@dataclass(frozen=True, slots=True, eq=False)
class Unexplained:
    """
    What stands out in an image and is no joined calcification.

    Attributes
    ----------
    places_mm : ndarray of float64, shape (n, 2)
    contrast, score : ndarray of float64, shape (n,)
        Reported ones have the score 1. Without a second look these are all.
    """

    places_mm: NDArray[np.float64]
    contrast: NDArray[np.float64]
    score: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class OneSided:
    """
    The calcifications of one image that are joined to none, and what is known of their places in the other.

    Attributes
    ----------
    here, there : LaidOut
        Their image, and the other.
    of_current : bool
        Whether their image is the current one.
    index : ndarray of int, shape (n,)
        Which they are, increasing.
    place_mm : ndarray of float64, shape (n, 2)
        In the other image.
    off_mm : ndarray of float64, shape (n,)
        How far from there it may lie; infinite where that is not known.
    contrast_ratio : float
        By how much the other image shows the same with more contrast.
    unexplained : Unexplained
        What may be one of them in the other image.
    is_looked_at : bool
        Whether the pixels of the other image were looked at again.
    is_blurred : bool
        Whether one of the two images was smoothed: what stands out in one need not in the other.
    detail : ndarray of float64, shape (n,)
        How much of the usual detail the other image shows at each place; 1 where its pixels were not looked at.
    tissue : TissueImage or None
        Of the other image, where its pixels were looked at.
    """

    here: LaidOut
    there: LaidOut
    of_current: bool
    index: NDArray[np.intp]
    place_mm: NDArray[np.float64]
    off_mm: NDArray[np.float64]
    contrast_ratio: float
    unexplained: Unexplained
    is_looked_at: bool
    is_blurred: bool
    detail: NDArray[np.float64]
    tissue: TissueImage | None = None

    @property
    def is_hidden(self) -> NDArray[np.bool_]:
        """Whether something hides the tissue at the place of each, shape (n,)."""
        return np.asarray(self.detail < LEAST_DETAIL)

    @property
    def expected_contrast(self) -> NDArray[np.float64]:
        """The contrast with which the other image would show each, shape (n,)."""
        found = self.here.report.calcifications
        return self.contrast_ratio * np.array([found[k].contrast_to_noise for k in self.index.tolist()])

    def unseen_within(self, reach_mm: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """
        Tell how much of the surroundings of each place the other image does not show.

        Parameters
        ----------
        reach_mm : float

        Returns
        -------
        hidden, beyond : ndarray of float64, shape (n,)
            Shares that something hides, and that lie beyond the image.
        """
        steps = np.arange(-reach_mm, reach_mm + STEP_MM / 2, STEP_MM)
        disc = np.stack(np.meshgrid(steps, steps), axis=-1).reshape(-1, 2)
        disc = disc[np.hypot(*disc.T) <= reach_mm]
        around = (self.place_mm[:, None] + disc).reshape(-1, 2)
        is_within = self.there.shows(around, 0.0)
        detail = np.ones(len(around)) if self.tissue is None else detail_at(self.tissue, around)
        hidden, beyond = (
            flags.reshape(-1, len(disc)).mean(axis=1) for flags in (is_within & (detail < LEAST_DETAIL), ~is_within)
        )
        return hidden, beyond

    @property
    def other(self) -> str:
        """What the other image is called."""
        return "prior" if self.of_current else "current image"

    @property
    def change(self) -> Change:
        """What one is called that is not in the other image."""
        return Change.NEW if self.of_current else Change.GONE

    @property
    def unsure(self) -> Change:
        """What one is called that may be in the other image, though nothing is joined to it."""
        return Change.NEW_FAINT if self.of_current else Change.NOT_COMPARABLE


def one_sided(joined: Joined, sights: tuple[Sight | None, Sight | None], *, of_current: bool) -> OneSided:
    """Gather the calcifications of the current image, or of the prior, that are joined to none."""
    own, sight = sights if of_current else sights[::-1]
    clear, there_clear = (None if one is None or one.tissue is None else one.tissue.clarity for one in (own, sight))
    here, there = (joined.current, joined.prior) if of_current else (joined.prior, joined.current)
    ours, theirs = joined.pairs[:, 0 if of_current else 1], joined.pairs[:, 1 if of_current else 0]
    index = np.setdiff1d(np.arange(len(here.points_mm)), ours)
    expected = joined.expected_in_prior if of_current else joined.expected_in_current
    place_mm, off_mm = expected(here.points_mm[index])
    return OneSided(
        here=here,
        there=there,
        of_current=of_current,
        index=index,
        place_mm=place_mm,
        off_mm=off_mm,
        contrast_ratio=_contrast_ratio(here, there, ours, theirs)
        if len(ours) >= ENOUGH_FOR_RATIO or clear is None or there_clear is None
        else there_clear.contrast_over(clear),
        unexplained=_unexplained(there, theirs, sight),
        is_looked_at=sight is not None,
        is_blurred=clear is not None and there_clear is not None and clear.differs_from(there_clear),
        detail=np.ones(len(index))
        if sight is None or sight.tissue is None
        else detail_at(sight.tissue.image, place_mm),
        tissue=None if sight is None or sight.tissue is None else sight.tissue.image,
    )


def _unexplained(image: LaidOut, joined: NDArray[np.intp], sight: Sight | None) -> Unexplained:
    left = np.setdiff1d(np.arange(len(image.points_mm)), joined)
    places, found = image.points_mm[left], image.report.calcifications
    contrast = np.array([found[k].contrast_to_noise for k in left.tolist()])
    score = np.ones(len(left))
    if sight is None:
        return Unexplained(places, contrast, score)
    seen, more, scores = image.to_mm(sight.places_px), sight.contrast, sight.score
    taken = image.points_mm
    if len(taken) and len(seen):
        apart = np.hypot(*np.moveaxis(seen[:, None] - taken[None], -1, 0)).min(axis=1)
        free = apart > EXPLAINED_MM + float(np.median(image.diameter_mm)) / 2
        seen, more, scores = seen[free], more[free], scores[free]
    return Unexplained(
        np.concatenate([places, seen]), np.concatenate([contrast, more]), np.concatenate([score, scores])
    )


def _contrast_ratio(here: LaidOut, there: LaidOut, ours: NDArray[np.intp], theirs: NDArray[np.intp]) -> float:
    if len(ours) < ENOUGH_FOR_RATIO:
        return 1.0
    one, other = here.report.calcifications, there.report.calcifications
    ratios = [
        other[b].contrast_to_noise / max(one[a].contrast_to_noise, 1e-6)
        for a, b in zip(ours.tolist(), theirs.tolist(), strict=True)
    ]
    return float(np.median(ratios))
