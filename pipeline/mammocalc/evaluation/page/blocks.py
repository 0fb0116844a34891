"""Records of which the sections of the page are made, and what several sections have in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from mammocalc.evaluation.page.plots import LOG_TICKS, SHARE_TICKS, Axis, Dot, Drawing
from mammocalc.evaluation.summary import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from mammocalc.evaluation.evaluation_report import Table


FOUND: Final = Axis("found", 0.0, 1.0, ticks=SHARE_TICKS)
"""The upright axis of all curves."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table; cells without a figure, and notes beside a figure, are dim."""

    text: str
    beside: str | None = None


Row: TypeAlias = "Sequence[Cell | str | int]"


@dataclass(frozen=True, slots=True)
class Listing:
    """A table of the page."""

    caption: str
    head: Sequence[str]
    rows: Sequence[Row]


Part: TypeAlias = "Sequence[Listing | Drawing]"


@dataclass(frozen=True, slots=True)
class Section:
    """
    A section of the page.

    Attributes
    ----------
    title : str
    words : str
        What the section says at its top; names of fields stand between ` signs.
    parts : sequence of parts
        They stand side by side where there is room; an empty one is left out.
    below : sequence of parts
        Those that need the whole width.
    """

    title: str
    words: str
    parts: Sequence[Part] = ()
    below: Sequence[Part] = ()


def cell(figure: Mapping[str, Any], digits: int = 3) -> Cell:
    """Write a figure and its interval as a cell of a table."""
    value, _, interval = say(figure, digits).partition(" ")
    return Cell(value, None if figure["value"] is None else interval)


def curve_of(table: Table | None, name: str) -> list[tuple[float, float]]:
    """Take the course of one curve out of a table of name, threshold, x and y."""
    rows = () if table is None else table.rows
    return [(float(row[2] or 0), float(row[3] or 0)) for row in rows if row[0] == name]


def rate_axis(title: str, values: Iterable[float]) -> Axis:
    """Make a logarithmic axis for all rates; rates of zero are drawn at its left end."""
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


def found_at(section: Mapping[str, Any], title: str, names: Mapping[str, str]) -> Part:
    """List the found shares at all rates, a column for each curve of a section; empty where there is no curve."""
    curves = [(head, section["at_rates"][name]) for name, head in names.items() if name in section["at_rates"]]
    if not curves:
        return ()
    rows: list[Row] = [
        [f"{entries[0]['rate']:.3g}", *(cell(entry["found"]) for entry in entries)]
        for entries in zip(*(entries for _, entries in curves), strict=True)
    ]
    head = (title, *(head for head, _ in curves))
    return [Listing(f"Found of {section['true']}, at the best threshold", head, rows)]
