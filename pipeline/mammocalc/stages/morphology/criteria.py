"""One line of a definition: a quantity and its limit, or that another definition is not met."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mammocalc.stages.morphology.limits import SOFTNESS

if TYPE_CHECKING:
    from collections.abc import Mapping


_FAR: Final = 60.0
"""So many steps of softness on the wrong side of a limit are as good as any more, and no overflow."""


@dataclass(frozen=True, slots=True)
class Criterion:
    """A measured quantity, its limit, and on which side of it to be."""

    quantity: str
    limit: float
    is_lower: bool

    def passed(self, values: Mapping[str, float]) -> float:
        """Give how well the quantity passes: 0.5 at the limit, 1 far on the right side of it."""
        beyond = (values[self.quantity] - self.limit) / (SOFTNESS * self.limit)
        return 1 / (1 + math.exp(min(-beyond if self.is_lower else beyond, _FAR)))


@dataclass(frozen=True, slots=True)
class Unless:
    """Criteria that must not all be met, because the calcifications that meet them have a row of their own."""

    name: str
    tests: tuple[Criterion, ...]

    def passed(self, values: Mapping[str, float]) -> float:
        """Give how well one of the tests at least is failed."""
        return 1 - math.prod(test.passed(values) for test in self.tests)


Row = tuple["Criterion | Unless", ...]
"""All that a kind asks for."""


def at_least(quantity: str, limit: float) -> Criterion:
    """Ask for a quantity of at least a limit."""
    return Criterion(quantity, limit, is_lower=True)


def at_most(quantity: str, limit: float) -> Criterion:
    """Ask for a quantity of at most a limit."""
    return Criterion(quantity, limit, is_lower=False)
