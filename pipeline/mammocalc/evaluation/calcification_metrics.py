"""Metrics of calcifications: found ones and false marks, at every threshold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from mammocalc.evaluation.evaluation_report import Table, figure_cells, figure_to_json, rounded
from mammocalc.evaluation.froc import restrict
from mammocalc.evaluation.point_scores import PointScores

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mammocalc.evaluation.bootstrap import Bootstrap
    from mammocalc.evaluation.evaluation_report import Section
    from mammocalc.evaluation.froc import Froc
    from mammocalc.evaluation.matched_points import PointCase
    from mammocalc.evaluation.run_folder import FinishedRun
    from mammocalc.evaluation.settings import ScoringSettings

CURVE_ROWS: Final = 400
"""Rows of a curve in froc.csv: more than a plot can show."""

BAND_RATES: Final = tuple(float(rate) for rate in np.geomspace(0.01, 100, 33))
"""Rates at which the band of a curve is drawn."""


def score_points(
    cases: Sequence[PointCase],
    run: FinishedRun,
    bootstrap: Bootstrap,
    settings: ScoringSettings,
) -> tuple[Section, dict[str, Table]]:
    """
    Score all calcifications that are known one by one.

    Parameters
    ----------
    cases : sequence of PointCase
        At least one.
    run : FinishedRun
    bootstrap : Bootstrap
    settings : ScoringSettings

    Returns
    -------
    tuple of (dict, dict of str to Table)
        The figures, and the tables froc and found_by_group.
    """
    scores = PointScores(cases, bootstrap, settings)
    point = scores.operating_point()
    curves = scores.curves()
    rows: list[tuple[str | float | int | None, ...]] = []
    section: Section = {
        "images": len(cases),
        "images_without_any": int(scores.is_normal.sum()),
        "true": len(scores.truths),
        "marks_above_and_below_the_threshold": len(scores.events.score),
        "candidates_were_kept": run.has_candidates,
        "at_operating_point": point,
        "at_rates": {},
    }
    for name, curve in curves.items():
        rates = settings.rates_per_cm2 if name == "per_cm2" else settings.rates
        if curve.per_unit.sum() <= 0 or not scores.truths:
            continue
        section["at_rates"][name] = _at_rates(curve, rates, bootstrap)
        rows += _curve_rows(name, curve)
    if "per_image" in section["at_rates"]:
        figures, _ = curves["per_image"].figures_at(BAND_RATES, bootstrap)
        section["band"] = [
            {"rate": rate, **figure_to_json(figure)} for rate, figure in zip(BAND_RATES, figures, strict=True)
        ]
    tables = {"froc": Table(("curve", "threshold", "false_marks", "found"), tuple(rows))}
    if scores.truths:
        section["by"], tables["found_by_group"] = _by_group(scores, curves["per_image"], point)
    return section, tables


def _at_rates(curve: Froc, rates: Sequence[float], bootstrap: Bootstrap) -> list[dict[str, Any]]:
    figures, thresholds = curve.figures_at(rates, bootstrap)
    return [
        {
            "rate": rounded(rate),
            "found": figure_to_json(figure),
            "threshold": rounded(float(threshold)),
            "is_reached": curve.reaches(rate),
        }
        for rate, figure, threshold in zip(rates, figures, thresholds, strict=True)
    ]


def _curve_rows(name: str, curve: Froc) -> list[tuple[str | float | int | None, ...]]:
    thresholds, false, found = curve.curve()
    if not len(thresholds):
        return []
    # Evenly over both axes: steps of the found share, and of the logarithm of the false marks.
    course = np.cumsum(np.abs(np.diff(found, prepend=0)) * 10 + np.abs(np.diff(np.log10(false + 1e-3), prepend=-3)))
    places = np.unique(np.searchsorted(course, np.linspace(0, course[-1], CURVE_ROWS)).clip(0, len(course) - 1))
    return [(name, rounded(thresholds[i]), rounded(false[i]), rounded(found[i])) for i in places]


def _by_group(scores: PointScores, curve: Froc, point: Section) -> tuple[Section, Table]:
    bootstrap, settings = scores.bootstrap, scores.settings
    at_point = point["false_per_image"]["value"] or 0.0
    section: Section = {}
    rows: list[tuple[str | float | int | None, ...]] = []
    found = np.isfinite(scores.reported.hit_score)
    units = scores.reported.true_case
    for title, groups in scores.groups().items():
        section[title] = []
        ratio = "effective_snr" if title == "effective" else "matched_filter_snr"
        for name, of in groups:
            if not of.any():
                continue
            share = bootstrap.ratio(bootstrap.sums(found[of], units[of]), bootstrap.sums(np.ones(of.sum()), units[of]))
            reported: dict[str, Any] = {
                "rate": rounded(at_point),
                "found": figure_to_json(share),
                "ideal": rounded(scores.ideal(of, at_point, ratio)),
            }
            figures, _ = restrict(curve, scores.events, bootstrap, of).figures_at(settings.rates, bootstrap)
            at_rates: list[dict[str, Any]] = [
                {
                    "rate": rounded(rate),
                    "found": figure_to_json(figure),
                    "ideal": rounded(scores.ideal(of, rate, ratio)),
                    "is_reached": curve.reaches(rate),
                }
                for rate, figure in zip(settings.rates, figures, strict=True)
            ]
            section[title].append(
                {"group": name, "n": int(of.sum()), "at_operating_point": reported, "at_rates": at_rates}
            )
            for kind, entry in [("operating point", reported), *(("rate", entry) for entry in at_rates)]:
                rows.append((title, name, kind, entry["rate"], *figure_cells(entry["found"]), entry["ideal"]))
    columns = ("by", "group", "at", "false_per_image", "found", "found_low", "found_high", "n", "ideal_matched_filter")
    return section, Table(columns, tuple(rows))
