"""Change of each calcification between two dates, with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from mammocalc.analysis.comparison.joined import PLACE_MM
from mammocalc.analysis.comparison.surplus import (
    LIKE_SCORE,
    REGION_MM,
    SEEN_CONTRAST,
    SURE_CONTRAST,
    count_surplus,
)
from mammocalc.model.comparison import CalcificationChange
from mammocalc.vocabulary.changes import Change

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from mammocalc.analysis.comparison.joined import Joined
    from mammocalc.analysis.comparison.one_sided import OneSided
    from mammocalc.analysis.comparison.surplus import Surplus
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
SEEN_SCORE: Final = 0.02
"""Something is there if it looks like a calcification a little, or has half the contrast that would be expected."""
PIECE_MM: Final = 0.2
"""So near to the edge of what is reported there it may be a piece of that: a coarse body is one mark on one date, and
two on the other."""
BORDER_MM: Final = 3.0
BLURRED: Final = "one of the two images is smoother, as if blurred: what one shows the other need not"


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


def words_of_one_sided(side: OneSided, *, is_one_part: bool) -> list[CalcificationChange]:
    """
    Say of calcifications that are joined to none whether they are new, or gone.

    Parameters
    ----------
    side : OneSided
    is_one_part : bool
        Whether both images show the same part of the same breast; of another one nothing is new by a surplus.

    Returns
    -------
    list of CalcificationChange
        In the order of ``side.index``.
    """
    surplus = count_surplus(side)
    is_new = surplus.is_new & (is_one_part and side.is_looked_at and not side.is_blurred)
    said = []
    for nth, (index, place, off_mm) in enumerate(
        zip(side.index.tolist(), side.place_mm, side.off_mm.tolist(), strict=True)
    ):
        item = side.here.report.calcifications[index]
        change, reason = _word_at(side, nth, surplus, is_new=bool(is_new[nth]))
        row, column = side.there.to_px(place[None])[0].tolist()
        told = (row, column) if np.isfinite(off_mm) or is_new[nth] else None
        said.append(alone(item, change, told, reason, of_current=side.of_current))
    return said


def _word_at(side: OneSided, nth: int, surplus: Surplus, *, is_new: bool) -> tuple[Change, str]:
    """Say a word of one of them by what is left over around it, or by what lies at its place if that is known well."""
    place_mm, off_mm = side.place_mm[nth], float(side.off_mm[nth])
    if not (np.isfinite(off_mm) or is_new):
        return Change.NOT_COMPARABLE, "its place on the other date is not known: too few joined near it"
    if side.is_hidden[nth]:
        return Change.NOT_COMPARABLE, (
            f"the {side.other} shows no tissue at its place: a box, a border, saturation or smoothing hides it"
        )
    if not side.there.shows(place_mm[None], BORDER_MM)[0]:
        return Change.NOT_COMPARABLE, "its place lies at or beyond the border of the other image"
    if reason := _why_unsure(side, nth):
        return side.unsure, reason
    if is_new or off_mm > PLACE_MM:
        return _judge_surplus(side, nth, surplus, is_new=is_new)
    around, expected = side.unexplained, float(side.expected_contrast[nth])
    # Whatever lies at its place, and farther off what is as bright as it and looks like a calcification.
    away_mm = np.hypot(*(around.places_mm - place_mm).T)
    like = (around.contrast >= SEEN_CONTRAST * expected) & (around.score >= LIKE_SCORE)
    near = (away_mm <= PLACE_MM) | ((away_mm <= AROUND_MM) & like)
    return _judge(side, expected, around.contrast[near], around.score[near])


def _why_unsure(side: OneSided, nth: int) -> str:
    """Say what else one of them may be than new, or gone."""
    here, there, own = side.here, side.there, side.index[nth]
    from_edge_mm = np.hypot(*(there.points_mm - side.place_mm[nth]).T) - there.diameter_mm / 2
    if (from_edge_mm <= PIECE_MM).any():
        return f"its place lies on a calcification of the {side.other}: it may be a piece of that"
    apart_mm = np.hypot(*(here.points_mm - here.points_mm[own]).T) - (here.diameter_mm + here.diameter_mm[own]) / 2
    if (np.delete(apart_mm, side.index) <= PIECE_MM).any():
        return "it touches one that is joined: both may be one body there"
    if not side.of_current and here.report.calcifications[own].vessel is not None:
        return "a plaque of an artery: it does not vanish, but one image shows it less sharply"
    return ""


def _judge_surplus(side: OneSided, nth: int, surplus: Surplus, *, is_new: bool) -> tuple[Change, str]:
    """Say a word by how many are left over within the region around it, here and there."""
    ours, theirs, other = surplus.ours[nth], surplus.theirs[nth], side.other
    if not side.is_looked_at:
        return side.unsure, _not_looked_at(other)
    if side.is_blurred:
        return side.unsure, BLURRED
    if not surplus.is_shown[nth]:
        return Change.NOT_COMPARABLE, f"the {other} does not show enough of the {REGION_MM:.0f} mm around its place"
    if not surplus.is_enough[nth]:
        return side.unsure, (
            f"{ours} joined to none within {REGION_MM:.0f} mm that the {other} would show: too few to be sure of"
        )
    said = f"the pixels of the {other} show {theirs:.0f} like it within {REGION_MM:.0f} mm of its place"
    return (side.change if is_new else side.unsure), f"{said}, where {ours} are joined to none"


def _judge(
    side: OneSided, expected: float, contrast: NDArray[np.float64], score: NDArray[np.float64]
) -> tuple[Change, str]:
    """Say a word by what lies there, and by the contrast that is expected and that which is not overlooked."""
    other = side.other
    if (score >= 1.0).any():
        return side.unsure, f"a calcification of the {other} that is joined to none lies near its place"
    if not side.is_looked_at:
        return side.unsure, _not_looked_at(other)
    if ((score >= SEEN_SCORE) | (contrast >= SEEN_CONTRAST * expected)).any():
        return side.unsure, f"something fainter stands out at its place in the {other}"
    if side.is_blurred:
        return side.unsure, BLURRED
    if expected < SURE_CONTRAST:
        return side.unsure, f"so faint that the {other} need not show it"
    return side.change, f"nothing stands out at its place in the pixels of the {other}"


def _not_looked_at(other: str) -> str:
    return f"not reported on the {other}, whose pixels were not looked at again (--images)"


def alone(
    item: Calcification, change: Change, place_px: tuple[float, float] | None, reason: str, *, of_current: bool
) -> CalcificationChange:
    """Say a word of a calcification of one image alone."""
    if of_current:
        return CalcificationChange(
            item.number, None, change, item.diameter_mm, None, item.cluster, None, place_px, reason
        )
    return CalcificationChange(None, item.number, change, None, item.diameter_mm, None, item.cluster, place_px, reason)
