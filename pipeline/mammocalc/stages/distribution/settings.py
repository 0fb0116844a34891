"""Settings of distribution: the definitions of BI-RADS as numbers, with their sources."""

from typing import Literal

from pydantic import Field

from mammocalc.model.settings import Settings


class DistributionSettings(Settings):
    """
    The definitions of BI-RADS, 5th edition, as numbers.

    Where the atlas gives a number it is the default; where it gives a word
    ("numerous", "in a line"), the default is what separated simulated patterns,
    or, for the words of whole images, what fitted blind readings of patients best.
    """

    by: Literal["trees", "table"] = "trees"
    """Who settles what the definitions say in words: boosted trees trained on simulated patterns, or the table of tests
    below alone. The table alone has no calibrated probabilities."""

    file: str | None = None
    """A file made by `mammocalc train --distribution`; null takes the one that comes with the program."""

    on_other_settings: Literal["refuse", "flag"] = "refuse"
    """What happens where the settings of grouping and of patterns are not those that the trees were trained under: the
    run is refused with their names, or every image is flagged ``classifier_untrained``."""

    grouped_min_count: int = Field(default=5, ge=2)
    """Grouped: at least this many within the circle of 1 cm (BI-RADS)."""

    grouped_max_extent_mm: float = Field(default=20.0, gt=0)
    """Grouped: at most this far across (BI-RADS: larger numbers within 2 cm). Above it: regional or segmental."""

    numerous_count: int = Field(default=10, ge=2)
    """What "numerous" and "larger numbers" mean: the atlas gives no figure; two full groups do."""

    linear_min_count: int = Field(default=4, ge=3)
    """Linear: at least this many; three points lie nearly in a line by chance."""

    diffuse_min_count: int = Field(default=15, ge=2)
    """Diffuse: at least this many. On blind readings anything from 12 to 20 fits about as well."""

    diffuse_min_cell_share: float = Field(default=0.3, gt=0, le=1)
    """Diffuse: smallest share of the breast's cells of 20 mm that hold a calcification. 17 of 24 fits on halves of the
    patients chose this; no image that was read diffuse had a hull of 45 % of the breast, which was asked for before."""

    vascular_min_count: int = Field(default=4, ge=1)
    """An image is vascular with at least this many calcifications on arteries."""

    vascular_min_share: float = Field(default=0.5, gt=0, le=1)
    """... if they are this share of all that are not typically benign."""

    benign_min_count: int = Field(default=1, ge=1)
    """An image is typically benign with at least this many that are, by their form or as coarse ones in no pattern."""

    benign_min_share: float = Field(default=0.25, gt=0, le=1)
    """... if they are this share of all that lie on no artery. Readers call it so though specks lie beside."""

    region_min_count: int = Field(default=20, ge=2)
    """An image is regional where a circle as wide as a group may be holds at least this many (22 of 24 fits on halves
    of the patients: 20 to 25), in a dense patch that is wider than a group may be."""

    scattered_min_count: int = Field(default=3, ge=1)
    """An image is scattered with at least this many that count; fewer are none."""

    indeterminate_margin: float = Field(default=0.3, ge=0, lt=1)
    """With less between the first and the second descriptor, the call is indeterminate and names both."""
