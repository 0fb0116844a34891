"""Metrics of clusters: found ones and false ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from mammocalc.evaluation.clusters import is_found, is_found_kallergi
from mammocalc.evaluation.evaluation_report import Table, figure_to_json
from mammocalc.evaluation.matching import match_nearest, match_ranked
from mammocalc.evaluation.threshold_sweep import TabulatedCurve, thresholds_of

if TYPE_CHECKING:
    from mammocalc.evaluation.bootstrap import Bootstrap
    from mammocalc.evaluation.evaluation_report import Section
    from mammocalc.evaluation.matched_points import PointCase
    from mammocalc.evaluation.settings import ScoringSettings

FindClusters: TypeAlias = Callable[[NDArray[np.float64]], Sequence[Sequence[int]]]
"""Draws clusters as the run did: takes positions in mm, gives the members of each cluster by index."""


@dataclass(frozen=True, slots=True)
class ClusterCount:
    """
    Counts of found and false clusters of one case.

    ``pairs`` are (found cluster, true cluster), one to one. ``false`` clusters
    find no true one; ``without_truth`` is how many of those hold fewer true
    calcifications than a cluster needs members.
    """

    pairs: tuple[tuple[int, int], ...]
    kallergi: int
    false: int
    without_truth: int


def count_clusters(
    case: PointCase, marks: NDArray[np.intp], clusters: Sequence[Sequence[int]], settings: ScoringSettings
) -> ClusterCount:
    """
    Score the clusters of one image.

    Parameters
    ----------
    case : PointCase
        Its truth names clusters.
    marks : ndarray of intp, shape (n,)
        The marks that are shown.
    clusters : sequence of sequence of int
        Members of each found cluster, as positions in ``marks``.
    settings : ScoringSettings
    """
    marks_mm = case.marks_mm[marks]
    found_by = dict(match_nearest(marks_mm, case.truths_mm, case.radius_mm(settings)))
    spacing = case.case.spacing
    truths = case.case.truth.clusters or ()
    near: list[list[int]] = []
    near_kallergi: list[list[int]] = []
    without = 0
    for members in clusters:
        members_mm = marks_mm[list(members)]
        near.append([])
        near_kallergi.append([])
        for number, cluster in enumerate(truths):
            hull_mm = np.asarray(cluster.hull_px, dtype=np.float64).reshape(-1, 2)
            if spacing is not None:
                hull_mm = spacing.to_mm(hull_mm)
            own = set(cluster.members)
            matched = [member for member in members if found_by.get(member) in own]
            if is_found(hull_mm, members_mm, len(matched), settings):
                near[-1].append(number)
            if is_found_kallergi(hull_mm, members_mm, marks_mm[matched], settings):
                near_kallergi[-1].append(number)
        is_without = sum(member in found_by for member in members) < settings.cluster_members
        without += is_without and not near[-1]
    by_size = -np.arange(len(clusters), dtype=np.float64)  # any order gives as many pairs
    ranked = match_ranked(near, by_size, len(truths))
    pairs = tuple((int(-score), truth) for truth, score in enumerate(ranked.hit_score) if np.isfinite(score))
    kallergi = int(np.isfinite(match_ranked(near_kallergi, by_size, len(truths)).hit_score).sum())
    return ClusterCount(pairs, kallergi, sum(not edges for edges in near), without)


def score_clusters(
    cases: Sequence[PointCase],
    find_clusters: FindClusters | None,
    bootstrap: Bootstrap,
    settings: ScoringSettings,
) -> tuple[Section, dict[str, Table]]:
    """
    Score clusters: those of the run, and those that would be drawn at other thresholds.

    Parameters
    ----------
    cases : sequence of PointCase
        Whose truth names clusters, or says that there is none.
    find_clusters : callable or None
        None where curves cannot be drawn.
    bootstrap : Bootstrap
    settings : ScoringSettings

    Returns
    -------
    tuple of (dict, dict of str to Table)
        The figures, and the table cluster_froc.
    """
    count = len(bootstrap.unit_of_case)
    truths, images, normal = np.zeros(count), np.zeros(count), np.zeros(count)
    area_cm2 = np.zeros(count)
    for case in cases:
        truths[case.number] = len(case.case.truth.clusters or ())
        if case.case.found is not None:  # an image that was not analysed must not thin out the false ones
            images[case.number] = 1
            normal[case.number] = not case.truths
            area_cm2[case.number] = (case.case.found.breast_area_mm2 or 0) / 100
    sums, ratio = bootstrap.sums, bootstrap.ratio
    hits, kallergi, false, without, shown_hits, shown_false = (np.zeros(count) for _ in range(6))
    for case in cases:
        clusters = () if case.case.found is None else case.case.found.clusters
        counted = count_clusters(case, np.arange(case.reported), [c.members for c in clusters], settings)
        number = case.number
        hits[number], kallergi[number] = len(counted.pairs), counted.kallergi
        false[number], without[number] = counted.false, counted.without_truth
        shown = [c.members for c in clusters if not c.loose]
        counted = count_clusters(case, np.arange(case.reported), shown, settings)
        shown_hits[number], shown_false[number] = len(counted.pairs), counted.false
    section: Section = {
        "images": len(cases),
        "images_without_any_calcification": int(normal.sum()),
        "true": int(truths.sum()),
        "at_operating_point": {
            "found": figure_to_json(ratio(sums(hits), sums(truths))),
            "found_kallergi": figure_to_json(ratio(sums(kallergi), sums(truths))),
            "false_per_image": figure_to_json(ratio(sums(false), sums(images))),
            "false_per_image_of_false_marks": figure_to_json(ratio(sums(without), sums(images))),
            "false_per_normal_image": figure_to_json(ratio(sums(false * normal), sums(normal))),
            "false_per_cm2": figure_to_json(ratio(sums(false), sums(area_cm2))),
            "found_by_shown": figure_to_json(ratio(sums(shown_hits), sums(truths))),
            "false_shown_per_image": figure_to_json(ratio(sums(shown_false), sums(images))),
        },
        "at_rates": {},
    }
    tables: dict[str, Table] = {}
    if find_clusters is not None and truths.any():
        curves = _curves(cases, find_clusters, bootstrap, settings, (truths, images, normal))
        rows: list[tuple[str | float | int | None, ...]] = []
        for name, curve in curves.items():
            if curve.per_unit.sum() <= 0:
                continue
            section["at_rates"][name] = curve.found_at(settings.rates, bootstrap)
            rows += curve.rows(name)
        tables["cluster_froc"] = Table(("curve", "threshold", "false_clusters", "found"), tuple(rows))
    return section, tables


def _curves(
    cases: Sequence[PointCase],
    find_clusters: FindClusters,
    bootstrap: Bootstrap,
    settings: ScoringSettings,
    denominators: tuple[NDArray[np.float64], ...],
) -> dict[str, TabulatedCurve]:
    """Draw the clusters again from the marks above each threshold."""
    truths, images, normal = (bootstrap.sums(values) for values in denominators)
    thresholds = thresholds_of([case.scores for case in cases])
    shape = len(thresholds), bootstrap.count
    hits, kallergi, false, false_normal = (np.zeros(shape) for _ in range(4))
    for case in cases:
        unit = bootstrap.unit_of_case[case.number]
        for step, threshold in enumerate(thresholds):
            marks = np.flatnonzero(case.scores >= threshold)
            if not len(marks):
                continue
            counted = count_clusters(case, marks, find_clusters(case.marks_mm[marks]), settings)
            hits[step, unit] += len(counted.pairs)
            kallergi[step, unit] += counted.kallergi
            false[step, unit] += counted.false
            false_normal[step, unit] += counted.false * (not case.truths)
    return {
        "per_image": TabulatedCurve(thresholds, hits, false, truths, images),
        "per_image_kallergi": TabulatedCurve(thresholds, kallergi, false, truths, images),
        "per_normal_image": TabulatedCurve(thresholds, hits, false_normal, truths, normal),
    }
