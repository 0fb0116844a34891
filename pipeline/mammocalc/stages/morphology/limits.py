"""Limits of size and shape between kinds of calcifications, where BI-RADS gives no number."""

from typing import Final

SOFTNESS: Final = 0.1
"""Softness of every test, as a share of its limit: a number this far beyond its limit passes with 73 %."""

UNLIKELY: Final = 0.1
"""Weight of ``not_assessable`` beside the kinds: what passes no row of the table better than this fits none."""

POPCORN_MIN_LOBULATION: Final = 0.11
"""Popcorn: lobed outside and uneven inside (bays of the outline plus half of the unevenness); dystrophic is what is
smoother. Half of the simulated popcorn exceeds 0.15, half of the simulated dystrophic ones stays below 0.07."""

POPCORN_MAX_LUCENCY: Final = 0.25
"""Popcorn: may have a hole; one that is deeper makes it a rim. Half of the simulated rims exceed 0.33."""

ROD_MIN_LENGTH_MM: Final = 2.0
"""Large rod-like: at least this long. A speck of 0.6 by 1.2 mm is elongated and no rod."""

ROD_MIN_ELONGATION: Final = 2.2
"""Large rod-like: at least this many times as long as wide. Simulated rods exceed 2.9, others stay below 1.8."""

ROD_MAX_WIDTH_MM: Final = 2.0
"""Large rod-like: at most this wide. A secretory rod fills a duct: 0.5 to 1 mm, seldom 1.5. What is wider is popcorn or
dystrophic, however long."""

LINEAR_MAX_CURL: Final = 1.3
"""Rod, fine linear: half of the perimeter over the length; 1.6 for a disc, 1.15 for a rod three times as long as
wide."""

RIM_MIN_LUCENCY: Final = 0.1
"""Rim, eggshell, skin: the middle lies below the rim by at least this share of its height. A hollow sphere with a wall
of a quarter of its radius reaches 0.35, solid bodies stay below 0.02."""

RIM_MIN_SHARE: Final = 0.6
"""Rim, eggshell, skin: in at least this share of the directions the rim is higher than the middle."""

RIM_MIN_SOLIDITY: Final = 0.9
"""Rim, eggshell: fills at least this share of its hull: calcium on the surface of a sphere has no bays."""

RIM_MAX_WALL_MM: Final = 0.8
"""Rim, eggshell: wall at most this thick. BI-RADS: usually below 1 mm; nine of ten simulated rims stay below 0.6, and
popcorn with a hole has 0.75 to 0.95."""

RIM_MIN_LENGTH_MM: Final = 0.7
"""Rim, eggshell: at least this long. Below, the blur closes the middle."""

EGGSHELL_MAX_WALL_SHARE: Final = 0.12
"""Eggshell: wall at most this share of the width; thicker ones are rims. BI-RADS names both rim."""

SUTURE_MIN_PATH_MM: Final = 4.0
"""Suture: a thread at least this long, measured along its bends."""

SUTURE_MAX_RIBBON_MM: Final = 0.6
"""Suture: at most this thick."""

SUTURE_MAX_SOLIDITY: Final = 0.6
"""Suture: bent or knotted, so that it fills at most this share of its hull."""

SKIN_MAX_LENGTH_MM: Final = 2.0
"""Skin: at most this long."""

ROUND_MAX_OUT_OF_ROUND: Final = 0.22
"""Round, punctate: at most this share of the area off the disc of equal area; above: irregular. An ellipse 1.4 times as
long as wide."""

FINE_LINEAR_MIN_ELONGATION: Final = 1.8
"""Fine linear: at least this many times as long as wide. Half of the simulated casts below 0.5 mm, which were planted
two to four times as long as wide, exceed 1.8 after the blur."""

AMORPHOUS_MIN_EDGE_WIDTH_MM: Final = 0.45
"""Amorphous: edges at least this wide along a quarter of the outline."""

AMORPHOUS_MAX_CONTRAST: Final = 12.0
"""Amorphous: at most this contrast to noise."""

GROUP_HALF: Final = 0.5
"""Coarse or fine, round or irregular: what more than this share of the assessable members is."""

GROUP_MIN_LINEAR: Final = 0.125
"""Fine linear: this share of the assessable members is enough. Lines are rare elsewhere (2 to 5 % of simulated round
and irregular ones); where a third are casts, the blur leaves half of them to be seen."""

GROUP_MIN_LINEAR_COUNT: Final = 1.0
"""Fine linear: and at least so many of them, counted with their probabilities."""

POWDER_MIN_SHARE: Final = 0.8
"""Powder or deodorant: in an oblique view, at least this share of the members lies over the pectoral muscle."""

POWDER_MIN_COUNT: Final = 10
"""Powder or deodorant: at least so many; single calcifications of nodes and arteries lie there too."""
