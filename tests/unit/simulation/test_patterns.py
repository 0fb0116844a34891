"""The five distributions, held against the words of BI-RADS; and where benign ones lie."""

import math

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.spatial.distance import pdist

from mammocalc.simulation.anatomy import make_anatomy, pectoral_depth, skin_distance, skin_distance_map
from mammocalc.simulation.grids import Grid, refine
from mammocalc.simulation.patterns import draw_pattern
from mammocalc.simulation.placement_region import Room, spread_out
from mammocalc.simulation.recipe import Scene
from mammocalc.simulation.vocabulary import Kind
from mammocalc.vocabulary.errors import ConfigurationError
from mammocalc.vocabulary.geometry import convex_hull, polygon_area
from mammocalc.vocabulary.lexicon import View

Points = NDArray[np.float64]


def make_room(seed: int, view: View, field_mm: tuple[float, float] = (150.0, 110.0)) -> Room:
    scene = Scene(name="a", kind=Kind.NONE, seed=seed, view=view, field_mm=field_mm)
    anatomy = make_anatomy(scene, np.random.default_rng(seed))
    grid = Grid.covering(field_mm, 0.5)
    coarse, distance = skin_distance_map(anatomy, field_mm)
    return Room(anatomy, grid, refine(distance, coarse, grid))


@pytest.fixture(scope="module", params=[(1, View.CC), (2, View.MLO), (3, View.XCCL), (4, View.ML)])
def room(request: pytest.FixtureRequest) -> Room:
    return make_room(*request.param)


def many(room: Room, kind: Kind, count: int) -> list[Points]:
    return [draw_pattern(kind, room, count, np.random.default_rng(seed)) for seed in range(8)]


def spread(points: Points) -> Points:
    """Standard deviations along and across the main axis."""
    return np.asarray(np.sqrt(np.linalg.eigvalsh(np.cov(points.T)))[::-1])


@pytest.mark.parametrize("kind", [Kind.DIFFUSE, Kind.REGIONAL, Kind.GROUPED, Kind.LINEAR, Kind.SEGMENTAL])
def test_every_point_lies_in_the_breast_and_off_the_skin_and_the_muscle(room: Room, kind: Kind) -> None:
    for points in many(room, kind, 20):
        assert 16 <= len(points) <= 20
        assert skin_distance(room.anatomy, points).min() > 4.0
        assert pectoral_depth(room.anatomy, points[:, 0], points[:, 1]).max() < -2.0
        assert points.min() > 4.0


def test_grouped_is_five_or_more_within_fifteen_millimetres(room: Room) -> None:
    for points in many(room, Kind.GROUPED, 12):
        assert len(points) >= 5
        assert pdist(points).max() < 15.0


def test_regional_is_larger_than_twenty_millimetres_and_not_a_line(room: Room) -> None:
    for points in many(room, Kind.REGIONAL, 50):
        assert 20.0 < pdist(points).max() < 60.0
        along, across = spread(points)
        assert along < 2.2 * across


def test_linear_is_fifteen_to_thirty_millimetres_long_and_thin(room: Room) -> None:
    for points in many(room, Kind.LINEAR, 16):
        assert 12.0 < pdist(points).max() < 32.0
        along, across = spread(points)
        assert along > 4.0 * across


def test_segmental_widens_away_from_the_nipple(room: Room) -> None:
    ratios = []
    for points in many(room, Kind.SEGMENTAL, 45):
        assert 22.0 < pdist(points).max() < 60.0
        away = points - room.anatomy.nipple_mm
        axis = away.mean(axis=0) / np.hypot(*away.mean(axis=0))
        reach = away @ axis
        across = away @ np.array([axis[1], -axis[0]])
        far = reach > np.median(reach)
        ratios.append(float(np.std(across[far]) / np.std(across[~far])))
    assert np.median(ratios) > 1.4


def test_segmental_is_longer_toward_the_nipple_than_regional(room: Room) -> None:
    def radial(points: Points) -> float:
        away = points - room.anatomy.nipple_mm
        axis = away.mean(axis=0) / np.hypot(*away.mean(axis=0))
        return float(np.std(away @ axis) / np.std(away @ np.array([axis[1], -axis[0]])))

    def median(kind: Kind) -> float:
        return float(np.median([radial(points) for points in many(room, kind, 45)]))

    assert median(Kind.SEGMENTAL) > 1.4 * median(Kind.REGIONAL)


def test_diffuse_fills_the_breast(room: Room) -> None:
    area = float(room.inside.sum()) * room.grid.step_mm**2
    for points in many(room, Kind.DIFFUSE, 80):
        assert polygon_area(convex_hull(points)) > 0.7 * area
        assert pdist(points).min() > 0.4 * math.sqrt(area / 80)


def test_a_pattern_that_does_not_fit_is_an_error_that_names_the_setting() -> None:
    small = make_room(1, View.CC, (45.0, 40.0))
    with pytest.raises(ConfigurationError, match="field_mm"):
        draw_pattern(Kind.REGIONAL, small, 40, np.random.default_rng(1))


def test_spread_out_keeps_the_first_and_drops_the_close() -> None:
    points = np.array([[0.0, 0.0], [0.5, 0.0], [2.0, 0.0], [4.0, 0.0]])
    np.testing.assert_array_equal(spread_out(points, 2, 1.0), points[[0, 2]])
    np.testing.assert_array_equal(spread_out(points, 9, 1.0, taken=points[3:]), points[[0, 2]])
    assert spread_out(points[:0], 3, 1.0).shape == (0, 2)
