"""Calcifications excluded from the distribution (arteries, skin, typically benign forms), with reasons."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mammocalc.rendering.wording import name_of
from mammocalc.vocabulary.lexicon import Flag

if TYPE_CHECKING:
    from mammocalc.results.result import Result


@dataclass(frozen=True, slots=True)
class Excluded:
    """Calcifications of one kind: each reason and how often it was given, and the letters on the overlay by reason."""

    kind: str
    reasons: Counter[str] = field(default_factory=Counter)
    letters: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    @property
    def title(self) -> str:
        """Count and kind, and the letters in the order of the overlay."""
        letters = _in_order(set().union(*self.letters.values()))
        return f"{self.reasons.total()} {self.kind}" + (f": {letters}" if letters else "")

    @property
    def lines(self) -> list[str]:
        """Each reason, the most frequent first, with its count, and with its letters where there are several."""
        return [
            (f"{letters}: " if len(self.reasons) > 1 and letters else "")
            + (f"{count} × " if count > 1 else "")
            + reason
            for reason, count in self.reasons.most_common()
            for letters in [_in_order(self.letters[reason])]
        ]


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
            own.letters[item.left_out].update([called] if called else [])
    return sorted(kinds.values(), key=lambda own: (-own.reasons.total(), own.kind))


def _in_order(letters: set[str]) -> str:
    return " ".join(sorted(letters, key=lambda one: (len(one), one)))
