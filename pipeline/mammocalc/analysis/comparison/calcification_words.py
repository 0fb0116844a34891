"""Change of each calcification between two dates, with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from mammocalc.analysis.comparison.joined import PLACE_MM
from mammocalc.model.comparison import CalcificationChange
from mammocalc.vocabulary.changes import Change

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from mammocalc.analysis.comparison.joined import Joined
    from mammocalc.analysis.comparison.one_sided import OneSided
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
APART_MM: Final = 14.0
"""Where depth moves places apart, no calcification that is joined to none may lie so near, whatever it looks like."""
LIKE_SCORE: Final = 0.3
SEEN_SCORE: Final = 0.02
SEEN_CONTRAST: Final = 0.5
"""Something is there if it looks like a calcification a little, or has half the contrast that would be expected."""
SURE_CONTRAST: Final = 7.5
"""Contrast, in standard deviations of the noise, that is not overlooked (the reference's limit for a new one)."""
SURE_AT_DEPTH: Final = 10.0
"""The same where depth moves places apart: more of what is not overlooked may lie elsewhere."""
PIECE_MM: Final = 0.2
"""So near to the edge of what is reported there it may be a piece of that: a coarse body is one mark on one date, and
two on the other."""
BORDER_MM: Final = 3.0


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
        return Change.NOT_COMPARABLE, (
            f"the {side.other} shows no tissue at its place: a box, a border or saturation hides it"
        )
    around, is_rough = side.unexplained, off_mm > PLACE_MM
    if not side.there.shows(place_mm, off_mm if is_rough else BORDER_MM):
        return Change.NOT_COMPARABLE, "its place lies at or beyond the border of the other image"
    unsure = Change.NEW_FAINT if side.of_current else Change.NOT_COMPARABLE
    from_edge_mm = np.hypot(*(side.there.points_mm - place_mm).T) - side.there.diameter_mm / 2
    if (from_edge_mm <= PIECE_MM).any():
        return unsure, f"its place lies on a calcification of the {side.other}: it may be a piece of that"
    away_mm = np.hypot(*(around.places_mm - place_mm).T)
    if is_rough and ((away_mm <= max(APART_MM, off_mm)) & (around.score >= 1.0)).any():
        return unsure, (
            f"its place is known to {off_mm:.0f} mm, and a calcification of the {side.other} that is joined to none "
            f"lies within {max(APART_MM, off_mm):.0f} mm"
        )
    expected = item.contrast_to_noise * side.contrast_ratio
    # Whatever lies at its place, and farther off what is as bright as it and looks like a calcification.
    is_bright = around.contrast >= SEEN_CONTRAST * expected
    at_place = (away_mm <= PLACE_MM) & (is_bright | (not is_rough))
    near = at_place | ((away_mm <= max(AROUND_MM, off_mm)) & is_bright & (around.score >= LIKE_SCORE))
    sure = SURE_AT_DEPTH if is_rough else SURE_CONTRAST
    return _judge(side, (expected, sure), around.contrast[near], around.score[near])


def _judge(
    side: OneSided,
    expected_and_sure: tuple[float, float],
    contrast: NDArray[np.float64],
    score: NDArray[np.float64],
) -> tuple[Change, str]:
    """Say a word by what lies there, and by the contrast that is expected and that which is not overlooked."""
    expected, sure = expected_and_sure
    unsure = Change.NEW_FAINT if side.of_current else Change.NOT_COMPARABLE
    other = side.other
    if (score >= 1.0).any():
        return unsure, f"a calcification of the {other} that is joined to none lies near its place"
    if not side.is_looked_at:
        return unsure, f"not reported on the {other}, whose pixels were not looked at again (--images)"
    if ((score >= SEEN_SCORE) | (contrast >= SEEN_CONTRAST * expected)).any():
        return unsure, f"something fainter stands out at its place in the {other}"
    if side.is_blurred:
        return unsure, "one of the two images is smoother, as if blurred: what one shows the other need not"
    if expected < sure:
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
