"""Changes that are withheld because something other than time may have caused them."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from mammocalc.vocabulary.changes import Change

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mammocalc.model.comparison import Comparison

INSTEAD: Final[Mapping[Change, Change]] = MappingProxyType(
    {
        Change.NEW: Change.NEW_FAINT,
        Change.GONE: Change.NOT_COMPARABLE,
        Change.GROWN: Change.NOT_COMPARABLE,
        Change.SMALLER: Change.NOT_COMPARABLE,
    }
)
"""Thresholds decide what is reported, how large it is drawn, and what makes up a cluster."""


def withhold_changes(comparison: Comparison) -> Comparison:
    """
    Take every word of a change back, where the two images were analysed with different settings.

    Parameters
    ----------
    comparison : Comparison

    Returns
    -------
    Comparison
        What was joined stays joined; each reason says what would have been said.
    """
    return replace(
        comparison,
        calcifications=tuple(
            replace(item, change=INSTEAD[item.change], reason=f"{item.reason}; {_say(item.change)}")
            if item.change in INSTEAD
            else item
            for item in comparison.calcifications
        ),
        clusters=tuple(
            replace(item, change=INSTEAD[item.change], reasons=(*item.reasons, _say(item.change)))
            if item.change in INSTEAD
            else item
            for item in comparison.clusters
        ),
    )


def _say(change: Change) -> str:
    return f"the word {change} is withheld, for the two were analysed with different settings"
