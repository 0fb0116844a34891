"""The kinds that the truth names, by shape and outline."""

from dataclasses import replace

import pytest

from mammocalc.simulation.ground_truth_morphology import kind_of, kind_of_cluster
from mammocalc.simulation.placement_region import Role
from mammocalc.simulation.truth import PlantedCalcification, point_record
from mammocalc.vocabulary.lexicon import CalcificationSize, Morphology


def planted(shape: str, diameter_mm: float, length_mm: float, width_mm: float) -> PlantedCalcification:
    size = CalcificationSize.MACRO if width_mm >= 1 else CalcificationSize.MICRO
    return PlantedCalcification(0, 1.0, 1.0, diameter_mm, length_mm, width_mm, size, Role.MICRO, shape, 0.1, 20.0, None)


@pytest.mark.parametrize(
    ("point", "kind"),
    [
        (planted("popcorn", 2.5, 3, 2), Morphology.POPCORN),
        (planted("rod", 2.5, 5, 1.2), Morphology.ROD),
        (planted("rim", 2.5, 2.6, 2.4), Morphology.RIM),
        (planted("fork", 0.5, 1.2, 0.8), Morphology.FINE_LINEAR),
        (planted("cloud", 0.5, 0.6, 0.5), Morphology.AMORPHOUS),
        (planted("plaque", 0.5, 1, 0.3), Morphology.VASCULAR),
        (planted("irregular", 1.5, 1.8, 1.0), Morphology.DYSTROPHIC),
        (planted("cast", 0.4, 0.73, 0.4), Morphology.FINE_LINEAR),
        (planted("round", 0.4, 0.42, 0.38), Morphology.PUNCTATE),
        (planted("irregular", 0.5, 0.52, 0.48), Morphology.ROUND),
        (planted("round", 0.4, 0.49, 0.35), Morphology.FINE_PLEOMORPHIC),
        (planted("irregular", 0.6, 0.9, 0.5), Morphology.COARSE_HETEROGENEOUS),
    ],
)
def test_a_planted_calcification_has_a_kind(point: PlantedCalcification, kind: Morphology) -> None:
    assert kind_of(point) is kind
    assert point_record(point)["morphology"] == kind.value


def test_a_size_on_a_limit_falls_on_one_side_whatever_its_last_bits_are() -> None:
    kinds = {kind_of(planted("irregular", 0.364, 0.441 + error, 0.315)) for error in (-1e-9, 0.0, 1e-9)}
    assert kinds == {Morphology.FINE_PLEOMORPHIC}


def test_a_cluster_is_what_enough_of_its_members_are() -> None:
    cast, speck = planted("cast", 0.4, 0.9, 0.3), planted("round", 0.4, 0.42, 0.38)
    angular = planted("irregular", 0.4, 0.5, 0.3)
    large = replace(angular, diameter_mm=0.7, length_mm=0.9, width_mm=0.6)
    cloud = replace(speck, shape="cloud")
    assert kind_of_cluster([cloud, cloud, speck, angular]) is Morphology.AMORPHOUS
    assert kind_of_cluster([cloud, speck, speck, speck]) is Morphology.PUNCTATE
    assert kind_of_cluster([cast, speck, speck, speck]) is Morphology.FINE_LINEAR
    assert kind_of_cluster([cast, speck, speck, speck, angular]) is Morphology.PUNCTATE
    assert kind_of_cluster([speck, speck, speck, angular, angular]) is Morphology.PUNCTATE
    assert kind_of_cluster([speck, speck, angular, angular]) is Morphology.FINE_PLEOMORPHIC
    assert kind_of_cluster([large] * 3 + [angular] * 2) is Morphology.COARSE_HETEROGENEOUS
    assert kind_of_cluster([replace(speck, diameter_mm=0.6)] * 3) is Morphology.ROUND
