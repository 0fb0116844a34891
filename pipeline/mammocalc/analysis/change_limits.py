"""Limits of what positioning alone does to a cluster; within them no change is reported."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Limits:
    """
    Between which numbers clusters without any true change lie.

    Attributes
    ----------
    fewer, more : int
        By how many calcifications.
    least_extent, most_extent : float
        Ratio of the extents.
    least_diameter, most_diameter : float
        Median ratio of the diameters of joined members.
    """

    fewer: int
    more: int
    least_extent: float
    most_extent: float
    least_diameter: float
    most_diameter: float


PUBLISHED: Final = (
    (16, Limits(4, 3, 0.75, 1.13, 0.96, 1.05)),
    (10, Limits(3, 3, 0.78, 1.17, 0.95, 1.06)),
    (0, Limits(3, 4, 0.75, 1.68, 0.93, 1.09)),
)
"""95 % of 573 simulated clusters without a change, by how many calcifications were seen before
(docs/evidence/comparison.md)."""

WIDENED: Final = 1.5
"""Three numbers are looked at, and clusters that are drawn by eye differ more: limits are widened by half, so that all
three together hold in 95 % (docs/evidence/comparison.md)."""

NEVER_WITHIN: Final = Limits(36, 36, 0.75, 1.27, 0.94, 1.07)
"""Whatever the widened limits are, no change is said within these: the count in per cent of what was seen before."""


def limits_for(seen_before: int) -> Limits:
    """
    Give the limits within which no change is said.

    Parameters
    ----------
    seen_before : int
        How many calcifications the cluster had on the prior.

    Examples
    --------
    >>> limits_for(12).more, limits_for(50).more
    (5, 18)
    """
    bare, never = next(limits for least, limits in PUBLISHED if seen_before >= least), NEVER_WITHIN
    return Limits(
        max(round(bare.fewer * WIDENED + 0.01), never.fewer * seen_before // 100),
        max(round(bare.more * WIDENED + 0.01), never.more * seen_before // 100),
        min(bare.least_extent**WIDENED, never.least_extent),
        max(bare.most_extent**WIDENED, never.most_extent),
        min(bare.least_diameter**WIDENED, never.least_diameter),
        max(bare.most_diameter**WIDENED, never.most_diameter),
    )
