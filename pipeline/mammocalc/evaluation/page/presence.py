"""With or without calcifications: the ROC curve, and marks on images without."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mammocalc.evaluation.page.blocks import Listing, Section, cell, curve_of
from mammocalc.evaluation.page.plots import SHARE_TICKS, Axis, Line, plot
from mammocalc.evaluation.summary import say
from mammocalc.vocabulary.numbers import say_percent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mammocalc.evaluation.evaluation_report import Table
    from mammocalc.evaluation.page.blocks import Row


def presence(document: Mapping[str, Any], tables: Mapping[str, Table]) -> Section | None:
    """Draw the ROC curve, and list marks on images without."""
    curves, marks = document["presence"], document["marks"]
    if curves is None:
        return None
    looks = {"as_labelled": ("as labelled", "a"), "as_they_look": ("as they look", "c")}
    lines = [
        Line(f"{looks[name][0]}, area {say(curve['area'])}", looks[name][1], curve_of(tables["roc"], name))
        for name, curve in curves.items()
    ]
    lines.append(Line("chance", "dim", [(0, 0), (1, 1)], is_dashed=True))
    across = Axis("1 - specificity (images without calcifications)", 0, 1, ticks=SHARE_TICKS)
    up = Axis("sensitivity (images with calcifications)", 0, 1, ticks=SHARE_TICKS)
    roc = plot("ROC curve of presence", across, up, lines)
    counted = ("with", "without", "patients_with_images_without")
    rows = [
        (f"images {looks[name][0]}", cell(curve["area"]), *(curve[key] for key in counted))
        for name, curve in curves.items()
    ]
    lists = [Listing("Area under the curve", ("", "area", "with", "without", "patients with images without"), rows)]
    if marks is not None:
        lists.append(_marks_table(marks))
    words = (
        "Images ranked by `presence`: the area is the share of pairs (one image with calcifications, one without) in "
        "the right order. Images that were not analysed rank last if they have calcifications, else they are excluded."
    )
    return Section("With or without calcifications", words, [[roc], lists])


def _marks_table(marks: Mapping[str, Any]) -> Listing:
    mean, median = marks["marks_on_without_mean"], marks["marks_on_without_median"]["value"]
    rows: list[Row] = [("operating point", cell(marks["with_marked"]), cell(mean, 2), f"{median:g}")]
    for entry in marks["at_shares"]:
        if entry["threshold"] is None:
            rows.append((f"score for {say_percent(entry['share'])}", "not reached", "", ""))
            continue
        mean, median = cell(entry["marks_on_without_mean"], 2), entry["marks_on_without_median"]
        rows.append((f"score {entry['threshold']:.3f}", f"{entry['share']:.2f}", mean, f"{median:g}"))
    n = marks["marks_on_without_mean"]["n"], marks["with_marked"]["n"]
    caption = f"Marks on the {n[0]} images without calcifications, and the share of the {n[1]} others that have one"
    return Listing(caption, ("", "with, marked", "marks on without, mean", "median"), rows)
