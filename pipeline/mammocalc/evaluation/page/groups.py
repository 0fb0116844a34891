"""Clusters and regions: their curves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mammocalc.evaluation.page.blocks import (
    FOUND,
    Listing,
    Section,
    best_by_rate,
    cell,
    curve_of,
    found_at,
    operating_points,
    rate_axis,
)
from mammocalc.evaluation.page.plots import Dot, Line, plot
from mammocalc.rendering.wording import many

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mammocalc.evaluation.evaluation_report import Table
    from mammocalc.evaluation.page.blocks import Part


def clusters(document: Mapping[str, Any], tables: Mapping[str, Table]) -> Section | None:
    """Draw the curves of clusters."""
    section = document["clusters"]
    if section is None:
        return None
    table, point = tables.get("cluster_froc"), section["at_operating_point"]
    names = {"per_image": ("found", "a"), "per_image_kallergi": ("found by Kallergi's rule", "b")}
    lines = [
        Line(words, look, values, is_dashed=name != "per_image")
        for name, (words, look) in names.items()
        if (values := best_by_rate(curve_of(table, name)))
    ]
    dots = operating_points([{"name": document["run"]["operating_point"], **point}])
    axis = rate_axis("false clusters per image", [x for line in lines for x, _ in line.values])
    rows = [
        (name, cell(point[key], digits), point[key]["n"])
        for key, name, digits in (
            ("found", "found", 3),
            ("found_kallergi", "found by Kallergi's rule", 3),
            ("false_per_image", "false per image", 2),
            ("false_per_image_of_false_marks", "of them without three true calcifications", 2),
            ("false_per_normal_image", "false per image without any", 2),
            ("false_per_cm2", "false per cm\u00b2 of breast", 4),
            ("found_by_shown", "found by those that are shown, without loose chains", 3),
            ("false_shown_per_image", "false ones of these per image", 2),
        )
    ]
    lists = [Listing("At the operating point", ("", "value", "n"), rows)]
    kallergi = {"per_image": "found", "per_image_kallergi": "by Kallergi's rule"}
    at_rates = found_at(section, "false clusters per image", kallergi)
    words = (
        "Found: the centroid lies in the true hull (or 1 mm beside it) and three members were found one by one, or the "
        "hulls overlap by a fifth. Curves: clusters drawn again, as the run draws them, from the marks above each "
        "threshold; the best threshold within each rate counts."
    )
    drawn = [plot("FROC curve of clusters", axis, FOUND, lines, dots)]
    return Section("Clusters", words, [drawn, lists], [at_rates])


def regions(document: Mapping[str, Any], tables: Mapping[str, Table]) -> Section | None:
    """Draw the curves of circles."""
    section = document["regions"]
    if section is None:
        return None
    looks = {
        "cluster_centroid": ("centroid of a cluster", "a"),
        "cluster_member": ("any member of a cluster", "c"),
        "shown_cluster_member": ("any member of a cluster that is shown (no loose chain)", "c"),
        "calcification": ("any calcification", "b"),
    }
    parts: list[Part] = []
    rows = []
    clusters = []
    for name, point in section["at_operating_point"].items():
        words, look = looks[name]
        values = best_by_rate(curve_of(tables.get("region_froc"), name))
        line = Line(words, look, values)
        found, false = point["found"], point["false_per_normal_image"]
        dot = Dot(f"operating point, {words}", look, false["value"] or 0, found["value"], found["low"], found["high"])
        clusters.append((name, line, dot))
        rows.append((words, cell(found), cell(false, 2)))
    for title, wanted in (
        ("false clusters per normal image", ("cluster_centroid", "cluster_member")),
        ("false calcifications per normal image", ("calcification",)),
    ):
        lines = [line for name, line, _ in clusters if name in wanted]
        dots = [dot for name, _, dot in clusters if name in wanted]
        axis = rate_axis(title, [x for line in lines for x, _ in line.values])
        parts.append([plot(f"Regions found against {title}", axis, FOUND, lines, dots)])
    head = ("hit by", "found", "false per normal image")
    at = [Listing(f"At the operating point, {section['true']} regions", head, rows)]
    listed = found_at(section, "false ones per normal image", {name: words for name, (words, _) in looks.items()})
    words = (
        f"{section['true']} circles in {section['images'] - section['images_without_any']} images, "
        f"{many(section['images_without_any'], 'normal image')}. A circle is hit by what lies in it, in pixels."
    )
    return Section("Regions", words, [*parts, at, listed])
