"""The BI-RADS distribution descriptor, with the numbers it rests on and the reason in words."""

from __future__ import annotations

import math
from dataclasses import fields
from types import MappingProxyType
from typing import TYPE_CHECKING

from pipeline.lexicon import DESCRIPTORS, Distribution
from pipeline.model import DistributionCall, Pattern
from pipeline.stages.distribution.reasons import REASONS, lacks_number
from pipeline.stages.distribution.settings import DistributionSettings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["CONCERN", "DistributionSettings", "classify_image", "classify_pattern", "not_calibrated"]

CONCERN = (
    Distribution.SEGMENTAL,
    Distribution.LINEAR,
    Distribution.GROUPED,
    Distribution.REGIONAL,
    Distribution.DIFFUSE,
)
"""Descriptors in the order of the published shares of malignant biopsies, the highest first."""


def classify_pattern(pattern: Pattern, settings: DistributionSettings) -> DistributionCall:
    """
    Name the distribution of one cluster.

    The definitions are asked in this order: diffuse, linear, then by extent
    grouped, or segmental and regional. Each test passes softly near its limit;
    a descriptor's probability is the product along its way through the tests.

    Parameters
    ----------
    pattern : Pattern
        The cluster in numbers.
    settings : DistributionSettings
        The definitions.

    Returns
    -------
    DistributionCall
        `indeterminate` where two descriptors are about equally good, or where
        the numbers fit no definition (five specks across 15 mm).
    """
    p = pattern
    s = settings
    diffuse = min(
        _at_least(p.hull_share, s.diffuse_min_hull_share, s),
        _at_least(p.covered_share, s.diffuse_min_covered_share, s),
        _at_least(p.count, s.diffuse_min_count, s),
    )
    linear = (1 - diffuse) * min(
        _at_least(p.elongation, s.linear_min_elongation, s),
        _at_most(p.width_mm, s.linear_max_width_mm, s),
        _at_least(p.line_share, s.linear_min_line_share, s),
        1.0 if p.count >= s.linear_min_count else 0.0,
    )
    small = (1 - diffuse - linear) * _at_most(p.extent_mm, s.grouped_max_extent_mm, s)
    large = 1 - diffuse - linear - small
    wedge = _is_wedge(p, s)
    probabilities = {
        Distribution.DIFFUSE: diffuse,
        Distribution.REGIONAL: large * (1 - wedge),
        Distribution.GROUPED: small,
        Distribution.LINEAR: linear,
        Distribution.SEGMENTAL: large * wedge,
    }
    ranked = sorted(DESCRIPTORS, key=lambda d: -probabilities[d])
    first, second = ranked[:2]
    margin = probabilities[first] - probabilities[second]
    reasons = [REASONS[first](p, s)]
    missing = lacks_number(first, p, s)
    if missing:
        reasons = [missing]
    elif margin < s.indeterminate_margin:
        reasons.append(f"{second.value} is about as good: {REASONS[second](p, s)}")
    if first in {Distribution.REGIONAL, Distribution.SEGMENTAL} and p.axis_to_nipple_degrees is None:
        reasons.append("the nipple is not known, so a wedge that points to it cannot be told from a region")
    unclear = bool(missing) or margin < s.indeterminate_margin
    return DistributionCall(
        label=Distribution.INDETERMINATE if unclear else first,
        reasons=tuple(reasons),
        probabilities=MappingProxyType(probabilities),
        margin=margin,
        between=(first, second) if unclear else (),
        evidence=_evidence(p),
    )


def classify_image(
    whole: Pattern | None,
    clusters: Sequence[DistributionCall],
    micro_count: int,
    settings: DistributionSettings,
) -> DistributionCall:
    """
    Name the distribution of the image as a whole, by one written rule.

    Fewer microcalcifications than a group needs: not applicable. All of them
    spread through the breast, or several clusters throughout it: diffuse.
    Otherwise the descriptor of most concern among the clusters, in the order
    of `CONCERN`; an indeterminate call only where no cluster has a descriptor.

    Parameters
    ----------
    whole : Pattern or None
        All calcifications that count; None for fewer than two.
    clusters : sequence of DistributionCall
        One per cluster, the largest first.
    micro_count : int
        Number of microcalcifications in the image.
    settings : DistributionSettings
        The definitions.

    Returns
    -------
    DistributionCall
        Its evidence counts the clusters.
    """
    counts = {"microcalcifications": float(micro_count), "clusters": float(len(clusters))}
    if whole is None or micro_count < settings.linear_min_count:
        reason = (
            f"{micro_count} microcalcifications in the image; a descriptor needs at least {settings.linear_min_count}"
        )
        return _not_applicable(reason, counts)
    as_one = classify_pattern(whole, settings)
    evidence = MappingProxyType({**counts, **as_one.evidence})
    if as_one.label is Distribution.DIFFUSE:
        return DistributionCall(as_one.label, as_one.reasons, as_one.probabilities, as_one.margin, (), evidence)
    spread = whole.hull_share >= settings.diffuse_min_hull_share_of_clusters
    if len(clusters) >= settings.diffuse_min_clusters and spread:
        reason = (
            f"{len(clusters)} clusters through the breast; their common hull takes {whole.hull_share:.0%} of it "
            "(IARC atlas: multiple clusters through the whole breast are diffuse)"
        )
        return DistributionCall(Distribution.DIFFUSE, (reason,), *_certain(Distribution.DIFFUSE), (), evidence)
    named = [call for call in clusters if call.label in CONCERN]
    if named:
        most = min(named, key=lambda call: CONCERN.index(call.label))
        reasons = most.reasons
        if len(clusters) > 1:
            reasons = (*reasons, f"the cluster of most concern among {len(clusters)}")
        both = MappingProxyType({**counts, **most.evidence})
        return DistributionCall(most.label, reasons, most.probabilities, most.margin, most.between, both)
    largest = clusters[0].evidence["count"] if clusters else 0
    if min(micro_count, largest) < settings.grouped_min_count:
        reason = f"{micro_count} microcalcifications, none of them in a cluster that a descriptor fits"
        return _not_applicable(reason, counts)
    first = clusters[0]
    both = MappingProxyType({**counts, **first.evidence})
    return DistributionCall(first.label, first.reasons, first.probabilities, first.margin, first.between, both)


def not_calibrated() -> DistributionCall:
    """Give the call for an image without a spacing: the definitions are in millimetres."""
    return _not_applicable("no believable pixel spacing, and every definition is in millimetres", {})


def _not_applicable(reason: str, evidence: Mapping[str, float]) -> DistributionCall:
    return DistributionCall(Distribution.NOT_APPLICABLE, (reason,), evidence=MappingProxyType(dict(evidence)))


def _certain(label: Distribution) -> tuple[Mapping[Distribution, float], float]:
    return MappingProxyType({d: 1.0 if d is label else 0.0 for d in DESCRIPTORS}), 1.0


def _is_wedge(p: Pattern, s: DistributionSettings) -> float:
    """How well the pattern points to the nipple; 0.35 where the nipple is unknown."""
    if p.axis_to_nipple_degrees is None or p.angular_span_degrees is None or p.radial_over_transverse is None:
        return 0.35
    return min(
        _at_most(p.axis_to_nipple_degrees, s.segmental_max_axis_degrees, s),
        _at_most(p.angular_span_degrees, s.segmental_max_span_degrees, s),
        _at_least(p.radial_over_transverse, s.segmental_min_ratio, s),
    )


def _at_least(value: float, limit: float, settings: DistributionSettings) -> float:
    """Pass softly above a limit; the limit itself passes with 88 %."""
    softness = settings.tolerance * limit
    return 1 / (1 + math.exp(-min(max((value - limit) / softness + 2, -60), 60)))


def _at_most(value: float, limit: float, settings: DistributionSettings) -> float:
    """Pass softly below a limit; the limit itself passes with 88 %."""
    softness = settings.tolerance * limit
    return 1 / (1 + math.exp(-min(max((limit - value) / softness + 2, -60), 60)))


def _evidence(p: Pattern) -> Mapping[str, float]:
    values = {field.name: getattr(p, field.name) for field in fields(Pattern)}
    return MappingProxyType({name: float(value) for name, value in values.items() if value is not None})
