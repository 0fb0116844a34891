"""The sizes and shapes by which kinds of calcifications are told apart."""

from pydantic import Field

from mammocalc.model.settings import Settings


class MorphologySettings(Settings):
    """
    The sizes and shapes by which kinds of calcifications are told apart.

    Where BI-RADS, 5th edition, gives a size it is the default; where it gives
    a word ("irregular", "lobed"), the default is what parted simulated
    particles that carry those shapes.
    """

    popcorn_min_length_mm: float = Field(default=2.0, gt=0, le=20)
    """Popcorn: at least this long (BI-RADS: coarse ones are larger than 2 to 3 mm)."""

    rod_min_width_mm: float = Field(default=0.5, gt=0, le=5)
    """Large rod-like: at least this wide (BI-RADS: usually 0.5 mm or more); below, a line is fine."""

    dystrophic_min_width_mm: float = Field(default=1.0, gt=0, le=10)
    """Dystrophic: at least this wide (BI-RADS: usually more than 1 mm)."""

    fine_max_mm: float = Field(default=0.5, gt=0, le=2)
    """Punctate and fine pleomorphic: diameter below this; fine linear: width (BI-RADS)."""

    coarse_max_mm: float = Field(default=1.0, gt=0, le=5)
    """Round and coarse heterogeneous: width below this (BI-RADS: 0.5 to 1 mm)."""

    apart_min_certainty: float = Field(default=0.6, ge=0, le=1)
    """Rim, eggshell, popcorn, rod, dystrophic, suture and skin are left out of the distribution when they are together
    at least this probable: a calcification of a suspicious pattern that was wrongly left out is worse than one too
    many."""

    apart_round_min_mm: float = Field(default=0.8, gt=0, le=5)
    """Round ones of at least this diameter are left out of the distribution too. BI-RADS: round ones of 0.5 to 1 mm are
    typically benign; the smaller ones may be a group's."""
