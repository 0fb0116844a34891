"""The image as a whole: one written rule over its clusters."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import numpy as np

from pipeline.lexicon import DESCRIPTORS, Distribution
from pipeline.model import DistributionCall
from pipeline.stages.distribution.cluster import CHANCE_EVIDENCE, classify_pattern
from pipeline.stages.distribution.table import ranked

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipeline.boosting import BoostedClasses
    from pipeline.model import Pattern
    from pipeline.stages.distribution.settings import DistributionSettings

CONCERN: Final = (
    Distribution.SEGMENTAL,
    Distribution.LINEAR,
    Distribution.GROUPED,
    Distribution.REGIONAL,
    Distribution.DIFFUSE,
)
"""Descriptors in the order of the published shares of malignant biopsies, the highest first."""


def classify_image(
    whole: Pattern | None,
    clusters: Sequence[DistributionCall],
    micro_count: int,
    trees: BoostedClasses | None,
    settings: DistributionSettings,
) -> DistributionCall:
    """
    Name the distribution of the image as a whole, by one written rule.

    1. Fewer microcalcifications than any descriptor needs: not applicable.
    2. All calcifications together are spread through the breast: diffuse.
    3. Several similar clusters throughout the breast: diffuse.
    4. Otherwise the descriptor of most concern among the clusters, in the
       order of `CONCERN`; with trees all calcifications together count as one
       more set, for missed ones can tear a pattern into several clusters, if
       the table gives them the same descriptor.
    5. Where no cluster has a descriptor: indeterminate, if one is large enough
       and not there by chance; else not applicable.

    Parameters
    ----------
    whole : Pattern or None
        All calcifications that count; None for fewer than two.
    clusters : sequence of DistributionCall
        One per cluster, the largest first.
    micro_count : int
        Number of microcalcifications in the image.
    trees : BoostedClasses or None
        The learned classifier; None for the table alone.
    settings : DistributionSettings
        The definitions.

    Returns
    -------
    DistributionCall
        Its evidence counts the clusters; its reasons name a cluster that is
        something else by itself.
    """
    counts = {"microcalcifications": micro_count, "clusters": len(clusters)}
    if whole is None or micro_count < settings.linear_min_count:
        reason = (
            f"{micro_count} microcalcifications in the image; a descriptor needs at least {settings.linear_min_count}"
        )
        return _not_applicable(reason, counts)
    as_one = classify_pattern(whole, trees, settings)
    evidence = {**counts, **as_one.evidence}
    if as_one.label is Distribution.DIFFUSE:
        reasons = (*as_one.reasons, *_besides(clusters))
        return _with(as_one, reasons, evidence)
    similar = _similar_clusters(clusters, settings)
    spread = whole.image_hull_share >= settings.diffuse_min_hull_share_of_clusters
    if similar >= settings.diffuse_min_clusters and spread:
        reason = (
            f"{similar} similar clusters through the breast; the hull of all takes {whole.image_hull_share:.0%} of it "
            "(IARC atlas: multiple similar clusters throughout the breast are diffuse)"
        )
        evidence["similar_clusters"] = similar
        return DistributionCall(
            Distribution.DIFFUSE, (reason, *_besides(clusters)), *_certain(Distribution.DIFFUSE), (),
            MappingProxyType(evidence),
        )  # fmt: skip
    # Scattered specks look like a torn wedge to the trees: what no cluster is by itself, the table must see as well.
    is_torn = trees is not None and len(clusters) > 1 and bool(as_one.evidence["table_agrees"])
    named = [call for call in (*clusters, *((as_one,) if is_torn else ())) if call.label in CONCERN]
    if named:
        most = min(named, key=lambda call: CONCERN.index(call.label))
        reasons = most.reasons
        if most is as_one:
            reasons = (*reasons, f"all {len(clusters)} clusters and what lies between them, taken together")
        elif len(clusters) > 1:
            reasons = (*reasons, f"the cluster of most concern among {len(clusters)}")
        return _with(most, reasons, {**counts, **most.evidence})
    unnamed = [
        call
        for call in clusters
        if call.evidence["count"] >= settings.grouped_min_count
        and call.evidence.get(CHANCE_EVIDENCE, 0.0) < settings.max_chance
    ]
    if unnamed:
        return _with(unnamed[0], unnamed[0].reasons, {**counts, **unnamed[0].evidence})
    return _not_applicable(
        f"{micro_count} microcalcifications, none of them in a cluster that a descriptor fits", counts
    )


def withhold(call: DistributionCall, reason: str) -> DistributionCall:
    """
    Take back a descriptor that rests on calcifications of doubtful belonging.

    Parameters
    ----------
    call : DistributionCall
        Of a cluster or an image.
    reason : str
        Why, in words.

    Returns
    -------
    DistributionCall
        Indeterminate between the two most probable descriptors, with the
        reason before the others; unchanged where it names no descriptor.
    """
    if call.label not in CONCERN:
        return call
    first, second, _ = ranked(call.probabilities)
    return replace(call, label=Distribution.INDETERMINATE, between=(first, second), reasons=(reason, *call.reasons))


def not_calibrated() -> DistributionCall:
    """Give the call for an image without a spacing: the definitions are in millimetres."""
    return _not_applicable("no believable pixel spacing, and every definition is in millimetres", {})


def _similar_clusters(clusters: Sequence[DistributionCall], settings: DistributionSettings) -> int:
    """Count the clusters of one descriptor whose extents are about the same."""
    best = 0
    for label in CONCERN:
        extents = np.array([call.evidence["extent_mm"] for call in clusters if call.label is label])
        if len(extents):
            ratio = np.maximum(extents, 1.0) / max(float(np.median(extents)), 1.0)
            alike = np.maximum(ratio, 1 / ratio) <= settings.similar_max_extent_ratio
            best = max(best, int(alike.sum()))
    return best


def _besides(clusters: Sequence[DistributionCall]) -> tuple[str, ...]:
    """Say what the cluster of most concern is by itself, where the image as a whole is diffuse."""
    named = [call for call in clusters if call.label in CONCERN and call.label is not Distribution.DIFFUSE]
    if not named:
        return ()
    most = min(named, key=lambda call: CONCERN.index(call.label))
    return (f"by itself the cluster of most concern, of {len(clusters)}, is {most.label.value}: {most.reasons[0]}",)


def _with(call: DistributionCall, reasons: tuple[str, ...], evidence: Mapping[str, float]) -> DistributionCall:
    return DistributionCall(
        call.label, reasons, call.probabilities, call.margin, call.between, MappingProxyType(dict(evidence)),
        call.calibrated_on,
    )  # fmt: skip


def _not_applicable(reason: str, evidence: Mapping[str, float]) -> DistributionCall:
    return DistributionCall(Distribution.NOT_APPLICABLE, (reason,), evidence=MappingProxyType(dict(evidence)))


def _certain(label: Distribution) -> tuple[Mapping[Distribution, float], float]:
    return MappingProxyType({d: 1.0 if d is label else 0.0 for d in DESCRIPTORS}), 1.0
