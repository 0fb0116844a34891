"""Clusters, the descriptor of each, and the word of the whole image."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.spatial.distance import cdist

from mammocalc.analysis.classifiers import distribution_classifier_of
from mammocalc.model import Breast, Cluster, Tally
from mammocalc.stages import cluster_features, clustering, distribution, morphology
from mammocalc.vocabulary.lexicon import CalcificationSize, Distribution, Flag

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mammocalc.config import Config
    from mammocalc.model import Calcification, DistributionCall, Landmarks, Spread
    from mammocalc.vocabulary.geometry import PixelSpacing
    from mammocalc.vocabulary.lexicon import View

_LEAST_MEMBERSHIP = 0.05
"""Smaller shares are left out: more than four times the reach away."""

_SURE_ALONE = 0.985
"""Score from which a calcification counts for *scattered*. That word rests on single ones, whose odds are lower than
those of members of a cluster; with it, images that readers call free are called so (docs/evidence/distribution.md).
By the trees of today as many lie above it as lay above 0.99 by those before."""

_COARSE_MIN_DIAMETER_MM: Final = 0.8
"""Single calcifications of this diameter count as typically benign for the word of the image, whatever form they show,
unless they belong to a cluster that is grouped, linear or segmental. 0.6 to 1.2 mm are alike on readings."""

_ARTERY_NEAR_MM: Final = 10.0
"""A line or a wedge with a calcification on an artery this near is indeterminate: what lies in a line is an artery
until something else is shown."""


def find_distribution(
    found: tuple[Calcification, ...],
    apart: tuple[Calcification, ...],
    breast: Breast,
    marks: Landmarks,
    spacing: PixelSpacing,
    config: Config,
) -> tuple[tuple[Calcification, ...], tuple[Cluster, ...], DistributionCall]:
    """Group the calcifications that count, and name the distribution of each cluster and of the image."""
    points_mm, trees = _points_mm(found, spacing), distribution_classifier_of(config)
    clusters: list[Cluster] = []
    groupings = clustering.find_clusters(points_mm, config.group)
    shapes = [
        cluster_features.describe_pattern(one.members, points_mm, breast, marks.known_nipple, spacing, config.pattern)
        for one in groupings
    ]
    for number, (grouping, shape) in enumerate(zip(groupings, shapes, strict=True), start=1):
        members = grouping.members
        hull_px = spacing.to_px(grouping.hull_mm)
        clusters.append(
            Cluster(
                number=number,
                members=tuple(found[i].number for i in members),
                extent_mm=grouping.extent_mm,
                area_mm2=grouping.area_mm2,
                density_per_cm2=grouping.density_per_cm2,
                hull_px=tuple((float(row), float(column)) for row, column in hull_px),
                distribution=_unless_vascular(
                    distribution.classify_pattern(shape, trees, config.distribution),
                    [found[i] for i in members],
                    apart,
                    spacing,
                    _ARTERY_NEAR_MM,
                ),
            )
        )
    cluster_of = {member: cluster.number for cluster in clusters for member in cluster.members}
    shares = clustering.memberships(points_mm, groupings)
    found = tuple(
        replace(c, cluster=cluster_of.get(c.number), memberships=_firmest(row))
        for c, row in zip(found, shares, strict=True)
    )
    whole = None
    if len(groupings) == 1 and len(groupings[0].members) == len(found):  # described already
        [whole] = shapes
    elif len(found) >= 2:
        whole = cluster_features.describe_pattern(
            range(len(found)), points_mm, breast, marks.known_nipple, spacing, config.pattern
        )
    calls = [cluster.distribution for cluster in clusters]
    first = _of_first_look(found, config)
    spread = _spread(first, apart, clusters, breast, spacing, config)
    call = distribution.classify_image(spread, whole, calls, trees, config.distribution)
    second = len(found) - len(first)
    if second and all(call.reasons[0] != cluster.reasons[0] for cluster in calls):  # a cluster counts all its members
        reason = f"{second} that only a second look within a cluster reported {'is' if second == 1 else 'are'} listed"
        call = replace(call, reasons=(*call.reasons, f"{reason} and not counted for the word of the image"))
    return found, tuple(clusters), call


def _of_first_look(found: Sequence[Calcification], config: Config) -> list[Calcification]:
    """Leave out what only a cluster made a calcification; what a crowd made one on film was found without any."""
    limit = config.classify.crowd_score
    return [c for c in found if Flag.SECOND_LOOK not in c.flags or c.score >= limit]


def _spread(
    counting: Sequence[Calcification],
    apart: Sequence[Calcification],
    clusters: Sequence[Cluster],
    breast: Breast,
    spacing: PixelSpacing,
    config: Config,
) -> Spread:
    """Part the calcifications as the words of images do: in arteries, typically benign, and the rest."""
    settings = config.distribution
    tight = {Distribution.GROUPED, Distribution.LINEAR, Distribution.SEGMENTAL}
    in_pattern = {n for c in clusters if c.distribution.label in tight for n in c.members}
    doubtful = [c for c in counting if _is_arterial(c)]
    coarse = [
        c
        for c in counting
        if not _is_arterial(c) and c.number not in in_pattern and (c.diameter_mm or 0.0) >= _COARSE_MIN_DIAMETER_MM
    ]
    left = {c.number for c in counting} - {c.number for c in (*doubtful, *coarse)}
    arterial = sum(_is_arterial(c) for c in apart)
    return cluster_features.measure_spread(
        _points_mm(tuple(c for c in counting if c.number in left), spacing),
        Tally(
            arterial=arterial + len(doubtful),
            possibly_arterial=len(doubtful),
            benign=len(apart) - arterial + len(coarse),
            microcalcifications=sum(c.size is CalcificationSize.MICRO for c in counting),
            unsure=sum(c.number in left and c.score < _SURE_ALONE for c in counting),
        ),
        (config.pattern.circle_mm, settings.grouped_max_extent_mm),
        breast,
        spacing,
    )


def _is_arterial(calcification: Calcification) -> bool:
    return bool(calcification.flags & {Flag.VASCULAR, Flag.POSSIBLY_VASCULAR})


def _unless_vascular(
    call: DistributionCall,
    members: Sequence[Calcification],
    apart: Sequence[Calcification],
    spacing: PixelSpacing,
    near_mm: float,
) -> DistributionCall:
    """Withhold a descriptor where most of its members may lie in the wall of an artery, or one lies near a line."""
    doubtful = sum(Flag.POSSIBLY_VASCULAR in c.flags for c in members)
    if 2 * doubtful > len(members):
        reason = f"{doubtful} of {len(members)} lie in two short parallel rows, which may be the walls of an artery"
        return distribution.withhold(call, reason)
    arterial = tuple(c for c in apart if _is_arterial(c))
    if call.label not in {Distribution.LINEAR, Distribution.SEGMENTAL} or not arterial:
        return call
    away_mm = cdist(_points_mm(arterial, spacing), _points_mm(tuple(members), spacing)).min(axis=1)
    near = int((away_mm <= near_mm).sum())
    if not near:
        return call
    many = f"{near} calcification{' lies' if near == 1 else 's lie'}"
    return distribution.withhold(call, f"{many} on an artery within {near_mm:g} mm: these may be a part of it")


def _firmest(shares: NDArray[np.float64]) -> tuple[tuple[int, float], ...]:
    """Give the clusters that a calcification may belong to by number, the firmest first."""
    order = np.argsort(-shares, kind="stable")
    return tuple((int(k) + 1, float(shares[k])) for k in order if shares[k] >= _LEAST_MEMBERSHIP)


def with_morphology(
    clusters: tuple[Cluster, ...], found: tuple[Calcification, ...], spacing: PixelSpacing, view: View, config: Config
) -> tuple[Cluster, ...]:
    """Say what kind of calcifications each cluster holds."""
    by_number = {c.number: c for c in found}
    return tuple(
        replace(
            cluster,
            morphology=morphology.classify_cluster(
                [by_number[number] for number in cluster.members], spacing, view, config.morphology
            ),
        )
        for cluster in clusters
    )


def _points_mm(found: tuple[Calcification, ...], spacing: PixelSpacing) -> NDArray[np.float64]:
    return spacing.to_mm(np.array([(c.row_px, c.column_px) for c in found]).reshape(-1, 2))
