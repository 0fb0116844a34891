"""Distribution and morphology: confusion matrices."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from mammocalc.evaluation.page.markup import cell, listing, part_of_page
from mammocalc.evaluation.page.plots import grid

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mammocalc.evaluation.evaluation_report import Table


def labels(document: Mapping[str, Any], _tables: Mapping[str, Table]) -> str:
    """Draw the confusion matrices."""
    given = {
        "Distribution of images": (document["distribution"] or {}).get("of_images"),
        "Distribution of the clusters that were found": (document["distribution"] or {}).get("of_clusters"),
        "Morphology of the clusters that were found": document["morphology"],
    }
    parts = []
    for title, section in given.items():
        if section is None:
            continue
        names = [label.replace("_", " ") for label in section["labels"]]
        drawn = f"<h3>{title} (n {section['n']})</h3>" + grid(title, names, section["confusion"])
        commonest = section["commonest"].replace("_", " ")
        rows = [
            f"<td>right</td>{cell(section['accuracy'])}",
            f"<td>right by always saying {escape(commonest)}</td>{cell(section['commonest_share'])}",
            f"<td>macro F1</td>{cell(section['macro_f1'])}",
            f"<td>Cohen's kappa</td>{cell(section['kappa'])}",
            f"<td>no answer (counts as wrong)</td>{cell(section['abstained'])}",
        ]
        if section["calibration"] is not None:
            own = section["calibration"]
            rows.append(f"<td>calibration error of the probabilities</td>{cell(own['expected_error'])}")
            rows.append(f"<td>mean probability of the likeliest label</td>{cell(own['mean_confidence'])}")
            rows.append(f"<td>how often it was right</td>{cell(own['right'])}")
        parts += [drawn, listing(title, ("", "value"), rows)]
    if not parts:
        return ""
    return part_of_page("Distribution", "Answers against the true labels; indeterminate is no answer.", *parts)
