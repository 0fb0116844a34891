"""Reasons for a distribution, with the measured numbers and the limits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mammocalc.stages.distribution.limits import LINEAR_MAX_WIDTH_MM, LINEAR_MIN_ELONGATION, LINEAR_MIN_LINE_SHARE
from mammocalc.vocabulary.lexicon import Distribution
from mammocalc.vocabulary.numbers import say_mm, say_percent

if TYPE_CHECKING:
    from collections.abc import Callable

    from mammocalc.model import Pattern
    from mammocalc.stages.distribution.settings import DistributionSettings

_BI_RADS_GROUPED: Final = (10.0, 5, 20.0)
"""Diameter of the circle in mm, members in it, largest extent in mm: other numbers are not the atlas's."""

_SEGMENTAL_NEVER_BEYOND_DEGREES: Final = 45.0
"""No set is segmental, whatever the trees say, whose main axis is farther than this off a known nipple: it lies rather
across the ducts than along them. Sets that the trees called segmental in whole mammograms of patients were 64 and 69
degrees off, and were specks scattered through the breast."""

_SEGMENTAL_LEAST_RATIO: Final = 1.0
"""... or whose spread towards a known nipple is less than this many times that across."""


def breaks_definition(label: Distribution, p: Pattern, s: DistributionSettings) -> str:
    """
    Say which number of a definition a pattern does not have: the frame that no classifier may leave.

    Parameters
    ----------
    label : Distribution
        A descriptor.
    p : Pattern
    s : DistributionSettings

    Returns
    -------
    str
        Empty where the pattern has all the numbers. Limits themselves are
        within a definition: exactly five, exactly 10 mm, exactly 20 mm by default.
    """
    fewest = {
        Distribution.DIFFUSE: s.diffuse_min_count,
        Distribution.REGIONAL: s.numerous_count,
        Distribution.SEGMENTAL: s.numerous_count,
        Distribution.LINEAR: s.linear_min_count,
    }.get(label, 0)
    if p.count < fewest:
        return f"{_so_many(p)} are too few for {label.value}: {fewest} are needed"
    return _LACKS[label](p, s)


def _lacks_diffuse(p: Pattern, s: DistributionSettings) -> str:
    if p.cells_with >= s.diffuse_min_cell_share * p.cells_of_breast:
        return ""
    return f"{_in_cells(p)}: diffuse is {say_percent(s.diffuse_min_cell_share)} and more"


def _lacks_linear(p: Pattern, _s: DistributionSettings) -> str:
    if _is_straight(p) or _is_winding(p):
        return ""
    return (
        f"{_so_many(p)}, {say_mm(p.width_mm)} wide and {p.elongation:.1f} times as long: linear is at most "
        f"{LINEAR_MAX_WIDTH_MM:g} mm wide and {LINEAR_MIN_ELONGATION:g} times as long, or follows one path"
    )


def _lacks_regional(p: Pattern, s: DistributionSettings) -> str:
    if p.extent_mm > s.grouped_max_extent_mm:
        return ""
    return f"{_so_many(p)}: regional is more than {s.grouped_max_extent_mm:g} mm"


def _lacks_grouped(p: Pattern, s: DistributionSettings) -> str:
    if p.extent_mm > s.grouped_max_extent_mm:
        return f"{_so_many(p)}: grouped is at most {s.grouped_max_extent_mm:g} mm"
    if p.most_in_circle >= s.grouped_min_count or p.count >= s.numerous_count:
        return ""
    return (
        f"{_so_many(p)}, at most {p.most_in_circle} within {p.circle_mm:g} mm: "
        f"grouped needs {s.grouped_min_count} within {p.circle_mm:g} mm "
        f"or {s.numerous_count} within {s.grouped_max_extent_mm:g} mm"
    )


def _lacks_segmental(p: Pattern, _s: DistributionSettings) -> str:
    return f"{_towards_the_nipple(p)}: a segment points to the nipple" if _lies_across(p) else ""


def _lies_across(p: Pattern) -> bool:
    """Tell whether a pattern plainly does not point to the nipple; not where the nipple is unknown."""
    if p.axis_to_nipple_degrees is None or p.radial_over_transverse is None:
        return False
    is_off = p.axis_to_nipple_degrees > _SEGMENTAL_NEVER_BEYOND_DEGREES
    return is_off or p.radial_over_transverse < _SEGMENTAL_LEAST_RATIO


def _is_straight(p: Pattern) -> bool:
    return p.width_mm <= LINEAR_MAX_WIDTH_MM and p.elongation >= LINEAR_MIN_ELONGATION


def _is_winding(p: Pattern) -> bool:
    """Tell whether nearly all lie along one path, however it bends."""
    return 2 * p.path_width_mm <= LINEAR_MAX_WIDTH_MM and p.line_share >= LINEAR_MIN_LINE_SHARE


def nipple_unknown(p: Pattern) -> str:
    """Say why a large set is neither a region nor a segment."""
    return f"{_so_many(p)}; the nipple is not known, so a wedge that points to it cannot be told from a region"


def _in_cells(p: Pattern) -> str:
    return f"{p.count} calcifications in {p.cells_with} of {p.cells_of_breast} cells of 20 mm"


def _towards_the_nipple(p: Pattern) -> str:
    return (
        f"{_so_many(p)}, their axis {p.axis_to_nipple_degrees:.0f} degrees off the nipple, "
        f"{p.radial_over_transverse:.1f} times as long towards it as across"
    )


def _so_many(p: Pattern) -> str:
    digits = 1 if round(p.extent_mm, 1) % 10 else 2  # 20.01 mm must not read as the limit itself
    return f"{p.count} calcifications across {p.extent_mm:.{digits}f} mm"


def _birads(p: Pattern, s: DistributionSettings) -> str:
    """Name the source of the numbers of *grouped* and *regional*, as long as they are its own."""
    as_published = (p.circle_mm, s.grouped_min_count, s.grouped_max_extent_mm) == _BI_RADS_GROUPED
    return "BI-RADS " if as_published else "as configured, "


def _diffuse_reason(p: Pattern, s: DistributionSettings) -> str:
    return (
        f"{_in_cells(p)} (diffuse: at least {s.diffuse_min_count}, in {say_percent(s.diffuse_min_cell_share)} "
        "of the breast's cells)"
    )


def _linear_reason(p: Pattern, _s: DistributionSettings) -> str:
    if not _is_straight(p):
        return (
            f"{p.count} calcifications along one path, nine of ten within {say_mm(p.path_width_mm)} of it "
            f"(linear: at most {LINEAR_MAX_WIDTH_MM:g} mm wide in all)"
        )
    return (
        f"{p.count} calcifications in a line {say_mm(p.length_mm)} long and {say_mm(p.width_mm)} wide "
        f"(linear: at most {LINEAR_MAX_WIDTH_MM:g} mm wide and {LINEAR_MIN_ELONGATION:g} times as long)"
    )


def _grouped_reason(p: Pattern, s: DistributionSettings) -> str:
    return (
        f"{p.count} calcifications within {say_mm(p.extent_mm)}, {p.most_in_circle} of them within "
        f"{p.circle_mm:g} mm ({_birads(p, s)}grouped: at least {s.grouped_min_count} within {p.circle_mm:g} mm, "
        f"or {s.numerous_count} within {s.grouped_max_extent_mm:g} mm)"
    )


def _regional_reason(p: Pattern, s: DistributionSettings) -> str:
    return (
        f"{p.count} calcifications across {say_mm(p.extent_mm)} without the form of a duct or lobe "
        f"({_birads(p, s)}regional: more than {s.grouped_max_extent_mm:g} mm, not conforming to a duct)"
    )


def _segmental_reason(p: Pattern, _s: DistributionSettings) -> str:
    if p.axis_to_nipple_degrees is None:
        return f"{p.count} calcifications across {say_mm(p.extent_mm)}; whether they point to the nipple is not known"
    return (
        f"{p.count} calcifications across {say_mm(p.extent_mm)}, their axis {p.axis_to_nipple_degrees:.0f} degrees off "
        f"the nipple, {p.radial_over_transverse:.1f} times as long towards it as across (segmental: never more than "
        f"{_SEGMENTAL_NEVER_BEYOND_DEGREES:g} degrees, and at least {_SEGMENTAL_LEAST_RATIO:g} times)"
    )


REASONS: Final[dict[Distribution, Callable[[Pattern, DistributionSettings], str]]] = {
    Distribution.DIFFUSE: _diffuse_reason,
    Distribution.REGIONAL: _regional_reason,
    Distribution.GROUPED: _grouped_reason,
    Distribution.LINEAR: _linear_reason,
    Distribution.SEGMENTAL: _segmental_reason,
}

_LACKS: Final[dict[Distribution, Callable[[Pattern, DistributionSettings], str]]] = {
    Distribution.DIFFUSE: _lacks_diffuse,
    Distribution.REGIONAL: _lacks_regional,
    Distribution.GROUPED: _lacks_grouped,
    Distribution.LINEAR: _lacks_linear,
    Distribution.SEGMENTAL: _lacks_segmental,
}
