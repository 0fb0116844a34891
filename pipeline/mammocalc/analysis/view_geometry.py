"""Geometry of views: which images of a breast can be compared in place, and which show one exposure twice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from mammocalc.vocabulary.lexicon import Flag, View, ViewModifier

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mammocalc.model import Report
    from mammocalc.vocabulary.geometry import PixelSpacing

_IN_PLACE: Final = frozenset(View) - {View.SPECIMEN, View.UNKNOWN}
"""Views of the whole breast, pressed by the large plate."""
_HARMLESS: Final = frozenset({ViewModifier.NIPPLE_IN_PROFILE, ViewModifier.IMPLANT_DISPLACED})
"""Under all other modifiers the breast is pressed in part, turned, or shown in part."""
_IN_PART: Final = frozenset({Flag.SPOT_VIEW, Flag.MAGNIFICATION_VIEW, Flag.PARTIAL_VIEW, Flag.STEREOTACTIC_VIEW})
"""Of images whose header says so without a modifier, as by a magnification factor."""
_SAME_AREA: Final = 0.03
_SAME_PLACE_MM: Final = 2.0
"""The outline of one exposure in its two renditions; another exposure of the same breast lies some mm beside it."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """
    How two images of a breast may be compared.

    ``in_place`` tells whether distances from the nipple mean the same in both, ``is_same_view`` whether the directions
    do as well, ``is_same_exposure`` whether all places do. ``why_not`` says why not in place, and is None otherwise.
    """

    in_place: bool
    is_same_view: bool
    is_same_exposure: bool
    why_not: str | None


def shows_whole_breast(report: Report) -> bool:
    """Tell whether an image shows the whole breast as its view does, by view, modifiers and flags."""
    who = report.identity
    return who.view in _IN_PLACE and set(who.view_modifiers) <= _HARMLESS and not report.flags & _IN_PART


def compare_images(first: Report, second: Report) -> Comparison:
    """Say how two images of one breast of one patient and day may be compared."""
    if is_same_exposure(first, second):
        return Comparison(in_place=True, is_same_view=True, is_same_exposure=True, why_not=None)
    why_not = _why_not(first, second)
    return Comparison(
        in_place=why_not is None,
        is_same_view=why_not is None and first.identity.view is second.identity.view,
        is_same_exposure=False,
        why_not=why_not,
    )


def is_same_exposure(first: Report, second: Report) -> bool:
    """
    Tell whether two images show one exposure, for processing and for presentation.

    Parameters
    ----------
    first, second : Report
        Of one breast of one patient and day.

    Returns
    -------
    bool
        By side, view and modifiers, which are the same, the intents, which are not, and the outline of the breast,
        which lies in the same place: two exposures with either intent are told apart.
    """
    one, other = first.identity, second.identity
    if (one.laterality, one.view, set(one.view_modifiers)) != (
        other.laterality,
        other.view,
        set(other.view_modifiers),
    ) or one.presentation_intent is other.presentation_intent:
        return False
    if first.spacing is None or second.spacing is None or not (first.breast.area_mm2 and second.breast.area_mm2):
        return False
    if abs(first.breast.area_mm2 / second.breast.area_mm2 - 1) > _SAME_AREA:
        return False
    apart_mm = _box_mm(first, first.spacing) - _box_mm(second, second.spacing)
    return bool(np.abs(apart_mm).max() <= _SAME_PLACE_MM)


def _box_mm(report: Report, spacing: PixelSpacing) -> NDArray[np.float64]:
    outline = np.array(report.breast.outline_px or ((0.0, 0.0),))
    return spacing.to_mm(np.stack([outline.min(axis=0), outline.max(axis=0)]))


def _why_not(first: Report, second: Report) -> str | None:
    """Say why two images cannot be compared in place."""
    if not (shows_whole_breast(first) and shows_whole_breast(second)):
        return "one of the views shows the breast in part, turned or pressed in part, or is not known"
    if Flag.VIEW_CONTRADICTED in first.flags | second.flags:
        return "the picture of one shows another view than its header says"
    displaced = [ViewModifier.IMPLANT_DISPLACED in one.identity.view_modifiers for one in (first, second)]
    if displaced[0] is not displaced[1]:
        return "the implant is displaced in one of the views, which moves everything in front of it"
    if first.known_nipple is None or second.known_nipple is None:
        return "the nipple is not known in one of the images"
    return None
