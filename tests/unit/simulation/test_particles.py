"""Grown bodies, their stated sizes, and their way onto pixels."""

import math

import numpy as np
import pytest
from scipy import ndimage
from skimage.measure import regionprops

from mammocalc.simulation.particles import grow, rasterise
from mammocalc.simulation.vocabulary import Shape


@pytest.mark.parametrize("shape", list(Shape))
def test_a_second_implementation_measures_the_stated_size_and_place(shape: Shape) -> None:
    rng = np.random.default_rng(5)
    long = shape in {Shape.CAST, Shape.ROD, Shape.PLAQUE}
    angle = float(rng.uniform(0, math.pi))
    particle = grow(shape, 0.6, 3.0 if long else 1.2, angle, rng)
    cell = 0.6 / 60
    row, column, thickness = rasterise(particle, 3.217, 4.531, cell)
    mask = ndimage.binary_fill_holes(thickness >= 0.5 * thickness.max())
    labels, _ = ndimage.label(mask, np.ones((3, 3)))
    region = max(regionprops(labels), key=lambda candidate: float(candidate.area))
    assert 2 * math.sqrt(region.area / math.pi) * cell == pytest.approx(0.6, rel=0.03)
    assert region.feret_diameter_max * cell == pytest.approx(particle.length_mm, rel=0.05)
    assert (row + region.centroid[0] + 0.5) * cell == pytest.approx(3.217, abs=0.01)
    assert (column + region.centroid[1] + 0.5) * cell == pytest.approx(4.531, abs=0.01)
    if long:  # skimage counts the angle from the rows' axis, we from the columns'
        found = math.pi / 2 - region.orientation
        assert abs((found - angle + math.pi / 2) % math.pi - math.pi / 2) < 0.4


def test_a_rod_is_longer_than_wide_and_a_round_one_is_not() -> None:
    rng = np.random.default_rng(1)
    rod, ball = grow(Shape.ROD, 1.0, 4.0, 0.0, rng), grow(Shape.ROUND, 1.0, 1.0, 0.0, rng)
    assert rod.length_mm > 2.0 * rod.width_mm
    assert ball.length_mm < 1.5 * ball.width_mm


@pytest.mark.parametrize("seed", [1, 5])
def test_the_outline_of_a_long_thin_rod_holds_all_of_it(seed: int) -> None:
    rod = grow(Shape.ROD, 1.0, 10.0, 0.0, np.random.default_rng(seed))
    assert rod.thickness.shape[1] * rod.cell_mm == pytest.approx(rod.length_mm, rel=0.05)


def test_a_rim_is_thinner_in_its_middle() -> None:
    rim = grow(Shape.RIM, 3.0, 1.1, 0.0, np.random.default_rng(2))
    middle = rim.thickness[int(rim.centre[0]), int(rim.centre[1])]
    assert middle < 0.7 * rim.thickness.max()


def test_a_cloud_has_no_edge() -> None:
    rng = np.random.default_rng(4)
    cloud, ball = (grow(shape, 0.6, 1.0, 0.0, rng) for shape in (Shape.CLOUD, Shape.ROUND))
    share = [
        (particle.thickness >= 0.9 * particle.thickness.max()).sum() / (particle.thickness > 1e-3).sum()
        for particle in (cloud, ball)
    ]
    spread = [np.sqrt((p.thickness > 1e-3).sum()) * p.cell_mm for p in (cloud, ball)]
    assert share[0] < 0.5 * share[1]  # most of it is flank
    assert spread[0] > 1.3 * spread[1]  # and reaches beyond its half-maximum outline


def test_a_fork_has_three_ends() -> None:
    fork = grow(Shape.FORK, 0.6, 6.0, 0.0, np.random.default_rng(6))
    mask = fork.thickness >= 0.3 * fork.thickness.max()
    columns = np.flatnonzero(mask.any(axis=0))
    quarter = len(columns) // 5
    pieces = [ndimage.label(mask[:, columns[at]])[1] for at in (quarter, len(columns) - quarter)]
    assert pieces == [1, 2]  # a trunk on one side, two arms on the other


def test_no_two_grown_bodies_are_alike() -> None:
    rng = np.random.default_rng(3)
    first, second = (grow(Shape.IRREGULAR, 0.4, 1.2, 0.0, rng) for _ in range(2))
    assert first.thickness.shape != second.thickness.shape or not np.allclose(first.thickness, second.thickness)
