"""Side and view from Patient Orientation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mammocalc.vocabulary.lexicon import Laterality, View

if TYPE_CHECKING:
    from collections.abc import Sequence

REVERSED_OBLIQUE: Final = frozenset({View.SIO, View.ISO})
HANGING: Final = {("A", "R"): Laterality.LEFT, ("P", "L"): Laterality.RIGHT}
"""Directions of rows and columns in a view from above as it is hung: the lateral side at the top."""
DIAGONALS: Final = {
    frozenset("FR"): Laterality.LEFT,
    frozenset("HL"): Laterality.LEFT,
    frozenset("FL"): Laterality.RIGHT,
    frozenset("HR"): Laterality.RIGHT,
}
"""Down the image of an oblique view: from the axilla to the inner lower side. Turning the image round changes both."""


@dataclass(frozen=True, slots=True)
class Oriented:
    """
    Side and view as the directions of rows and columns show them.

    Attributes
    ----------
    side : Laterality or None
        Which breast they are those of.
    is_upright : bool
        Whether the columns run along the body, which those of a view from above do not.
    view : View or None
        The usual view of such directions.
    is_by_custom : bool
        The side follows from how images are hung, not from the anatomy: an
        image that was turned by 180 degrees looks like the other breast.
    """

    side: Laterality | None = None
    is_upright: bool = False
    view: View | None = None
    is_by_custom: bool = False


def read_orientation(directions: Sequence[str]) -> Oriented:
    """
    Read Patient Orientation as that of a mammogram.

    Parameters
    ----------
    directions : sequence of str
        Of the rows and of the columns, such as ``("P", "FL")``.

    Returns
    -------
    Oriented
        Empty where the directions are not those of a mammogram.

    Examples
    --------
    >>> read_orientation(("A", "FR")).side, read_orientation(("P", "L")).view
    (<Laterality.LEFT: 'L'>, <View.CC: 'CC'>)

    References
    ----------
    DICOM PS3.3 C.7.6.1.1.1; PS3.17 annex A (Explanation of Patient Orientation).
    """
    if len(directions) != 2:
        return Oriented()
    row, column = (direction.upper() for direction in directions)
    if row not in {"A", "P"}:
        return Oriented()
    diagonal = DIAGONALS.get(frozenset(column)) if len(column) == 2 else None
    if diagonal is not None:
        return Oriented(diagonal, is_upright=True, view=View.MLO)
    if column in {"F", "H"}:
        return Oriented(is_upright=True)
    if column in {"L", "R"}:
        return Oriented(HANGING.get((row, column)), view=View.CC, is_by_custom=True)
    return Oriented()
