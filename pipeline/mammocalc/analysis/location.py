"""Location of a finding in the breast: quadrant, clock position, depth and distance, from one view or several."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, TypeVar

from mammocalc.model import Location
from mammocalc.vocabulary.lexicon import Laterality
from mammocalc.vocabulary.location import Depth, OuterInner, Region, UpperLower

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mammocalc.analysis.view_place import ViewPlace

Word = TypeVar("Word", UpperLower, OuterInner)

_OBLIQUE_DEGREES: Final = (40.0, 45.0, 60.0)
"""Angles of oblique views: 45 is usual, 40 to 60 are in use. The files of many collections do not say which."""
_ON_THE_LINE_MM: Final = 5.0
"""So near to the line through the nipple a finding is on neither side of it: nine of ten nipples are placed so well
(docs/evidence/landmarks.md)."""
_BEHIND_MM: Final = 10.0
"""What lies so near to the line from the nipple to the chest wall is behind it: nipples are up to 20 mm wide."""


def locate(places: Sequence[ViewPlace], laterality: Laterality) -> Location:
    """
    Locate a finding in the breast, from all views in which it is seen.

    A view from above tells outer from inner, one from the side upper from
    lower, and only both the quadrant and the clock position. In an oblique view
    what is outer appears higher and what is inner lower than it is; where a
    view from above shows how far outer it is, that is taken off.

    Parameters
    ----------
    places : sequence of ViewPlace
        Of one finding, one or more.
    laterality : Laterality
        Of the breast.

    Notes
    -----
    With the angle a of the oblique view from the view from above, x outwards and z upwards, a place appears at the
    height x cos a + z sin a.

    References
    ----------
    ACR BI-RADS Atlas, 5th edition (2013), mammography: location of lesion. Park JM, Franken EA. Triangulation of breast
    lesions: review and clinical applications. Curr Probl Diagn Radiol 2008;37:1-14. DICOM PS3.16 CID 6018, 6020, 6024.
    """
    reasons = list(dict.fromkeys(reason for place in places for reason in place.reasons))
    outer_mm = _mean(place.outer_mm for place in places)
    heights_mm, caution = _heights(places, outer_mm)
    reasons += [caution] if caution else []
    depth, doubt = _depth(places)
    reasons += [doubt] if doubt else []
    outer_inner = _either([] if outer_mm is None else [outer_mm], OuterInner.OUTER, OuterInner.INNER)
    upper_lower = _either(heights_mm, UpperLower.UPPER, UpperLower.LOWER)
    region = clock = None
    if outer_mm is not None and heights_mm:
        middle_mm = heights_mm[len(heights_mm) // 2]
        if math.hypot(outer_mm, middle_mm) <= _BEHIND_MM:
            region = Region.SUBAREOLAR if depth is Depth.ANTERIOR else Region.CENTRAL
            outer_inner = upper_lower = None
            reasons.append("it lies behind the nipple, where neither quadrant nor clock position is named")
        else:
            clock = _one_hour([clock_position(laterality, outer_mm, height_mm) for height_mm in heights_mm])
            if clock is None:
                reasons.append("between the usual angles of an oblique view it moves by more than one hour")
    if region is None:
        if outer_inner is None and outer_mm is not None:
            reasons.append(f"it lies within {_ON_THE_LINE_MM:.0f} mm of the line between outer and inner")
        if upper_lower is None and heights_mm:
            reasons.append("it lies too near to the line between upper and lower to tell them apart")
        over = any(place.is_over_muscle for place in places)
        if over and upper_lower is UpperLower.UPPER and outer_inner is OuterInner.OUTER:
            region = Region.AXILLARY_TAIL
    return Location(
        upper_lower=upper_lower,
        outer_inner=outer_inner,
        region=region,
        clock=clock,
        depth=depth,
        from_nipple_mm=_mean(place.from_nipple_mm for place in places),
        views=tuple(place.name for place in places if place.from_nipple_mm is not None),
        reasons=tuple(reasons),
    )


def clock_position(laterality: Laterality, outer_mm: float, upper_mm: float) -> int | None:
    """
    Give the clock position of a place, with the observer facing the patient.

    Parameters
    ----------
    laterality : Laterality
        Outer is 3 o'clock in a left breast and 9 o'clock in a right one.
    outer_mm, upper_mm : float
        From the nipple; negative where inner and lower. Not both zero.

    Returns
    -------
    int or None
        The nearest whole hour, 1 to 12; None where the side is not known.

    Examples
    --------
    >>> clock_position(Laterality.LEFT, 30.0, 0.0), clock_position(Laterality.RIGHT, 30.0, 0.0)
    (3, 9)
    >>> clock_position(Laterality.RIGHT, 20.0, 35.0), clock_position(Laterality.LEFT, 0.0, -20.0)
    (11, 6)
    """
    hours = math.floor(math.degrees(math.atan2(outer_mm, upper_mm)) / 30.0 + 0.5)
    if laterality is Laterality.LEFT:
        return hours % 12 or 12
    return -hours % 12 or 12 if laterality is Laterality.RIGHT else None


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def _heights(places: Sequence[ViewPlace], outer_mm: float | None) -> tuple[list[float], str | None]:
    """Give the height above the nipple, for each angle that an oblique view may have, and what to be wary of."""
    lateral_mm = _mean(place.upper_mm for place in places if not place.is_oblique)
    if lateral_mm is not None:
        return [lateral_mm], None
    oblique_mm = _mean(place.upper_mm for place in places if place.is_oblique)
    if oblique_mm is None:
        return [], None
    if outer_mm is None:
        return [oblique_mm], "in an oblique view what is outer appears higher and what is inner lower than it is"
    angles = [math.radians(degrees) for degrees in _OBLIQUE_DEGREES]
    return [(oblique_mm - outer_mm * math.cos(angle)) / math.sin(angle) for angle in angles], None


def _either(values_mm: Sequence[float], above: Word, below: Word) -> Word | None:
    if values_mm and min(values_mm) > _ON_THE_LINE_MM:
        return above
    return below if values_mm and max(values_mm) < -_ON_THE_LINE_MM else None


def _one_hour(hours: Sequence[int | None]) -> int | None:
    """Give the hour in the middle, where the first and the last are at most one apart from it."""
    middle = hours[len(hours) // 2]
    if middle is None or any(hour is None or (hour - middle + 6) % 12 not in {5, 6, 7} for hour in hours):
        return None
    return middle


def _depth(places: Sequence[ViewPlace]) -> tuple[Depth | None, str | None]:
    shares = [(place.name, place.depth_share) for place in places if place.depth_share is not None]
    if not shares:
        return None, None
    thirds = [(name, _third(share)) for name, share in shares]
    mean = _third(sum(share for _, share in shares) / len(shares))
    if len({third for _, third in thirds}) == 1:
        return mean, None
    return mean, f"its depth is {', '.join(f'{third} in {name}' for name, third in thirds)}; their mean counts"


def _third(share: float) -> Depth:
    if share < 1 / 3:
        return Depth.ANTERIOR
    return Depth.MIDDLE if share < 2 / 3 else Depth.POSTERIOR
