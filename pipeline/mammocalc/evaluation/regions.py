"""Circles around calcifications: which of them hold a cluster or a mark."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mammocalc.evaluation.evaluation_report import Table, figure_to_json
from mammocalc.evaluation.threshold_sweep import TabulatedCurve, thresholds_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mammocalc.evaluation.bootstrap import Bootstrap
    from mammocalc.evaluation.cluster_metrics import FindClusters
    from mammocalc.evaluation.evaluation_cases import Case
    from mammocalc.evaluation.evaluation_report import Section
    from mammocalc.evaluation.settings import ScoringSettings
    from mammocalc.evaluation.truth import TrueRegion


def holds(region: TrueRegion, points_px: NDArray[np.float64]) -> bool:
    """Tell whether one of some (row, column) positions, shape (n, 2), lies in a circle, its edge included."""
    apart = np.hypot(points_px[:, 0] - region.row_px, points_px[:, 1] - region.column_px)
    return bool((apart <= region.radius_px + 1e-9).any())


def score_regions(
    numbered: Sequence[tuple[int, Case]],
    find_clusters: FindClusters | None,
    bootstrap: Bootstrap,
    settings: ScoringSettings,
) -> tuple[Section, dict[str, Table]]:
    """
    Score circles: all distances in pixels, so that images without a spacing count as well.

    Parameters
    ----------
    numbered : sequence of (int, Case)
        Cases whose truth gives circles, or says that there are none, with
        their numbers in the bootstrap.
    find_clusters : callable or None
        None where curves of clusters cannot be drawn.
    bootstrap : Bootstrap
    settings : ScoringSettings

    Returns
    -------
    tuple of (dict, dict of str to Table)
        The figures, and the table region_froc.
    """
    count = len(bootstrap.unit_of_case)
    truths, normal = np.zeros(count), np.zeros(count)
    names = ("cluster_centroid", "cluster_member", "shown_cluster_member", "calcification")
    by = {name: (np.zeros(count), np.zeros(count)) for name in names}
    for number, case in numbered:
        regions = case.truth.regions or ()
        truths[number], normal[number] = len(regions), not regions and case.found is not None
        if case.found is None:
            continue
        marks = case.found.marks.points_px[: case.found.marks.reported]
        clusters = [marks[list(cluster.members)] for cluster in case.found.clusters]
        shown = [marks[list(cluster.members)] for cluster in case.found.clusters if not cluster.loose]
        nothing = np.zeros((0, 2))
        said = {
            "cluster_centroid": (_centroids(clusters), len(clusters)),
            "cluster_member": (np.concatenate([*clusters, nothing]), len(clusters)),
            "shown_cluster_member": (np.concatenate([*shown, nothing]), len(shown)),
            "calcification": (marks, len(marks)),
        }
        for name, (points, things) in said.items():
            found, false = by[name]
            found[number] = sum(holds(region, points) for region in regions)
            false[number] = 0 if regions else things
    sums = bootstrap.sums
    point = {
        name: {
            "found": figure_to_json(bootstrap.ratio(sums(found), sums(truths))),
            "false_per_normal_image": figure_to_json(bootstrap.ratio(sums(false), sums(normal))),
        }
        for name, (found, false) in by.items()
    }
    section: Section = {
        "images": len(numbered),
        "images_without_any": int(normal.sum()),
        "true": int(truths.sum()),
        "at_operating_point": point,
        "at_rates": {},
    }
    rows: list[tuple[str | float | int | None, ...]] = []
    if truths.any() and normal.any():
        for name, curve in _curves(numbered, find_clusters, bootstrap, (truths, normal)).items():
            section["at_rates"][name] = curve.found_at(settings.rates, bootstrap)
            rows += curve.rows(name)
    return section, {"region_froc": Table(("hit_by", "threshold", "false_per_normal_image", "found"), tuple(rows))}


def _centroids(clusters: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
    return np.array([cluster.mean(axis=0) for cluster in clusters]).reshape(-1, 2)


def _curves(
    numbered: Sequence[tuple[int, Case]],
    find_clusters: FindClusters | None,
    bootstrap: Bootstrap,
    denominators: tuple[NDArray[np.float64], NDArray[np.float64]],
) -> dict[str, TabulatedCurve]:
    truths, normal = (bootstrap.sums(values) for values in denominators)
    thresholds = thresholds_of([case.found.marks.scores for _, case in numbered if case.found is not None])
    shape = len(thresholds), bootstrap.count
    names = ["calcification"] if find_clusters is None else ["cluster_centroid", "cluster_member", "calcification"]
    found = {name: np.zeros(shape) for name in names}
    false = {name: np.zeros(shape) for name in names}
    for number, case in numbered:
        if case.found is None:
            continue
        unit, regions = bootstrap.unit_of_case[number], case.truth.regions or ()
        for step, threshold in enumerate(thresholds):
            marks = case.found.marks.points_px[case.found.marks.scores >= threshold]
            shown = {"calcification": marks}
            groups: list[NDArray[np.float64]] = []
            if find_clusters is not None:
                if case.spacing is not None:  # without one, a run draws no clusters
                    groups = [marks[list(members)] for members in find_clusters(case.spacing.to_mm(marks))]
                shown["cluster_centroid"] = _centroids(groups)
                shown["cluster_member"] = np.concatenate([*groups, np.zeros((0, 2))])
            for name, points in shown.items():
                found[name][step, unit] += sum(holds(region, points) for region in regions)
                if not regions:
                    false[name][step, unit] += len(marks) if name == "calcification" else len(groups)
    return {name: TabulatedCurve(thresholds, found[name], false[name], truths, normal) for name in names}
