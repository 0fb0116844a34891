"""Distribution and morphology: confusion matrices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mammocalc.evaluation.page.blocks import Listing, Section, cell
from mammocalc.evaluation.page.plots import grid
from mammocalc.rendering.wording import name_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mammocalc.evaluation.evaluation_report import Table
    from mammocalc.evaluation.page.blocks import Part


def labels(document: Mapping[str, Any], _tables: Mapping[str, Table]) -> Section | None:
    """Draw the confusion matrices."""
    given = {
        "Distribution of images": (document["distribution"] or {}).get("of_images"),
        "Distribution of the clusters that were found": (document["distribution"] or {}).get("of_clusters"),
        "Morphology of the clusters that were found": document["morphology"],
    }
    parts: list[Part] = []
    for title, section in given.items():
        if section is None:
            continue
        names = [name_of(label) for label in section["labels"]]
        drawn = grid(title, names, section["confusion"], heading=f"{title} (n {section['n']})")
        rows = [
            ("right", cell(section["accuracy"])),
            (f"right by always saying {name_of(section['commonest'])}", cell(section["commonest_share"])),
            ("macro F1", cell(section["macro_f1"])),
            ("Cohen's kappa", cell(section["kappa"])),
            ("no answer (counts as wrong)", cell(section["abstained"])),
        ]
        if section["calibration"] is not None:
            own = section["calibration"]
            rows.append(("calibration error of the probabilities", cell(own["expected_error"])))
            rows.append(("mean probability of the likeliest label", cell(own["mean_confidence"])))
            rows.append(("how often it was right", cell(own["right"])))
        parts += [[drawn], [Listing(title, ("", "value"), rows)]]
    if not parts:
        return None
    return Section("Distribution", "Answers against the true labels; indeterminate is no answer.", parts)
