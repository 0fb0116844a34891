"""The form of an evaluation: figures as JSON, and tables."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mammocalc.evaluation.bootstrap import Figure

DECIMALS: Final = 5
"""Of every number: finer than any of these figures is known."""

Section: TypeAlias = "dict[str, Any]"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under column names; None is an empty cell."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str | float | int | None, ...], ...]


def rounded(value: float | None) -> float | None:
    """Round for JSON and CSV; None where the number is not finite."""
    if value is None or not math.isfinite(value):
        return None
    return round(float(value), DECIMALS) + 0.0


def figure_to_json(figure: Figure) -> Section:
    """Give a figure as JSON."""
    return {
        "value": rounded(figure.value),
        "low": rounded(figure.low),
        "high": rounded(figure.high),
        "n": figure.n,
    }


def figure_cells(figure: Section) -> tuple[float | int | None, ...]:
    """Give the cells of a figure in a table: value, low, high, n."""
    return figure["value"], figure["low"], figure["high"], figure["n"]


def bin_names(edges: Sequence[float], unit: str = "") -> list[str]:
    """
    Name the bins between some edges.

    Examples
    --------
    >>> bin_names([5.0, 8.0])
    ['below 5', '5 to 8', '8 and more']
    """
    words = [f"{edge:g}" for edge in edges]
    names = [f"below {words[0]}", *(f"{a} to {b}" for a, b in pairwise(words))]
    return [*(f"{name}{unit}" for name in names), f"{words[-1]}{unit} and more"]
