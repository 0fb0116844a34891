"""Shared parts of the page: cells, tables, sections, axes."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any, Final

from mammocalc.evaluation.page.plots import LOG_TICKS, SHARE_TICKS, Axis, Dot
from mammocalc.evaluation.summary import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from mammocalc.evaluation.evaluation_report import Table


FOUND: Final = Axis("found", 0.0, 1.0, ticks=SHARE_TICKS)
"""The upright axis of all curves."""


def cell(figure: Mapping[str, Any], digits: int = 3) -> str:
    """Write a figure and its interval as a cell of a table."""
    value, _, interval = say(figure, digits).partition(" ")
    if figure["value"] is None:
        return '<td class="dim">none</td>'
    return f'<td>{value} <span class="dim">{escape(interval)}</span></td>'


def listing(caption: str, head: Sequence[str], rows: Iterable[str]) -> str:
    """Make a table; rows are cells that are HTML already."""
    heads = "".join(f"<th>{escape(name)}</th>" for name in head)
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    title = f"<caption>{escape(caption)}</caption>"
    return f'<div class="wide"><table>{title}<thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></div>'


def part_of_page(title: str, words: str, *parts: str, below: Sequence[str] = ()) -> str:
    """Make a section: words, parts side by side where there is room, and below them those that need the whole width."""
    inside = "".join(f"<div>{part}</div>" for part in parts if part)
    inside += "".join(f'<div class="whole">{part}</div>' for part in below if part)
    return f'<section><h2>{escape(title)}</h2><p class="dim">{words}</p><div class="pair">{inside}</div></section>\n'


def curve_of(table: Table | None, name: str, x: int, y: int) -> list[tuple[float, float]]:
    """Take the course of one curve out of a table: the columns with numbers x and y."""
    rows = () if table is None else table.rows
    return [(float(row[x] or 0), float(row[y] or 0)) for row in rows if row[0] == name]


def rate_axis(title: str, values: Iterable[float]) -> Axis:
    """Make a logarithmic axis that holds all rates above zero; those of zero stand at its left end."""
    above = [value for value in values if value > 0]
    low = min([0.05, *(value for value in above if value >= 0.001)])
    return Axis(title, low * 0.8, max([10.0, *above]) * 1.1, is_log=True, ticks=LOG_TICKS)


def operating_points(points: Sequence[Mapping[str, Any]]) -> list[Dot]:
    """Make marks of operating points, the one of the run first."""
    looks = ("a", "d", "b", "c")
    return [
        Dot(
            f"operating point {point['name']}",
            looks[number % len(looks)],
            point["false_per_image"]["value"],
            point["found"]["value"],
            point["found"]["low"],
            point["found"]["high"],
        )
        for number, point in enumerate(points)
        if point["false_per_image"]["value"] is not None and point["found"]["value"] is not None
    ]


def best_by_rate(values: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Take the outline of a curve from upper left: the best found share within each rate."""
    best: list[tuple[float, float]] = []
    for rate, found in sorted(values):
        best.append((rate, max(found, best[-1][1] if best else 0.0)))
    return best


def found_at(section: Mapping[str, Any], title: str, names: Mapping[str, str]) -> str:
    """List the found shares at all rates, a column for each curve of a section; empty where there is no curve."""
    curves = [(head, section["at_rates"][name]) for name, head in names.items() if name in section["at_rates"]]
    if not curves:
        return ""
    rows = [
        f"<td>{entries[0]['rate']:.3g}</td>" + "".join(cell(entry["found"]) for entry in entries)
        for entries in zip(*(entries for _, entries in curves), strict=True)
    ]
    return listing(f"Found of {section['true']}, at the best threshold", (title, *(head for head, _ in curves)), rows)
