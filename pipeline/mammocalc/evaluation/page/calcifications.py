"""Calcifications one by one: FROC curves, and the found shares by group."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mammocalc.evaluation.page.blocks import FOUND, Cell, Listing, Section, cell, curve_of, operating_points, rate_axis
from mammocalc.evaluation.page.plots import Dot, Line, dot_rows, plot

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mammocalc.evaluation.evaluation_report import Table
    from mammocalc.evaluation.page.blocks import Part

_TITLES: Final = {
    "diameter": "By true diameter",
    "detectability": "By detectability (signal-to-noise ratio of the matched filter)",
    "effective": "By effective ratio (the same with the texture as noise)",
    "peak": "By height of the peak, in stored grey levels",
    "kind": "By kind",
}
_LISTED: Final = (0.2, 1.0, 3.0)
"""Rates whose shares are listed by group; evaluation.json holds them all."""


def calcifications(document: Mapping[str, Any], tables: Mapping[str, Table]) -> Section | None:
    """Draw the FROC curves and the found shares by group."""
    section = document["calcifications"]
    if section is None:
        return None
    point, table, settings = section["at_operating_point"], tables.get("froc"), document["settings"]
    wide = f"within {settings['hit_radius_mm']:g} mm or half the diameter"
    names = {
        "per_image": (wide, "a"),
        "per_image_strict": (f"within {settings['strict_radius_mm']:g} mm", "b"),
        "per_image_duplicates_false": ("second marks count as false", "c"),
    }
    lines = [
        Line(words, look, values, is_step=True, is_dashed=name != "per_image")
        for name, (words, look) in names.items()
        if (values := curve_of(table, name))
    ]
    dots = operating_points([{"name": document["run"]["operating_point"], **point}, *section["other_operating_points"]])
    rates = [x for line in lines for x, _ in line.values] + [dot.x for dot in dots]
    axis = rate_axis("false marks per image", rates)
    last = max(rates, default=1.0)
    band = [(b["rate"], b["low"], b["high"]) for b in section.get("band", ()) if b["low"] is not None]
    band = [entry for entry in band if axis.low <= entry[0] <= last]
    drawn = [plot("FROC curve of calcifications", axis, FOUND, lines, dots, band)] if lines or dots else []
    words = (
        f"{section['true']} true calcifications in {section['images']} images, "
        f"{section['images_without_any']} of them without any. One mark finds one calcification; as many as possible "
        "are matched. A second mark on a calcification, or one on its body, is nothing, or false where the curve says "
        "so. The band is the 95 % interval."
    )
    parts = [drawn, _point_table(point), *_rate_tables(section), *_group_plots(section)]
    return Section("Calcifications, one by one", words, parts, _group_tables(section))


def _point_table(point: Mapping[str, Any]) -> Part:
    names = {
        "found": ("found", 3),
        "found_strict": ("found, strict radius", 3),
        "false_per_image": ("false per image", 2),
        "false_per_image_strict": ("false per image, strict radius", 2),
        "false_per_image_duplicates_false": ("false per image, second marks too", 2),
        "false_per_normal_image": ("false per image without any", 2),
        "false_per_cm2": ("false per cm\u00b2 of breast", 4),
    }
    rows = [(name, cell(point[key], digits), point[key]["n"]) for key, (name, digits) in names.items()]
    return [Listing("At the operating point", ("", "value", "n"), rows)]


def _rate_tables(section: Mapping[str, Any]) -> list[Part]:
    names = {
        "per_image": "false marks per image",
        "per_normal_image": "false marks per image without any",
        "per_cm2": "false marks per cm\u00b2",
    }
    made: list[Part] = []
    for key, name in names.items():
        if key not in section["at_rates"]:
            continue
        rows = [
            (
                f"{entry['rate']:.3g}{'' if entry['is_reached'] else ' (never so many)'}",
                cell(entry["found"]),
                _share(entry["threshold"]),
            )
            for entry in section["at_rates"][key]
        ]
        made.append([Listing(f"Found of {section['true']}, by {name}", (name, "found", "score"), rows)])
    return made


def _group_plots(section: Mapping[str, Any]) -> list[Part]:
    made: list[Part] = []
    for key, groups in section.get("by", {}).items():
        rows = []
        for group in groups:
            own, found = group["at_operating_point"], group["at_operating_point"]["found"]
            dots = [Dot("found at the operating point", "a", found["value"], 0, found["low"], found["high"])]
            if own["ideal"] is not None:
                dots.append(Dot("ideal matched filter, same false rate", "dim", own["ideal"], 0))
            rows.append((f"{group['group']} (n {group['n']})", dots))
        made.append([dot_rows(_TITLES[key], "found", rows)])
    return made


def _group_tables(section: Mapping[str, Any]) -> list[Part]:
    made: list[Part] = []
    for key, groups in section.get("by", {}).items():
        rows = []
        rates = [entry["rate"] for entry in groups[0]["at_rates"] if entry["rate"] in _LISTED]
        for group in groups:
            own = group["at_operating_point"]
            entries = [own, *(entry for entry in group["at_rates"] if entry["rate"] in rates)]
            cells = (each for entry in entries for each in (cell(entry["found"]), Cell(_share(entry["ideal"]))))
            rows.append((group["group"], group["n"], *cells))
        head = ["", "n"]
        for words in ("operating point", *(f"{rate:g} false per image" for rate in rates)):
            head += [f"found, {words}", "ideal"]
        made.append([Listing(_TITLES[key], head, rows)])
    return made


def _share(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"
