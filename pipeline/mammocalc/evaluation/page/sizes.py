"""Errors of the diameters, and macro against micro."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mammocalc.evaluation.page.blocks import Listing, Section, cell
from mammocalc.evaluation.page.plots import Axis, Line, grid, nice_ticks, plot

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mammocalc.evaluation.evaluation_report import Table
    from mammocalc.evaluation.page.blocks import Part
    from mammocalc.evaluation.page.plots import Drawing


CLOUD: Final = 3000
"""Most points of a cloud; of more, every so many are drawn."""


def sizes(document: Mapping[str, Any], tables: Mapping[str, Table]) -> Section | None:
    """Draw the errors of the diameters as Bland and Altman do, and macro against micro."""
    section, classes = document["sizes"], document["macro_or_micro"]
    if section is None and classes is None:
        return None
    parts: list[Part] = []
    below: list[Part] = []
    if section is not None:
        parts, below = [[_bland_altman(section["all"], tables["sizes"])]], [[_size_table(section)]]
    if classes is not None:
        away = {"all": classes["right"], "away from the limit by a pixel": classes["right_away_from_limit"]}
        rows = [(name, cell(figure), figure["n"]) for name, figure in away.items()]
        caption = f"Macro or micro right; macro begins at a width of {classes['limit_mm']:g} mm"
        drawn = grid("Macro or micro", classes["labels"], classes["confusion"])
        parts.append([Listing(caption, ("", "right", "n"), rows), drawn])
    words = (
        "Reported calcifications that found a true one. Errors are measured minus true; the limits of agreement are "
        "1.96 standard deviations from the mean error."
    )
    return Section("Sizes", words, parts, below)


def _bland_altman(figures: Mapping[str, Any], table: Table) -> Drawing:
    true, found = table.columns.index("true_diameter_mm"), table.columns.index("diameter_mm")
    pairs = [(float(row[true] or 0), float(row[found] or 0)) for row in table.rows if row[true] and row[found]]
    pairs = pairs[:: max(1, -(-len(pairs) // CLOUD))]
    cloud = [((one + other) / 2, other - one) for one, other in pairs]
    right = max([x for x, _ in cloud], default=1.0) * 1.05
    bias, low, high = (figures[name]["value"] for name in ("bias_mm", "agreement_low_mm", "agreement_high_mm"))
    reach = max([abs(y) for _, y in cloud] + [0.15, abs(low or 0), abs(high or 0)]) * 1.1
    lines = [Line(f"mean error {bias:+.3f} mm", "b", [(0, bias), (right, bias)])]
    if low is not None and high is not None:
        lines.append(
            Line(f"limits of agreement {low:+.3f} to {high:+.3f} mm", "b", [(0, low), (right, low)], is_dashed=True)
        )
        lines.append(Line("", "b", [(0, high), (right, high)], is_dashed=True))
    x = Axis("mean of measured and true diameter, mm", 0, right, ticks=nice_ticks(0, right))
    y = Axis("measured minus true, mm", -reach, reach, ticks=nice_ticks(-reach, reach))
    return plot("Errors of the diameter", x, y, lines, cloud=cloud)


def _size_table(section: Mapping[str, Any]) -> Listing:
    rows = []
    for entry in [{"group": "all", **section["all"]}, *section["by_diameter"]]:
        p05, p95 = entry["error_p05_mm"]["value"], entry["error_p95_mm"]["value"]
        bias, within = cell(entry["bias_mm"]), cell(entry["within_tolerance"])
        rows.append((entry["group"], entry["n"], bias, f"{p05:+.3f} to {p95:+.3f}", within))
    head = ("true diameter", "n", "mean error, mm", "middle 90 %, mm", "within the tolerance")
    return Listing("Errors of the diameter", head, rows)
