"""Metrics of presence: how well images with calcifications are ranked, and marks on those without."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from mammocalc.evaluation.evaluation_report import Table, figure_to_json, rounded

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from mammocalc.evaluation.bootstrap import Bootstrap, Figure
    from mammocalc.evaluation.evaluation_cases import Case
    from mammocalc.evaluation.evaluation_report import Section

SHARES: Final = (0.8, 0.9, 0.95)
"""Shares of the images with calcifications that are to have a mark; 0.9 is the goal of the project."""


def score_presence(
    cases: Sequence[Case], bootstrap: Bootstrap
) -> tuple[Section | None, Section | None, dict[str, Table]]:
    """
    Score ``presence``, and the marks on images with and without.

    An image with calcifications that was not analysed ranks last; one without
    is left out, for an error must not pay.

    Returns
    -------
    tuple of (dict or None, dict or None, dict of str to Table)
        Figures of the ranking, figures of the marks, and the table roc; None
        where the truth does not say which images are with.
    """
    labels = {
        "as_labelled": [case.truth.has_calcifications for case in cases],
        "as_they_look": [case.truth.looks for case in cases],
    }
    if labels["as_they_look"] == labels["as_labelled"]:  # nobody saw anything else
        del labels["as_they_look"]
    curves: Section = {}
    rows: list[tuple[str | float | int | None, ...]] = []
    for name, has in labels.items():
        numbers = np.array([i for i, case in enumerate(cases) if _ranks(case, has[i])], dtype=np.intp)
        is_with = np.array([has[i] for i in numbers], dtype=bool)
        scores = np.array([_presence(cases[i]) for i in numbers], dtype=np.float64)
        roc = draw_roc(scores, is_with, numbers, bootstrap)
        if roc is None:
            continue
        curves[name] = {
            "area": figure_to_json(roc.area),
            "with": int(is_with.sum()),
            "without": int((~is_with).sum()),
            "patients_with_images_without": len(set(bootstrap.unit_of_case[numbers[~is_with]].tolist())),
        }
        points = zip(roc.threshold, roc.false_share, roc.found_share, strict=True)
        rows += [(name, rounded(t), rounded(false), rounded(found)) for t, false, found in points]
    marks = _marks(cases, labels.get("as_they_look", labels["as_labelled"]), bootstrap)
    tables = {"roc": Table(("curve", "threshold", "false_share", "found_share"), tuple(rows))} if rows else {}
    return curves or None, marks, tables


def _presence(case: Case) -> float:
    if case.found is None or case.found.presence is None:
        return -np.inf
    return case.found.presence


def _ranks(case: Case, has: bool | None) -> bool:
    return has is not None and (has or np.isfinite(_presence(case)))


def _marks(cases: Sequence[Case], has: Sequence[bool | None], bootstrap: Bootstrap) -> Section | None:
    """Count marks on images that are truly without: by the second look where there is one."""
    numbers = np.array([i for i, case in enumerate(cases) if _ranks(case, has[i])], dtype=np.intp)
    is_with = np.array([has[i] for i in numbers], dtype=bool)
    if not len(numbers) or not is_with.any() or is_with.all():
        return None
    counts = np.array([_reported(cases[i]) for i in numbers])
    scores = [_scores(cases[i]) for i in numbers]
    best = np.array([own.max() if len(own) else -np.inf for own in scores])

    def statistic(items: NDArray[np.intp]) -> list[float]:
        with_, without = counts[items][is_with[items]], counts[items][~is_with[items]]
        return [
            float((with_ > 0).mean()) if len(with_) else np.nan,
            float(without.mean()) if len(without) else np.nan,
            float(np.median(without)) if len(without) else np.nan,
            float((without > 0).mean()) if len(without) else np.nan,
        ]

    names = ("with_marked", "marks_on_without_mean", "marks_on_without_median", "without_marked")
    section: Section = {
        name: figure_to_json(figure) for name, figure in bootstrap.of_items(numbers, names, statistic).items()
    }
    kinds: Mapping[str, int] = {"with_marked": int(is_with.sum())}
    for name in names:
        section[name]["n"] = kinds.get(name, int((~is_with).sum()))
    section["at_shares"] = [_at_share(share, best, scores, is_with, numbers, bootstrap) for share in SHARES]
    return section


def _at_share(
    share: float,
    best: NDArray[np.float64],
    scores: Sequence[NDArray[np.float64]],
    is_with: NDArray[np.bool_],
    numbers: NDArray[np.intp],
    bootstrap: Bootstrap,
) -> Section:
    def statistic(items: NDArray[np.intp]) -> tuple[float, ...]:
        return marks_where_so_many_are_found(best[items], [scores[i] for i in items], is_with[items], share)

    threshold, mean, median = bootstrap.of_items(numbers, ("threshold", "mean", "median"), statistic).values()
    return {
        "share": share,
        "threshold": rounded(threshold.value),
        "marks_on_without_mean": {**figure_to_json(mean), "n": int((~is_with).sum())},
        "marks_on_without_median": rounded(median.value),
    }


def _reported(case: Case) -> int:
    return 0 if case.found is None else case.found.marks.reported


def _scores(case: Case) -> NDArray[np.float64]:
    return np.zeros(0) if case.found is None else case.found.marks.scores


@dataclass(frozen=True, slots=True, eq=False)
class Roc:
    """
    A ROC curve.

    Attributes
    ----------
    threshold, false_share, found_share : ndarray of float64, shape (k,)
        From the strictest threshold (inf: nothing) to the loosest.
    area : Figure
    """

    threshold: NDArray[np.float64]
    false_share: NDArray[np.float64]
    found_share: NDArray[np.float64]
    area: Figure


def draw_roc(
    scores: NDArray[np.float64], has: NDArray[np.bool_], cases: NDArray[np.intp], bootstrap: Bootstrap
) -> Roc | None:
    """
    Draw a ROC curve, with its area and the area's interval.

    Parameters
    ----------
    scores : ndarray of float64, shape (n,)
        Larger is surer; -inf for images that were not analysed.
    has : ndarray of bool, shape (n,)
        Which ones are with.
    cases : ndarray of intp, shape (n,)
        The case of each image.
    bootstrap : Bootstrap

    Returns
    -------
    Roc or None
        None where one of the two kinds is absent.

    Notes
    -----
    The area is the share of pairs (one with, one without) that are in the
    right order, ties counting half (Mann and Whitney).
    """
    if not has.any() or has.all():
        return None
    values, rank = np.unique(scores, return_inverse=True)
    units = bootstrap.unit_of_case[cases]

    def area(weights: NDArray[np.float64]) -> float:
        with_ = np.bincount(rank, weights * has, len(values))
        without = np.bincount(rank, weights * ~has, len(values))
        pairs = with_.sum() * without.sum()
        below = np.cumsum(without) - without
        return float((with_ * (below + without / 2)).sum() / pairs) if pairs else np.nan

    drawn = np.array([area(weights[units]) for weights in bootstrap.weights])
    found = np.bincount(rank, has, len(values))[::-1].cumsum() / has.sum()
    false = np.bincount(rank, ~has, len(values))[::-1].cumsum() / (~has).sum()
    return Roc(
        threshold=np.concatenate([[np.inf], values[::-1]]),
        false_share=np.concatenate([[0.0], false]),
        found_share=np.concatenate([[0.0], found]),
        area=bootstrap.figure(area(np.ones(len(scores))), drawn, len(scores)),
    )


def marks_where_so_many_are_found(
    best: NDArray[np.float64], scores: Sequence[NDArray[np.float64]], has: NDArray[np.bool_], share: float
) -> tuple[float, float, float]:
    """
    Lower the threshold until a share of the images with calcifications has one mark, and count marks on the others.

    Parameters
    ----------
    best : ndarray of float64, shape (n,)
        Highest score of each image; -inf without marks.
    scores : sequence of ndarray
        Scores of the marks of each image.
    has : ndarray of bool, shape (n,)
    share : float
        As 0.9.

    Returns
    -------
    tuple of float
        Threshold, and mean and median number of marks on images without; nan
        where the share is never reached or a kind is absent.
    """
    if not has.any() or has.all():
        return np.nan, np.nan, np.nan
    ranked = np.sort(best[has])[::-1]
    threshold = float(ranked[int(np.ceil(share * len(ranked) - 1e-9)) - 1])
    if not np.isfinite(threshold):
        return np.nan, np.nan, np.nan
    counts = [(scores[i] >= threshold).sum() for i in np.flatnonzero(~has).tolist()]
    return threshold, float(np.mean(counts)), float(np.median(counts))
