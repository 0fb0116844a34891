"""Spread of all calcifications of an image, in the few numbers that decide its word."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tally:
    """
    How many calcifications of an image are in arteries, how many others benign; and the microcalcifications.

    ``possibly_arterial`` are those in arteries that lie in short rows and on no vessel that is seen. ``unsure`` are
    those among the rest that are reported at odds too low for the word of an image.
    """

    arterial: int = 0
    possibly_arterial: int = 0
    benign: int = 0
    microcalcifications: int = 0
    unsure: int = 0


@dataclass(frozen=True, slots=True)
class Spread:
    """
    How the calcifications of an image lie in the breast.

    Attributes
    ----------
    arterial, possibly_arterial, benign, counting : int
        Those in arteries; those of them of which that is doubtful; the others that are typically benign by their form,
        or coarse and in no pattern; and the rest, which all other numbers
        speak of.
    unsure : int
        Those among the counting that are reported at odds too low for *scattered*, which rests on single ones.
    microcalcifications : int
        Of all that are not set apart, whatever their form.
    circle_mm, most_in_circle : float, int
        The diameter of the definitions' circle, and the most in one.
    most_in_wide_circle : int
        The most in a circle as wide as *grouped* may be.
    dense_patch_mm : float
        Width of the largest patch in which they lie densely; 0 without one.
    cells_with, cells_of_breast : int
        In how many of the cells of 20 mm, into which the breast is cut, one lies.
    """

    arterial: int
    possibly_arterial: int
    benign: int
    counting: int
    unsure: int
    microcalcifications: int
    circle_mm: float
    most_in_circle: int
    most_in_wide_circle: int
    dense_patch_mm: float
    cells_with: int
    cells_of_breast: int

    @property
    def cell_share(self) -> float:
        """Share of the breast's cells that hold one."""
        return self.cells_with / max(self.cells_of_breast, 1)
