"""Change of each calcification between two dates, with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from mammocalc.analysis.comparison.joined import PLACE_MM
from mammocalc.model.comparison import CalcificationChange
from mammocalc.stages.registration import detail_at
from mammocalc.vocabulary.changes import Change

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from mammocalc.analysis.comparison.joined import Joined
    from mammocalc.analysis.comparison.laid_out import LaidOut
    from mammocalc.analysis.comparison.sight import Sight
    from mammocalc.model import Calcification

USUAL_LOG_SD: Final = 0.35
"""Spread of the logarithm of one calcification's diameters on two dates (INbreast, pixels of 0.14 mm)."""
LEAST_LOG_SD: Final = 0.1
ENOUGH_PAIRS: Final = 8
"""With fewer the usual spread stands for that of the pair of images itself."""
GROWTH_SD: Final = 3.0
LEAST_GROWTH: Final = 1.25
"""A diameter has changed if it did so by more than three spreads, and by a quarter."""

TOLD_RATIO: Final = 1.1
"""Median ratio of all diameters that is told: more than what positioning does to joined members (0.93 to 1.09)."""

AROUND_MM: Final = 6.0
"""Within that of its place something like it may be it: what lies at another depth moves apart as the breast rolls."""
EXPLAINED_MM: Final = 0.5
"""What stands out so near to a joined calcification is that one."""
SEEN_SCORE: Final = 0.02
SEEN_CONTRAST: Final = 0.5
"""Something is there if it looks like a calcification a little, or has half the contrast that would be expected."""
SURE_CONTRAST: Final = 7.5
"""Contrast, in standard deviations of the noise, that is not overlooked (the reference's limit for a new one)."""
BORDER_MM: Final = 3.0
LEAST_DETAIL: Final = 0.3
"""Tissue with less of a breast's usual detail is hidden or saturated. None of 15 images of INbreast has less than 0.35
anywhere; black boxes and saturated regions have 0 to 0.1."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """How the diameters of joined calcifications differ: median and spread of the logarithms of their ratios."""

    shift: float
    spread: float
    is_own: bool


def compare_sizes(joined: Joined) -> Sizes:
    """Measure what machine, dose and processing do to all diameters, and how far they scatter."""
    logs = joined.log_ratios
    if len(logs) < ENOUGH_PAIRS:
        return Sizes(0.0, USUAL_LOG_SD, is_own=False)
    shift = float(np.median(logs))
    return Sizes(shift, max(1.4826 * float(np.median(np.abs(logs - shift))), LEAST_LOG_SD), is_own=True)


def doubt_sizes(sizes: Sizes) -> Iterator[str]:
    """Say where all joined calcifications have another diameter: then none of them stands out by its own."""
    if sizes.is_own and abs(sizes.shift) > np.log(TOLD_RATIO):
        yield (
            f"all joined have {np.exp(sizes.shift):.2f} times the diameter of the prior in the median: machine, dose "
            f"or processing do that, or all have {'grown' if sizes.shift > 0 else 'shrunk'}; each is held against it"
        )


def word_of_pair(current: Calcification, prior: Calcification, sizes: Sizes, log_ratio: float) -> CalcificationChange:
    """Say whether a joined calcification has another size."""
    beyond = log_ratio - sizes.shift
    limit = max(GROWTH_SD * sizes.spread, float(np.log(LEAST_GROWTH)))
    change = Change.MATCHED if abs(beyond) <= limit else Change.GROWN if beyond > 0 else Change.SMALLER
    of_all = f" ({np.exp(sizes.shift):.2f} of all joined)" if sizes.is_own else ""
    reason = (
        f"diameter {np.exp(log_ratio):.2f} times that of the prior{of_all}; from {np.exp(sizes.shift - limit):.2f} to "
        f"{np.exp(sizes.shift + limit):.2f} it may be the same"
    )
    return CalcificationChange(
        current.number,
        prior.number,
        change,
        current.diameter_mm,
        prior.diameter_mm,
        current.cluster,
        prior.cluster,
        None,
        reason,
    )


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
    detail : ndarray of float64, shape (n,)
        How much of the usual detail the other image shows at each place; 1 where its pixels were not looked at.
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
    detail: NDArray[np.float64]

    @property
    def is_hidden(self) -> NDArray[np.bool_]:
        """Whether something hides the tissue at the place of each, shape (n,)."""
        return np.asarray(self.detail < LEAST_DETAIL)

    @property
    def other(self) -> str:
        """What the other image is called."""
        return "prior" if self.of_current else "current image"


def one_sided(joined: Joined, sight: Sight | None, *, of_current: bool) -> OneSided:
    """Gather the calcifications of the current image, or of the prior, that are joined to none."""
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
        contrast_ratio=_contrast_ratio(here, there, ours, theirs),
        unexplained=_unexplained(there, theirs, sight),
        is_looked_at=sight is not None,
        detail=np.ones(len(index))
        if sight is None or sight.tissue is None
        else detail_at(sight.tissue.image, place_mm),
    )


def _unexplained(image: LaidOut, joined: NDArray[np.intp], sight: Sight | None) -> Unexplained:
    left = np.setdiff1d(np.arange(len(image.points_mm)), joined)
    places, found = image.points_mm[left], image.report.calcifications
    contrast = np.array([found[k].contrast_to_noise for k in left.tolist()])
    score = np.ones(len(left))
    if sight is None:
        return Unexplained(places, contrast, score)
    seen, more, scores = image.to_mm(sight.places_px), sight.contrast, sight.score
    taken = image.points_mm[joined]
    if len(taken) and len(seen):
        apart = np.hypot(*np.moveaxis(seen[:, None] - taken[None], -1, 0)).min(axis=1)
        free = apart > EXPLAINED_MM + float(np.median(image.diameter_mm[joined])) / 2
        seen, more, scores = seen[free], more[free], scores[free]
    return Unexplained(
        np.concatenate([places, seen]), np.concatenate([contrast, more]), np.concatenate([score, scores])
    )


def words_of_one_sided(side: OneSided, whole: Mapping[int, tuple[Change, str]]) -> list[CalcificationChange]:
    """
    Say of calcifications that are joined to none whether they are new, or gone.

    Parameters
    ----------
    side : OneSided
    whole : mapping of int to (Change, str)
        Words that were said of whole clusters, by the index of their members.

    Returns
    -------
    list of CalcificationChange
        In the order of ``side.index``.
    """
    said = []
    for nth, (index, place, off_mm) in enumerate(
        zip(side.index.tolist(), side.place_mm, side.off_mm.tolist(), strict=True)
    ):
        item = side.here.report.calcifications[index]
        change, reason = whole[index] if index in whole else _word_at(side, nth)
        row, column = side.there.to_px(place[None])[0].tolist()
        told = (row, column) if np.isfinite(off_mm) or index in whole else None
        said.append(alone(item, change, told, reason, of_current=side.of_current))
    return said


def _word_at(side: OneSided, nth: int) -> tuple[Change, str]:
    """Say a word of one of them by what lies at its place in the other image, or as far off as it may be."""
    item = side.here.report.calcifications[side.index[nth]]
    place_mm, off_mm = side.place_mm[nth], float(side.off_mm[nth])
    if not np.isfinite(off_mm):
        return Change.NOT_COMPARABLE, "its place on the other date is not known: too few joined near it"
    if side.is_hidden[nth]:
        return Change.NOT_COMPARABLE, f"the {side.other} shows no tissue at its place"
    is_rough = off_mm > PLACE_MM  # then what lies at another depth may be twice as far off, and be taken for another
    far_mm = max(AROUND_MM, 2 * off_mm)
    if not side.there.shows(place_mm, far_mm if is_rough else BORDER_MM):
        return Change.NOT_COMPARABLE, "its place lies at or beyond the border of the other image"
    if is_rough and (np.hypot(*(side.there.points_mm - place_mm).T) <= far_mm).any():
        unsure = Change.NEW_FAINT if side.of_current else Change.NOT_COMPARABLE
        return unsure, f"its place is known to {off_mm:.0f} mm only, and the {side.other} has others around it"
    around = side.unexplained
    away_mm = np.hypot(*(around.places_mm - place_mm).T)
    expected = item.contrast_to_noise * side.contrast_ratio
    # Whatever lies at its place, and farther off what is as bright as it and looks like a calcification.
    near = (away_mm <= off_mm) | (
        (away_mm <= far_mm) & (around.contrast >= SEEN_CONTRAST * expected) & (around.score >= 0.5)
    )
    return _judge(side, expected, around.contrast[near], around.score[near])


def _judge(
    side: OneSided, expected: float, contrast: NDArray[np.float64], score: NDArray[np.float64]
) -> tuple[Change, str]:
    unsure = Change.NEW_FAINT if side.of_current else Change.NOT_COMPARABLE
    other = side.other
    if (score >= 1.0).any():
        return unsure, f"a calcification of the {other} that is joined to none lies near its place"
    if not side.is_looked_at:
        return unsure, f"not reported on the {other}, whose pixels were not looked at again (--images)"
    if ((score >= SEEN_SCORE) | (contrast >= SEEN_CONTRAST * expected)).any():
        return unsure, f"something fainter stands out at its place in the {other}"
    if expected < SURE_CONTRAST:
        return unsure, f"so faint that the {other} need not show it"
    change = Change.NEW if side.of_current else Change.GONE
    return change, f"nothing stands out at its place in the pixels of the {other}"


def alone(
    item: Calcification, change: Change, place_px: tuple[float, float] | None, reason: str, *, of_current: bool
) -> CalcificationChange:
    """Say a word of a calcification of one image alone."""
    if of_current:
        return CalcificationChange(
            item.number, None, change, item.diameter_mm, None, item.cluster, None, place_px, reason
        )
    return CalcificationChange(None, item.number, change, None, item.diameter_mm, None, item.cluster, place_px, reason)


def _contrast_ratio(here: LaidOut, there: LaidOut, ours: NDArray[np.intp], theirs: NDArray[np.intp]) -> float:
    if len(ours) < 3:
        return 1.0
    one, other = here.report.calcifications, there.report.calcifications
    ratios = [
        other[b].contrast_to_noise / max(one[a].contrast_to_noise, 1e-6)
        for a, b in zip(ours.tolist(), theirs.tolist(), strict=True)
    ]
    return float(np.median(ratios))
