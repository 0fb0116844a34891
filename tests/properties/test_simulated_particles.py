"""What must hold of every particle, wherever it lies."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mammocalc.simulation.particles import Particle, grow, rasterise
from mammocalc.simulation.vocabulary import Shape

BODY = grow(Shape.IRREGULAR, 0.4, 1.3, 0.7, np.random.default_rng(11))


@given(
    y_mm=st.floats(2.0, 60.0),
    x_mm=st.floats(2.0, 60.0),
    pixel_mm=st.sampled_from([0.05, 0.07, 0.085, 0.1]),
)
def test_pixels_keep_volume_and_centre_of_mass(y_mm: float, x_mm: float, pixel_mm: float) -> None:
    row, column, thickness = rasterise(BODY, y_mm, x_mm, pixel_mm)
    volume = BODY.thickness.sum() * BODY.cell_mm**2
    assert thickness.sum() * pixel_mm**2 == pytest.approx(volume, rel=1e-9)
    cells = np.indices(BODY.thickness.shape) + 0.5
    pixels = np.indices(thickness.shape) + 0.5
    for axis, (start, place) in enumerate(((row, y_mm), (column, x_mm))):
        mass = (BODY.thickness * (cells[axis] - BODY.centre[axis])).sum() / BODY.thickness.sum() * BODY.cell_mm
        seen = (thickness * (pixels[axis] + start)).sum() / thickness.sum() * pixel_mm
        assert seen == pytest.approx(place + mass, abs=0.05 * pixel_mm)


@given(shift=st.integers(-40, 40))
def test_a_move_by_whole_pixels_moves_whole_pixels(shift: int) -> None:
    row, column, thickness = rasterise(BODY, 10.03, 10.01, 0.0625)
    moved_row, moved_column, moved = rasterise(BODY, 10.03 + shift * 0.0625, 10.01, 0.0625)
    assert (moved_row - row, moved_column) == (shift, column)
    np.testing.assert_allclose(moved, thickness, atol=1e-9)


@settings(max_examples=25)
@given(
    shape=st.sampled_from(list(Shape)),
    diameter_mm=st.floats(0.13, 4.0),
    aspect=st.floats(1.0, 5.0),
    angle=st.floats(0.0, 3.14),
    seed=st.integers(0, 2**32 - 1),
)
def test_sizes_are_in_order(shape: Shape, diameter_mm: float, aspect: float, angle: float, seed: int) -> None:
    particle: Particle = grow(shape, diameter_mm, aspect, angle, np.random.default_rng(seed))
    assert particle.diameter_mm == diameter_mm
    assert particle.width_mm <= particle.length_mm
    assert particle.length_mm < 4.0 * diameter_mm
    # The outline fits into the box of its two calipers.
    assert particle.length_mm * particle.width_mm > 0.95 * np.pi / 4 * diameter_mm**2
    assert particle.thickness.min() >= 0
