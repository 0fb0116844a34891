"""With or without calcifications: the ROC curve, and marks on images without."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from mammocalc.evaluation.page.markup import FOUND, cell, curve_of, listing, part_of_page
from mammocalc.evaluation.page.plots import SHARE_TICKS, Axis, Line, plot
from mammocalc.evaluation.summary import say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mammocalc.evaluation.evaluation_report import Table


def presence(document: Mapping[str, Any], tables: Mapping[str, Table]) -> str:
    """Draw the ROC curve, and list marks on images without."""
    curves, marks = document["presence"], document["marks"]
    if curves is None:
        return ""
    looks = {"as_labelled": ("as labelled", "a"), "as_they_look": ("as they look", "c")}
    lines = [
        Line(f"{looks[name][0]}, area {say(curve['area'])}", looks[name][1], curve_of(tables["roc"], name, 2, 3))
        for name, curve in curves.items()
    ]
    lines.append(Line("chance", "dim", [(0, 0), (1, 1)], is_dashed=True))
    roc = plot("ROC curve of presence", Axis("images without, ranked as with", 0, 1, ticks=SHARE_TICKS), FOUND, lines)
    rows = [
        f"<td>images {escape(looks[name][0])}</td>{cell(curve['area'])}<td>{curve['with']}</td>"
        f"<td>{curve['without']}</td><td>{curve['women_with_images_without']}</td>"
        for name, curve in curves.items()
    ]
    lists = listing("Area under the curve", ("", "area", "with", "without", "women with images without"), rows)
    if marks is not None:
        lists += "<br>" + _marks_table(marks)
    words = (
        "Images ranked by <code>presence</code>: the area is the share of pairs (one image with, one without) in the "
        "right order. Images that were not judged rank last if they are with, and are left out if not."
    )
    return part_of_page("With or without calcifications", words, roc, lists)


def _marks_table(marks: Mapping[str, Any]) -> str:
    mean, median = marks["marks_on_without_mean"], marks["marks_on_without_median"]["value"]
    rows = [f"<td>operating point</td>{cell(marks['with_marked'])}{cell(mean, 2)}<td>{median:g}</td>"]
    for entry in marks["at_shares"]:
        if entry["threshold"] is None:
            rows.append(f"<td>score for {entry['share']:.0%}</td><td>not reached</td><td></td><td></td>")
            continue
        rows.append(
            f"<td>score {entry['threshold']:.3f}</td><td>{entry['share']:.2f}</td>"
            f"{cell(entry['marks_on_without_mean'], 2)}<td>{entry['marks_on_without_median']:g}</td>"
        )
    n = marks["marks_on_without_mean"]["n"], marks["with_marked"]["n"]
    caption = f"Marks on the {n[0]} images truly without, and the share of the {n[1]} images with that have one"
    return listing(caption, ("", "with, marked", "marks on without, mean", "median"), rows)
