"""Location of a finding in the breast, in the words of a radiologist's report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mammocalc.vocabulary.location import Quadrant

if TYPE_CHECKING:
    from mammocalc.vocabulary.location import Depth, OuterInner, Region, UpperLower


@dataclass(frozen=True, slots=True)
class Location:
    """
    Location of a finding in the breast, as far as its views show it.

    Attributes
    ----------
    upper_lower, outer_inner : UpperLower or None, OuterInner or None
        On which side of the nipple; each needs a view of its own.
    region : Region or None
        Behind the nipple, where no quadrant is named, or in the axillary tail.
    clock : int or None
        1 to 12, with the observer facing the patient: 3 is outer in a left breast and inner in a right one.
    depth : Depth or None
        Third of the way from the nipple to the chest wall, or to the image's edge where that comes first.
    from_nipple_mm : float or None
        Straight distance from the nipple in the image, the mean of those of its views.
    views : tuple of str
        What it was taken from, such as ``R CC``.
    reasons : tuple of str
        Why something is None, and what to be wary of; sentences.
    """

    upper_lower: UpperLower | None
    outer_inner: OuterInner | None
    region: Region | None
    clock: int | None
    depth: Depth | None
    from_nipple_mm: float | None
    views: tuple[str, ...]
    reasons: tuple[str, ...]

    @property
    def quadrant(self) -> Quadrant | None:
        """The quadrant where both halves are known."""
        if self.upper_lower is None or self.outer_inner is None:
            return None
        return Quadrant(f"{self.upper_lower}_{self.outer_inner}")
