"""Fit of a pattern to each descriptor: the definitions of BI-RADS as criteria with soft limits."""

from __future__ import annotations

import math
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from mammocalc.stages.distribution.limits import (
    LINEAR_MAX_WIDTH_MM,
    LINEAR_MIN_ELONGATION,
    LINEAR_MIN_LINE_SHARE,
    SEGMENTAL_MAX_AXIS_DEGREES,
    SEGMENTAL_MAX_SPAN_DEGREES,
    SEGMENTAL_MIN_RATIO,
)
from mammocalc.stages.distribution.reasons import breaks_definition
from mammocalc.vocabulary.lexicon import DESCRIPTORS, Distribution

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mammocalc.model import Pattern
    from mammocalc.stages.distribution.settings import DistributionSettings


_LEAST: Final = 1e-9
"""Smaller sums of probabilities are rounding."""

_TOLERANCE: Final = 0.04
"""Softness of every test, as a share of its limit: a number this far beyond its limit passes with 73 %."""


def fit_definitions(p: Pattern, s: DistributionSettings) -> Mapping[Distribution, float]:
    """
    Say how well a pattern fits the definitions.

    They are asked in this order: diffuse, linear, then by extent grouped, or
    segmental and regional. Each test passes softly near its limit; the share
    of a descriptor is the product along its way through the tests.

    Returns
    -------
    mapping of Distribution to float
        The five descriptors; sums to 1. Not calibrated.
    """
    diffuse = min(
        _at_least(p.cells_with / max(p.cells_of_breast, 1), s.diffuse_min_cell_share),
        _at_least(p.hull_share, s.diffuse_min_cell_share),  # in a small breast a wedge alone touches many cells
        _at_least(p.count, s.diffuse_min_count),
    )
    linear = (1 - diffuse) * min(
        _at_least(p.elongation, LINEAR_MIN_ELONGATION),
        _at_most(p.width_mm, LINEAR_MAX_WIDTH_MM),
        _at_least(p.line_share, LINEAR_MIN_LINE_SHARE),
        1.0 if p.count >= s.linear_min_count else 0.0,
    )
    small = (1 - diffuse - linear) * _at_most(p.extent_mm, s.grouped_max_extent_mm)
    large = 1 - diffuse - linear - small
    wedge = _is_wedge(p)
    return MappingProxyType(
        {
            Distribution.DIFFUSE: diffuse,
            Distribution.REGIONAL: large * (1 - wedge),
            Distribution.GROUPED: small,
            Distribution.LINEAR: linear,
            Distribution.SEGMENTAL: large * wedge,
        }
    )


def within_definitions(
    given: Mapping[Distribution, float], p: Pattern, s: DistributionSettings
) -> tuple[Mapping[Distribution, float], float]:
    """
    Take from probabilities what the numbers of the definitions exclude.

    Parameters
    ----------
    given : mapping of Distribution to float
        The five descriptors, from the table or learned; sums to 1.
    p : Pattern
    s : DistributionSettings

    Returns
    -------
    tuple of (mapping, float)
        The five descriptors, those excluded with 0, and the rest summing to 1;
        empty where all are excluded. And how much of ``given`` was left.
        Without a nipple a region and a segment cannot be told apart, and each
        has half of what both have.
    """
    left = {label: 0.0 if breaks_definition(label, p, s) else given[label] for label in DESCRIPTORS}
    possible = [label for label in DESCRIPTORS if not breaks_definition(label, p, s)]
    if p.axis_to_nipple_degrees is None:
        both = left[Distribution.REGIONAL] + left[Distribution.SEGMENTAL]
        is_large = Distribution.REGIONAL in possible
        left[Distribution.REGIONAL] = left[Distribution.SEGMENTAL] = both / 2 if is_large else 0.0
        if not is_large:
            possible = [label for label in possible if label is not Distribution.SEGMENTAL]
    total = sum(left.values())
    if not possible:
        return MappingProxyType({}), 0.0
    if total < _LEAST:  # the classifier gives the possible ones nothing at all: then it says nothing about them
        return MappingProxyType({d: (d in possible) / len(possible) for d in DESCRIPTORS}), 0.0
    return MappingProxyType({label: share / total for label, share in left.items()}), total


def ranked(
    probabilities: Mapping[Distribution, float], before: Mapping[Distribution, float] | None = None
) -> tuple[Distribution, Distribution, float]:
    """
    Give the best and the second descriptor, and the margin between them.

    Equal ones follow ``before``, what was thought before any was excluded, and
    then the lexicon's order.
    """
    then = before or probabilities
    first, second = sorted(DESCRIPTORS, key=lambda label: (-probabilities[label], -then[label]))[:2]
    return first, second, probabilities[first] - probabilities[second]


def _is_wedge(p: Pattern) -> float:
    """How well the pattern points to the nipple; 0.35 where the nipple is unknown."""
    if p.axis_to_nipple_degrees is None or p.angular_span_degrees is None or p.radial_over_transverse is None:
        return 0.35
    return min(
        _at_most(p.axis_to_nipple_degrees, SEGMENTAL_MAX_AXIS_DEGREES),
        _at_most(p.angular_span_degrees, SEGMENTAL_MAX_SPAN_DEGREES),
        _at_least(p.radial_over_transverse, SEGMENTAL_MIN_RATIO),
    )


def _at_least(value: float, limit: float) -> float:
    """Pass softly above a limit; the limit itself passes with 88 %."""
    softness = _TOLERANCE * limit
    return 1 / (1 + math.exp(-min(max((value - limit) / softness + 2, -60), 60)))


def _at_most(value: float, limit: float) -> float:
    """Pass softly below a limit; the limit itself passes with 88 %."""
    softness = _TOLERANCE * limit
    return 1 / (1 + math.exp(-min(max((limit - value) / softness + 2, -60), 60)))
