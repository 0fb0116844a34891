"""The words in which a distribution is justified, with the numbers that were measured and the limits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pipeline.lexicon import Distribution

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipeline.model import Pattern
    from pipeline.stages.distribution.settings import DistributionSettings

_BI_RADS_GROUPED: Final = (10.0, 5, 20.0)
"""Diameter of the circle in mm, members in it, largest extent in mm: other numbers are not the atlas's."""


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
    if label is Distribution.REGIONAL and p.extent_mm <= s.grouped_max_extent_mm:
        return f"{_so_many(p)}: regional is more than {s.grouped_max_extent_mm:g} mm"
    if label is Distribution.GROUPED and p.extent_mm > s.grouped_max_extent_mm:
        return f"{_so_many(p)}: grouped is at most {s.grouped_max_extent_mm:g} mm"
    if label is Distribution.SEGMENTAL and _lies_across(p, s):
        return f"{_towards_the_nipple(p)}: a segment points to the nipple"
    enough = p.most_in_circle >= s.grouped_min_count or p.count >= s.numerous_count
    if label is Distribution.GROUPED and not enough:
        return (
            f"{_so_many(p)}, at most {p.most_in_circle} within {p.circle_mm:g} mm: "
            f"grouped needs {s.grouped_min_count} within {p.circle_mm:g} mm "
            f"or {s.numerous_count} within {s.grouped_max_extent_mm:g} mm"
        )
    return ""


def _lies_across(p: Pattern, s: DistributionSettings) -> bool:
    """Tell whether a pattern plainly does not point to the nipple; not where the nipple is unknown."""
    if p.axis_to_nipple_degrees is None or p.radial_over_transverse is None:
        return False
    is_off = p.axis_to_nipple_degrees > s.segmental_never_beyond_degrees
    return is_off or p.radial_over_transverse < s.segmental_least_ratio


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
        f"{p.count} calcifications whose hull takes {p.hull_share:.0%} of the breast, {p.covered_share:.0%} of which "
        f"has one within {p.cover_mm:g} mm (diffuse: at least {s.diffuse_min_hull_share:.0%} and "
        f"{s.diffuse_min_covered_share:.0%})"
    )


def _linear_reason(p: Pattern, s: DistributionSettings) -> str:
    return (
        f"{p.count} calcifications in a line {p.length_mm:.1f} mm long and {p.width_mm:.1f} mm wide "
        f"(linear: at most {s.linear_max_width_mm:g} mm wide and {s.linear_min_elongation:g} times as long)"
    )


def _grouped_reason(p: Pattern, s: DistributionSettings) -> str:
    return (
        f"{p.count} calcifications within {p.extent_mm:.1f} mm, {p.most_in_circle} of them within "
        f"{p.circle_mm:g} mm ({_birads(p, s)}grouped: at least {s.grouped_min_count} within {p.circle_mm:g} mm, "
        f"or {s.numerous_count} within {s.grouped_max_extent_mm:g} mm)"
    )


def _regional_reason(p: Pattern, s: DistributionSettings) -> str:
    return (
        f"{p.count} calcifications across {p.extent_mm:.1f} mm without the form of a duct or lobe "
        f"({_birads(p, s)}regional: more than {s.grouped_max_extent_mm:g} mm, not conforming to a duct)"
    )


def _segmental_reason(p: Pattern, s: DistributionSettings) -> str:
    if p.axis_to_nipple_degrees is None:
        return f"{p.count} calcifications across {p.extent_mm:.1f} mm; whether they point to the nipple is not known"
    return (
        f"{p.count} calcifications across {p.extent_mm:.1f} mm, their axis {p.axis_to_nipple_degrees:.0f} degrees off "
        f"the nipple, {p.radial_over_transverse:.1f} times as long towards it as across (segmental: at most "
        f"{s.segmental_max_axis_degrees:g} degrees and at least {s.segmental_min_ratio:g} times)"
    )


REASONS: Final[dict[Distribution, Callable[[Pattern, DistributionSettings], str]]] = {
    Distribution.DIFFUSE: _diffuse_reason,
    Distribution.REGIONAL: _regional_reason,
    Distribution.GROUPED: _grouped_reason,
    Distribution.LINEAR: _linear_reason,
    Distribution.SEGMENTAL: _segmental_reason,
}
