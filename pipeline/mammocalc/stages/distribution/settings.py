"""The definitions of BI-RADS, as numbers with their reasons."""

from typing import Literal

from pydantic import Field

from mammocalc.model.settings import Settings


class DistributionSettings(Settings):
    """
    The definitions of BI-RADS, 5th edition, as numbers.

    Where the atlas gives a number it is the default; where it gives a word
    ("numerous", "in a line"), the default is what separated simulated patterns,
    or, for the words of whole images, what fitted blind readings of women best.
    """

    by: Literal["trees", "table"] = "trees"
    """Who settles what the definitions say in words: boosted trees trained on simulated patterns, or the table of tests
    below alone. The table alone has no calibrated probabilities."""

    file: str | None = None
    """A file made by `mammocalc train --distribution`; null takes the one that comes with the program."""

    on_other_settings: Literal["refuse", "flag"] = "refuse"
    """What happens where the settings of grouping and of patterns are not those that the trees were trained under: the
    run is refused with their names, or every image is flagged ``classifier_untrained``."""

    max_chance: float = Field(default=0.5, gt=0, le=1)
    """A cluster that is no pattern with at least this probability is indeterminate. With trees only."""

    grouped_min_count: int = Field(default=5, ge=2)
    """Grouped: at least this many within the circle of 1 cm (BI-RADS)."""

    grouped_max_extent_mm: float = Field(default=20.0, gt=0)
    """Grouped: at most this far across (BI-RADS: larger numbers within 2 cm). Above it: regional or segmental."""

    numerous_count: int = Field(default=10, ge=2)
    """What "numerous" and "larger numbers" mean: the atlas gives no figure; two full groups do."""

    linear_min_count: int = Field(default=4, ge=3)
    """Linear: at least this many; three points lie nearly in a line by chance."""

    linear_min_elongation: float = Field(default=4.0, gt=1)
    """Linear: standard deviation along over that across. 90 % of simulated lines exceed 5.5; 90 % of wedges stay below
    3.4."""

    linear_max_width_mm: float = Field(default=4.0, gt=0)
    """Linear: largest width. Simulated ducts stay below 2.9 mm, wedges above 8 mm."""

    linear_min_line_share: float = Field(default=0.8, gt=0, le=1)
    """Linear: smallest share of the spanning tree that its longest path takes."""

    segmental_max_axis_degrees: float = Field(default=25.0, gt=0, le=90)
    """Segmental: the main axis points to the nipple at least this well."""

    segmental_max_span_degrees: float = Field(default=70.0, gt=0, le=180)
    """Segmental: a lobe is seen from the nipple under at most this angle."""

    segmental_min_ratio: float = Field(default=1.25, gt=0)
    """Segmental: radial spread over transverse spread. Twice is what one would like to ask for, and loses five of six
    simulated wedges."""

    segmental_never_beyond_degrees: float = Field(default=45.0, gt=0, le=90)
    """No set is segmental, whatever the trees say, whose main axis is farther than this off a known nipple: it lies
    rather across the ducts than along them. Sets that the trees called segmental in whole mammograms of women were 64
    and 69 degrees off, and were specks scattered through the breast."""

    segmental_least_ratio: float = Field(default=1.0, gt=0)
    """... or whose spread towards a known nipple is less than this many times that across."""

    diffuse_min_count: int = Field(default=15, ge=2)
    """Diffuse: at least this many. On readings of women anything from 12 to 20 fits about as well."""

    diffuse_min_cell_share: float = Field(default=0.3, gt=0, le=1)
    """Diffuse: smallest share of the breast's cells of 20 mm that hold a calcification. 17 of 24 fits on halves of the
    women chose this; a hull of 45 % of the breast, which was asked for before, had no woman that was read diffuse."""

    diffuse_min_clusters: int = Field(default=4, ge=2)
    """Diffuse: this many clusters through the whole breast are diffuse as well (IARC atlas: multiple similar appearing
    clusters)."""

    diffuse_min_hull_share_of_clusters: float = Field(default=0.3, gt=0, le=1)
    """Diffuse: ... if their common hull has at least this share of the breast."""

    similar_max_extent_ratio: float = Field(default=2.5, gt=1)
    """Clusters are similar if they have one descriptor and extents within this factor of their median."""

    vascular_min_count: int = Field(default=4, ge=1)
    """An image is vascular with at least this many calcifications on arteries."""

    vascular_min_share: float = Field(default=0.5, gt=0, le=1)
    """... if they are this share of all that are not typically benign."""

    benign_min_count: int = Field(default=2, ge=1)
    """An image is typically benign with at least this many that are, by their form or as coarse ones in no pattern."""

    benign_min_share: float = Field(default=0.3, gt=0, le=1)
    """... if they are this share of all that lie on no artery. Readers call it so though specks lie beside."""

    coarse_min_diameter_mm: float = Field(default=0.8, gt=0)
    """Single calcifications of this diameter count as typically benign for the word of the image, whatever form they
    show, unless they belong to a cluster that is grouped, linear or segmental. 0.6 to 1.2 mm are alike on readings."""

    region_min_count: int = Field(default=20, ge=2)
    """An image is regional where a circle as wide as a group may be holds at least this many (22 of 24 fits on halves
    of the women: 20 to 25), in a dense patch that is wider than a group may be."""

    region_min_share: float = Field(default=0.3, gt=0, le=1)
    """... and this share of all that count; without it, dense places of diffuse images are called regional."""

    compact_min_share: float = Field(default=0.5, gt=0, le=1)
    """What has "larger numbers", and this share of all, in one such circle is not diffuse."""

    scattered_min_count: int = Field(default=3, ge=1)
    """An image is scattered with at least this many that count; fewer are none."""

    stands_out_min_share: float = Field(default=0.5, gt=0, le=1)
    """A set stands out in an image that holds this share of all that count: only such a set is said of the image as
    linear or segmental, the words of most concern. Readers called none of 188 images of women linear, and three
    segmental, where 26 of 108 had been called so."""

    stands_out_min_times: float = Field(default=10.0, gt=1)
    """... and in which they lie this many times as densely as all of them would throughout the breast. Simulated lines
    and wedges: 19 and more; sets of women that were wrongly called segmental: 6 and 7."""

    thin_region_min_share: float = Field(default=0.75, gt=0, le=1)
    """A region too thin for `region_min_count` is one all the same where one cluster holds this share of all."""

    linear_max_miss_mm: float = Field(default=15.0, gt=0)
    """An image is linear only where the line, made longer, passes a known nipple within this: the width of the areola.
    Ducts end there, and arteries run past it."""

    artery_near_mm: float = Field(default=10.0, gt=0)
    """A line or a wedge with a calcification on an artery this near is indeterminate: what lies in a line is an artery
    until something else is shown."""

    tolerance: float = Field(default=0.04, gt=0, lt=1)
    """Softness of every test, as a share of its limit: a number this far beyond its limit passes with 73 %."""

    indeterminate_margin: float = Field(default=0.3, ge=0, lt=1)
    """With less between the first and the second descriptor, the call is indeterminate and names both."""
