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

    min_across_px: float = Field(default=4.0, ge=2, le=20)
    """Particles narrower than this many pixels have no assessable shape: below it, the outlines of round and angular
    bodies differ by less than their noise."""

    softness: float = Field(default=0.1, gt=0, lt=1)
    """Softness of every test, as a share of its limit: a number this far beyond its limit passes with 73 %."""

    unlikely: float = Field(default=0.1, gt=0, lt=1)
    """Weight of ``not_assessable`` beside the kinds: what passes no row of the table better than this fits none."""

    min_linear_px: float = Field(default=8.0, ge=4, le=50)
    """A narrower particle at least this long can still be seen to be linear."""

    popcorn_min_length_mm: float = Field(default=2.0, gt=0, le=20)
    """Popcorn: at least this long (BI-RADS: coarse ones are larger than 2 to 3 mm)."""

    popcorn_min_lobulation: float = Field(default=0.11, gt=0, lt=1)
    """Popcorn: lobed outside and uneven inside (bays of the outline plus half of the unevenness); dystrophic is what is
    smoother. Half of the simulated popcorn exceeds 0.15, half of the simulated dystrophic ones stays below 0.07."""

    popcorn_max_lucency: float = Field(default=0.25, gt=0, lt=1)
    """Popcorn: may have a hole; one that is deeper makes it a rim. Half of the simulated rims exceed 0.33."""

    popcorn_max_elongation: float = Field(default=2.2, ge=1, le=10)
    """Popcorn, dystrophic: at most this many times as long as wide; what is longer is a rod."""

    rod_min_width_mm: float = Field(default=0.5, gt=0, le=5)
    """Large rod-like: at least this wide (BI-RADS: usually 0.5 mm or more); below, a line is fine."""

    rod_min_length_mm: float = Field(default=2.0, gt=0, le=20)
    """Large rod-like: at least this long. A speck of 0.6 by 1.2 mm is elongated and no rod."""

    rod_min_elongation: float = Field(default=2.2, ge=1, le=10)
    """Large rod-like: at least this many times as long as wide. Simulated rods exceed 2.9, others stay below 1.8."""

    linear_max_curl: float = Field(default=1.3, ge=1, le=3)
    """Rod, fine linear: half of the perimeter over the length; 1.6 for a disc, 1.15 for a rod three times as long as
    wide."""

    rim_min_lucency: float = Field(default=0.1, gt=0, lt=1)
    """Rim, eggshell, skin: the middle lies below the rim by at least this share of its height. A hollow sphere with a
    wall of a quarter of its radius reaches 0.35, solid bodies stay below 0.02."""

    rim_min_share: float = Field(default=0.6, gt=0, le=1)
    """Rim, eggshell, skin: in at least this share of the directions the rim is higher than the middle."""

    rim_min_solidity: float = Field(default=0.9, gt=0, lt=1)
    """Rim, eggshell: fills at least this share of its hull: calcium on the surface of a sphere has no bays."""

    rim_max_wall_mm: float = Field(default=0.8, gt=0, le=5)
    """Rim, eggshell: wall at most this thick. BI-RADS: usually below 1 mm; nine of ten simulated rims stay below 0.6,
    and popcorn with a hole has 0.75 to 0.95."""

    rim_min_length_mm: float = Field(default=0.7, gt=0, le=10)
    """Rim, eggshell: at least this long. Below, the blur closes the middle."""

    eggshell_max_wall_share: float = Field(default=0.12, gt=0, lt=0.5)
    """Eggshell: wall at most this share of the width; thicker ones are rims. BI-RADS names both rim."""

    dystrophic_min_width_mm: float = Field(default=1.0, gt=0, le=10)
    """Dystrophic: at least this wide (BI-RADS: usually more than 1 mm)."""

    suture_min_path_mm: float = Field(default=4.0, gt=0, le=50)
    """Suture: a thread at least this long, measured along its bends."""

    suture_max_ribbon_mm: float = Field(default=0.6, gt=0, le=5)
    """Suture: at most this thick."""

    suture_max_solidity: float = Field(default=0.6, gt=0, lt=1)
    """Suture: bent or knotted, so that it fills at most this share of its hull."""

    skin_max_length_mm: float = Field(default=2.0, gt=0, le=10)
    """Skin: at most this long."""

    fine_max_mm: float = Field(default=0.5, gt=0, le=2)
    """Punctate and fine pleomorphic: diameter below this; fine linear: width (BI-RADS)."""

    coarse_max_mm: float = Field(default=1.0, gt=0, le=5)
    """Round and coarse heterogeneous: width below this (BI-RADS: 0.5 to 1 mm)."""

    round_max_out_of_round: float = Field(default=0.22, gt=0, lt=1)
    """Round, punctate: at most this share of the area off the disc of equal area; above: irregular. An ellipse 1.4
    times as long as wide."""

    fine_linear_min_elongation: float = Field(default=1.8, ge=1, le=10)
    """Fine linear: at least this many times as long as wide. Half of the simulated casts below 0.5 mm, which were
    planted two to four times as long as wide, exceed 1.8 after the blur."""

    amorphous_min_haze_mm: float = Field(default=0.45, gt=0, le=5)
    """Amorphous: edges at least this wide along a quarter of the outline."""

    amorphous_max_contrast: float = Field(default=12.0, gt=0, le=1000)
    """Amorphous: at most this contrast to noise."""

    group_min_assessable: int = Field(default=3, ge=1, le=100)
    """Fewer members with an assessable shape do not describe a group."""

    group_min_share: float = Field(default=0.25, gt=0, le=1)
    """Smallest share of members with an assessable shape; below it they may be unlike the others."""

    group_half: float = Field(default=0.5, gt=0, le=1)
    """Coarse or fine, round or irregular: what more than this share of the assessable members is."""

    group_min_linear: float = Field(default=0.125, gt=0, le=1)
    """Fine linear: this share of the assessable members is enough. Lines are rare elsewhere (2 to 5 % of simulated
    round and irregular ones); where a third are casts, the blur leaves half of them to be seen."""

    group_min_linear_count: float = Field(default=1.0, gt=0, le=100)
    """Fine linear: and at least so many of them, counted with their probabilities."""

    group_min_path_share: float = Field(default=0.6, gt=0, le=1)
    """Branching: the longest path through the spanning tree takes at least this share of it; in a crowd less."""

    powder_min_share: float = Field(default=0.8, gt=0, le=1)
    """Powder or deodorant: in an oblique view, at least this share of the members lies over the pectoral muscle."""

    powder_min_count: int = Field(default=10, ge=2, le=1000)
    """Powder or deodorant: at least so many; single calcifications of nodes and arteries lie there too."""

    apart_min_certainty: float = Field(default=0.6, ge=0, le=1)
    """Rim, eggshell, popcorn, rod, dystrophic, suture and skin are left out of the distribution when they are together
    at least this probable: a calcification of a suspicious pattern that was wrongly left out is worse than one too
    many."""

    apart_round_min_mm: float = Field(default=0.8, gt=0, le=5)
    """Round ones of at least this diameter are left out of the distribution too. BI-RADS: round ones of 0.5 to 1 mm are
    typically benign; the smaller ones may be a group's."""
