"""Calcifications excluded from the distribution (arteries, skin, typically benign forms), with reasons."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mammocalc.rendering.wording import name_of
from mammocalc.vocabulary.lexicon import Flag

if TYPE_CHECKING:
    from mammocalc.results.result import Result


@dataclass(frozen=True, slots=True)
class Excluded:
    """Calcifications of one kind: each reason and how often it was given, and the letters on the overlay."""

    kind: str
    reasons: Counter[str] = field(default_factory=Counter)
    letters: set[str] = field(default_factory=set)

    @property
    def title(self) -> str:
        """Count and kind, and the letters in the order of the overlay."""
        letters = " ".join(sorted(self.letters, key=lambda one: (len(one), one)))
        return f"{self.reasons.total()} {self.kind}" + (f": {letters}" if letters else "")


def left_out(result: Result) -> list[Excluded]:
    """List the kinds that are left out, the most frequent first, with their letters and reasons; equal reasons once."""
    kinds: dict[str, Excluded] = {}
    letters = result.letters
    for item in result.report.calcifications:
        if item.left_out is not None:
            looks = None if Flag.VASCULAR in item.flags else item.morphology
            kind = name_of(Flag.VASCULAR if looks is None else looks.label)
            own = kinds.setdefault(kind, Excluded(kind))
            own.reasons[item.left_out] += 1
            called = letters.calcifications.get(item.number) or letters.vessels.get(item.vessel or 0)
            own.letters.update([called] if called else [])
    return sorted(kinds.values(), key=lambda own: (-own.reasons.total(), own.kind))
