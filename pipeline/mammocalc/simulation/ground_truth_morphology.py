"""Ground-truth morphology of simulated calcifications, from their noiseless outlines."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from mammocalc.vocabulary.lexicon import Morphology

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mammocalc.simulation.truth import PlantedCalcification

FINE_MM: Final = 0.5
"""BI-RADS: punctate and fine pleomorphic calcifications are smaller, round and coarse heterogeneous ones larger."""
COARSE_MM: Final = 1.0
"""Wider ones that are no popcorn, rod or rim are dystrophic."""
LINEAR_ASPECT: Final = 1.8
"""What is narrower than `FINE_MM` and at least this many times as long as wide is fine linear."""
ROUND_ASPECT: Final = 1.4
"""What is less elongated is round or punctate. A planted ``round`` body has a smooth surface and may be an oval."""
ROUND_SHARE: Final = 0.6
"""Pleomorphic means of changing shape: with more irregular ones than two in five, a cluster is."""
LINEAR_SHARE: Final = 0.25
"""Lines are rare elsewhere, so this share of a cluster makes it fine linear."""
AMORPHOUS_SHARE: Final = 0.5
"""A cluster is amorphous where half of its members are."""
_WRITTEN: Final = 3
"""Sizes count as they are written to JSON, to a thousandth of a mm, so that a size on a limit falls on one side of
it on every machine."""

_BY_SHAPE: Final = {
    "popcorn": Morphology.POPCORN,
    "rod": Morphology.ROD,
    "cloud": Morphology.AMORPHOUS,
    "fork": Morphology.FINE_LINEAR,
    "rim": Morphology.RIM,
    "plaque": Morphology.VASCULAR,
    "dermal": Morphology.SKIN,
}


def kind_of(point: PlantedCalcification) -> Morphology:
    """Give the kind of one planted calcification, by its planted shape where that has a name, else by its outline."""
    if point.shape in _BY_SHAPE:
        return _BY_SHAPE[point.shape]
    length, width = round(point.length_mm, _WRITTEN), round(point.width_mm, _WRITTEN)
    if width >= COARSE_MM:
        return Morphology.DYSTROPHIC
    if width < FINE_MM and length >= LINEAR_ASPECT * width:
        return Morphology.FINE_LINEAR
    is_fine = round(point.diameter_mm, _WRITTEN) < FINE_MM
    if length < ROUND_ASPECT * width:
        return Morphology.PUNCTATE if is_fine else Morphology.ROUND
    return Morphology.FINE_PLEOMORPHIC if is_fine else Morphology.COARSE_HETEROGENEOUS


def kind_of_cluster(members: Sequence[PlantedCalcification]) -> Morphology:
    """
    Give the kind of a planted cluster, by counting its members.

    Fine linear where a quarter are, amorphous where half are; else fine or coarse as
    most are, and round or irregular, as its members are.
    """
    kinds = Counter(kind_of(member) for member in members)
    if kinds[Morphology.FINE_LINEAR] >= LINEAR_SHARE * len(members):
        return Morphology.FINE_LINEAR
    if kinds[Morphology.AMORPHOUS] >= AMORPHOUS_SHARE * len(members):
        return Morphology.AMORPHOUS
    is_fine = sum(member.diameter_mm < FINE_MM for member in members) * 2 > len(members)
    is_round = kinds[Morphology.PUNCTATE] + kinds[Morphology.ROUND] >= ROUND_SHARE * len(members)
    if is_round:
        return Morphology.PUNCTATE if is_fine else Morphology.ROUND
    return Morphology.FINE_PLEOMORPHIC if is_fine else Morphology.COARSE_HETEROGENEOUS
