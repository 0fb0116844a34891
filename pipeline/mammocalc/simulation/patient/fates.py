"""Fates of the calcifications of a finding from date to date."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from mammocalc.simulation.patient.findings import DrawnFinding
    from mammocalc.simulation.patient.recipe import PatientRecipe

_GROWTH: Final = (1.15, 1.8)
"""Diameters of what grows, as multiples of those before: less cannot be told from another positioning."""
_LARGEST_MM: Final = 1.2
"""A microcalcification grows no larger than this."""

Diameters = tuple[float | None, ...]


def draw_fates(finding: DrawnFinding, recipe: PatientRecipe, rng: np.random.Generator) -> list[Diameters]:
    """
    Draw the diameters of every calcification that a finding may have, on each date.

    Returns
    -------
    list of tuple of float or None
        One for each of ``finding.seeds``: None on dates on which it is not
        there, and on all dates for those that never come. Between two dates a
        finding changes as a whole, or nothing of it does.
    """
    count, dates = len(finding.seeds), recipe.dates
    sizes = np.array([seed.diameter_mm for seed in finding.seeds])
    there = np.arange(count) < finding.usual
    can_come = ~there
    table = np.zeros((count, dates))
    is_whole = finding.can_change and finding.label is not None
    begins = int(rng.integers(1, dates)) if dates > 1 and is_whole and rng.random() < recipe.new_finding_share else 0
    ends = dates
    if dates - begins > 1 and is_whole and rng.random() < recipe.gone_finding_share:
        ends = int(rng.integers(begins + 1, dates))
    for date in range(begins, ends):
        changes = finding.can_change and date > begins and rng.random() < recipe.changing_share
        if changes:
            before = int(there.sum())
            there &= rng.random(count) >= recipe.gone_share
            grows = there & (rng.random(count) < recipe.grown_share)
            grown = np.minimum(sizes * rng.uniform(*_GROWTH, count), _LARGEST_MM)
            sizes = np.where(grows & (grown >= _GROWTH[0] * sizes), grown, sizes)
            comes = np.flatnonzero(can_come)[: int(rng.poisson(recipe.new_share * before))]
            there[comes], can_come[comes] = True, False
        table[:, date] = np.where(there, sizes, 0.0)
    return [tuple(round(float(size), 4) if size > 0 else None for size in row) for row in table]
