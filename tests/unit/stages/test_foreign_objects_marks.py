"""What stands out at a particle is measured together with others, and does not depend on them."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest

from mammocalc.model import Density, Particle
from mammocalc.stages.foreign_objects.marks import Grain, Mark, measure_marks
from mammocalc.vocabulary.geometry import PixelSpacing

SPACING = PixelSpacing(0.1, 0.1)
GRAIN = Grain(sigma=10.0, step=1.0, alike=0.03)
GROUND = 1000
PLACES = [(60, 60), (1, 1), (118, 60), (60, 118), (30, 90), (90, 30), (95, 95)]


def particle(row: float, column: float) -> Particle:
    return Particle(row, column, 0, 10.0, 10.0, 10.0, 0.5)


def density(seed: int = 3) -> Density:
    """Give noise with a square of 3 x 3 at each place; the fifth is a hole, and a plateau lies over the last."""
    image = np.random.default_rng(seed).normal(GROUND, 10, (120, 120))
    for number, (row, column) in enumerate(PLACES):
        reach, height = (6, -900) if number == 4 else (1, 3000)
        image[max(row - reach, 0) : row + reach + 1, max(column - reach, 0) : column + reach + 1] += height
    image[80:, 80:] += 3000
    return Density(np.rint(image).astype(np.uint16), None)


def test_a_square_is_measured_as_it_was_drawn() -> None:
    [mark] = measure_marks([particle(60.4, 59.6)], density(), SPACING, GRAIN)
    assert mark is not None
    assert mark.area_px == 9
    assert mark.outline == pytest.approx(1.0)
    assert mark.height == pytest.approx(3000, abs=60)
    assert mark.rim == pytest.approx(0.0, abs=0.02)
    np.testing.assert_array_equal(mark.pixels, [(row, column) for row in (59, 60, 61) for column in (59, 60, 61)])


def test_what_is_cut_off_by_the_edge_of_the_image_is_measured_as_far_as_it_is_seen() -> None:
    marks = measure_marks([particle(*place) for place in PLACES[1:4]], density(), SPACING, GRAIN)
    assert [mark and mark.area_px for mark in marks] == [9, 9, 9]
    shifted = Density(density().image[1:, 1:], None)
    [mark] = measure_marks([particle(0.0, 0.0)], shifted, SPACING, GRAIN)
    assert mark is not None
    assert mark.area_px == 4
    assert mark.pixels.min() == 0


@pytest.mark.parametrize("n_before", [0, 1, 127, 128, 200])
def test_no_mark_depends_on_those_that_are_measured_with_it(n_before: int) -> None:
    seen = density()
    others = [particle(*PLACES[i % len(PLACES)]) for i in range(n_before)]
    looked_at = [particle(*place) for place in PLACES]
    together = measure_marks([*others, *looked_at], seen, SPACING, GRAIN)[n_before:]
    alone = [measure_marks([one], seen, SPACING, GRAIN)[0] for one in looked_at]
    assert [mark is None for mark in alone] == [False, False, False, False, True, False, False]
    for one, other in zip(together, alone, strict=True):
        assert (one is None) == (other is None)
        if one is not None and other is not None:
            for field in fields(Mark):
                np.testing.assert_array_equal(getattr(one, field.name), getattr(other, field.name))


def test_of_no_particles_there_are_no_marks() -> None:
    assert measure_marks([], density(), SPACING, GRAIN) == []
