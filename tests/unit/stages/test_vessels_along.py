"""What is fainter than what is reported is taken along where it lies in the wall of an artery, and nowhere else."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from vessel_scenes import SPACING, VESSEL, along, breast, landmarks, scale_with, speck

from mammocalc.classifiers.files import load_vessel_model
from mammocalc.model import Particle
from mammocalc.stages.vessels import FEATURES, VesselSettings, flag_vessels, look_along, may_lie_along
from mammocalc.vocabulary.lexicon import Flag

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mammocalc.model import Calcification, Vessel

MODEL = load_vessel_model(None, FEATURES)
SCALES = (scale_with([VESSEL]),)
WALLS = (0.8, -0.8)


def numbered(specks: Iterable[Calcification]) -> list[Calcification]:
    in_order = sorted(specks, key=lambda one: (one.row_px, one.column_px))
    return [replace(one, number=number) for number, one in enumerate(in_order, start=1)]


def looked(
    specks: Sequence[Calcification], likely: Sequence[Calcification]
) -> tuple[tuple[Calcification, ...], tuple[Vessel, ...]]:
    at_first = flag_vessels(
        numbered(specks), SCALES, breast(), landmarks((60.0, -400.0)), SPACING, MODEL, VesselSettings()
    )
    return look_along(*at_first, numbered(likely), SCALES, breast(), SPACING, MODEL)


def test_what_lies_on_along_the_vessel_is_taken_and_makes_it_longer() -> None:
    reported = along(VESSEL[250:450], 1.5, 3.0, WALLS)
    fainter = along(VESSEL[460:560], 3.0, 3.0, (0.0,))
    beside = [speck((110.0, 20.0), 0.0, 1.2)]
    (_, [short]), (found, [vessel]) = looked(reported, []), looked([*reported, *beside], fainter)
    assert len(found) == len(reported) + len(beside) + len(fainter)
    assert [one.number for one in found] == list(range(1, len(found) + 1))
    assert sorted(found, key=lambda one: (one.row_px, one.column_px)) == list(found)
    assert {one.number for one in found if one.vessel == vessel.number} == set(vessel.members)
    taken = {(one.row_px, one.column_px) for one in found if {Flag.VASCULAR, Flag.SECOND_LOOK} <= one.flags}
    assert taken == {(one.row_px, one.column_px) for one in fainter}
    assert vessel.length_mm > short.length_mm + 5


def test_what_lies_elsewhere_is_not_taken_and_nothing_is_where_there_is_no_artery() -> None:
    reported = along(VESSEL[250:450], 1.5, 3.0, WALLS)
    rng = np.random.default_rng(4)
    off = [speck((at[0], at[1]), 0.0, 1.1) for at in VESSEL[250:450:40] + rng.choice([-12.0, 12.0], (5, 1))]
    found, [vessel] = looked(reported, off)
    assert len(found) == len(reported)
    assert len(vessel.members) == len(reported)
    single = numbered([speck((60.0, 60.0), 0.0, 1.0)])
    assert look_along(single, (), numbered(off), SCALES, breast(), SPACING, MODEL) == (tuple(single), ())


def test_another_peak_of_what_is_reported_is_not_listed_twice() -> None:
    reported = along(VESSEL[250:450], 1.5, 3.0, WALLS)
    found, _ = looked(reported, [replace(reported[3], row_px=reported[3].row_px + 2.0)])
    assert len(found) == len(reported)


def test_only_what_is_not_reported_and_no_noise_may_be_taken() -> None:
    particles = [Particle(float(row), 7.0, 0, 9.0, 9.0, 9.0, score) for row, score in enumerate((0.95, 0.9, 0.2, 0.19))]
    assert may_lie_along(particles, 0.93) == tuple(particles[1:3])
