"""Metrics of size: diameters, and macro or micro, of the calcifications that were found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from mammocalc.evaluation.agreement import confusion
from mammocalc.evaluation.evaluation_report import Table, bin_names, figure_to_json, rounded
from mammocalc.vocabulary.lexicon import CalcificationSize

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mammocalc.evaluation.bootstrap import Bootstrap
    from mammocalc.evaluation.evaluation_report import Section
    from mammocalc.evaluation.matched_points import PointCase
    from mammocalc.evaluation.run_folder import FinishedRun
    from mammocalc.evaluation.settings import ScoringSettings
    from mammocalc.evaluation.truth import TruePoint

_COLUMNS: Final = (
    "sop_instance_uid",
    "row",
    "column",
    "true_diameter_mm",
    "diameter_mm",
    "true_size",
    "size",
    "distance_mm",
    "score",
)
SIZE_FIGURES: Final = (
    "bias_mm",
    "standard_deviation_mm",
    "agreement_low_mm",
    "agreement_high_mm",
    "error_p05_mm",
    "error_p95_mm",
    "median_error_mm",
    "within_tolerance",
)
"""What `size_figures` gives, in its order."""
_SIZES: Final = (str(CalcificationSize.MICRO), str(CalcificationSize.MACRO))


def score_sizes(
    cases: Sequence[PointCase], run: FinishedRun, bootstrap: Bootstrap, settings: ScoringSettings
) -> tuple[Section | None, Section | None, dict[str, Table]]:
    """
    Score the sizes of reported calcifications that found a true one.

    Returns
    -------
    tuple of (dict or None, dict or None, dict of str to Table)
        Figures of the diameters, figures of macro and micro, and the tables
        sizes and size_figures; None where no pair has what is needed.
    """
    numbers: list[int] = []
    true_mm: list[float] = []
    found_mm: list[float] = []
    classes: list[tuple[int, str, str, bool]] = []
    rows: list[tuple[str | float | int | None, ...]] = []
    for case in cases:
        if case.case.found is None:
            continue
        marks = case.case.found.marks
        for mark, truth in case.pairs(settings):
            point, measured = case.truths[truth], float(marks.diameter_mm[mark])
            size, found_size = true_size(point, run.macro_min_width_mm), marks.sizes[mark]
            rows.append(
                (
                    case.case.truth.uid,
                    rounded(point.row_px),
                    rounded(point.column_px),
                    rounded(case.diameter_mm[truth]),
                    rounded(measured),
                    size,
                    found_size,
                    rounded(float(np.hypot(*(case.marks_mm[mark] - case.truths_mm[truth])))),
                    rounded(float(case.scores[mark])),
                )
            )
            if np.isfinite(case.diameter_mm[truth]) and np.isfinite(measured):
                numbers.append(case.number)
                true_mm.append(float(case.diameter_mm[truth]))
                found_mm.append(measured)
            if size is not None and found_size is not None:
                classes.append((case.number, size, found_size, _is_clear(point, case, run, settings)))
    tables = {"sizes": Table(_COLUMNS, tuple(rows))}
    sizes = None
    if true_mm:
        sizes = _diameters(np.array(numbers), np.array(true_mm), np.array(found_mm), bootstrap, settings)
        tables["size_figures"] = _size_table(sizes)
    return sizes, _classes(classes, run, bootstrap) if classes else None, tables


def true_size(point: TruePoint, macro_min_width_mm: float) -> str | None:
    """Say whether a true calcification is macro under the limit of the run; without a width, what the truth says."""
    if point.width_mm is None:
        return point.size
    return _SIZES[point.width_mm >= macro_min_width_mm]


def _is_clear(point: TruePoint, case: PointCase, run: FinishedRun, settings: ScoringSettings) -> bool:
    """Tell whether the true width is away from the limit."""
    if point.width_mm is None or case.case.spacing is None:
        return False
    return abs(point.width_mm - run.macro_min_width_mm) > settings.limit_margin_px * case.case.spacing.mean_mm


def _diameters(
    cases: NDArray[np.intp],
    true_mm: NDArray[np.float64],
    found_mm: NDArray[np.float64],
    bootstrap: Bootstrap,
    settings: ScoringSettings,
) -> Section:
    def figures(of: NDArray[np.bool_]) -> Section:
        true, found = true_mm[of], found_mm[of]
        drawn = bootstrap.of_items(
            cases[of], SIZE_FIGURES, lambda items: size_figures(true[items], found[items], settings)
        )
        return {"n": int(of.sum()), **{name: figure_to_json(figure) for name, figure in drawn.items()}}

    place = np.searchsorted(np.asarray(settings.diameter_edges_mm), true_mm, side="right")
    names = bin_names(settings.diameter_edges_mm, " mm")
    bins = [{"group": name, **figures(place == index)} for index, name in enumerate(names) if (place == index).any()]
    return {"all": figures(np.ones(len(true_mm), dtype=bool)), "by_diameter": bins}


def size_figures(
    true_mm: NDArray[np.float64], found_mm: NDArray[np.float64], settings: ScoringSettings
) -> tuple[float, ...]:
    """
    Compare measured diameters with the true ones.

    Parameters
    ----------
    true_mm, found_mm : ndarray of float64, shape (n,)
        Pairs; n of at least 1.
    settings : ScoringSettings
        The tolerance.

    Returns
    -------
    tuple of float
        Named by `SIZE_FIGURES`: mean error, its standard deviation, the 95 %
        limits of agreement (mean and 1.96 standard deviations to both sides,
        Bland and Altman 1986), the ends of the middle 90 % of errors, the
        median error, and the share within the tolerance. Errors are measured
        minus true.
    """
    error = found_mm - true_mm
    bias = float(error.mean())
    spread = float(error.std(ddof=1)) if len(error) > 1 else float("nan")
    p05, median, p95 = np.quantile(error, [0.05, 0.5, 0.95])
    within = np.abs(error) <= np.maximum(settings.size_tolerance_mm, settings.size_tolerance_share * true_mm)
    return (
        bias,
        spread,
        bias - 1.96 * spread,
        bias + 1.96 * spread,
        float(p05),
        float(p95),
        float(median),
        float(within.mean()),
    )


def _size_table(sizes: Section) -> Table:
    rows = []
    for entry in [{"group": "all", **sizes["all"]}, *sizes["by_diameter"]]:
        rows += [
            (entry["group"], name, entry[name]["value"], entry[name]["low"], entry[name]["high"], entry["n"])
            for name in SIZE_FIGURES
        ]
    return Table(("group", "figure", "value", "low", "high", "n"), tuple(rows))


def _classes(classes: Sequence[tuple[int, str, str, bool]], run: FinishedRun, bootstrap: Bootstrap) -> Section:
    cases = np.array([case for case, *_ in classes], dtype=np.intp)
    right = np.array([true == found for _, true, found, _ in classes], dtype=np.float64)
    clear = np.array([is_clear for *_, is_clear in classes])
    everything = bootstrap.sums(right, cases), bootstrap.sums(np.ones(len(cases)), cases)
    away = bootstrap.sums(right * clear, cases), bootstrap.sums(clear.astype(np.float64), cases)
    table = confusion([true for _, true, _, _ in classes], [found for _, _, found, _ in classes], _SIZES)
    return {
        "limit_mm": run.macro_min_width_mm,
        "right": figure_to_json(bootstrap.ratio(*everything)),
        "right_away_from_limit": figure_to_json(bootstrap.ratio(*away)),
        "labels": list(_SIZES),
        "confusion": table.tolist(),
    }
