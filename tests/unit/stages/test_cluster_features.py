import itertools
import math
from dataclasses import fields

import numpy as np
import pytest

from mammocalc.model import Breast, Nipple, Pattern
from mammocalc.stages.cluster_features import PatternSettings, describe_pattern, most_within
from mammocalc.vocabulary.geometry import PixelSpacing

SPACING = PixelSpacing(0.1, 0.1)


def _breast():
    """A square of 100 x 100 mm, all of it breast."""
    ones = np.ones((100, 100), bool)
    return Breast(10, ones.astype(np.uint16), ones, ones, ones.astype(np.float32), (0, 0, 1000, 1000), (), True, True)


def _describe(points, nipple=None, members=None):
    points = np.asarray(points, dtype=float)
    members = range(len(points)) if members is None else members
    return describe_pattern(members, points, _breast(), nipple, SPACING, PatternSettings())


def test_a_straight_row_is_a_line():
    shape = _describe([(50.0, 20.0 + 2 * i) for i in range(11)])
    assert shape.count == 11
    assert shape.extent_mm == pytest.approx(20.0)
    assert shape.line_share == pytest.approx(1.0)
    assert shape.elongation > 50
    assert shape.width_mm == pytest.approx(0.0, abs=1e-9)
    assert shape.most_within_10_mm == 6
    assert shape.straightness == pytest.approx(1.0, abs=1e-3)
    assert shape.path_width_mm == pytest.approx(0.0, abs=1e-6)
    assert shape.nearest_mm == pytest.approx(2.0)


def test_two_rails_of_an_artery_are_one_line_after_thinning():
    points = [(50.0 + side, 20.0 + 1.5 * i) for i in range(14) for side in (0.0, 1.6)]
    assert _describe(points).line_share > 0.9


def test_a_disc_is_no_line():
    rng = np.random.default_rng(1)
    shape = _describe(50 + rng.uniform(-20, 20, (90, 2)))
    assert shape.line_share < 0.8
    assert shape.elongation < 2


def test_a_wedge_points_to_the_nipple_and_widens():
    rng = np.random.default_rng(1)
    along = rng.uniform(12, 50, 60)
    across = rng.uniform(-0.35, 0.35, 60) * along
    shape = _describe(np.stack([50 + across, 90 - along], axis=1), Nipple(500.0, 900.0, 0.9))
    assert shape.axis_to_nipple_degrees is not None
    assert shape.axis_to_nipple_degrees < 15
    assert shape.widening is not None
    assert shape.widening > 1.5
    assert shape.angular_span_degrees is not None
    assert 25 < shape.angular_span_degrees < 45
    assert shape.axis_miss_mm is not None
    assert shape.axis_miss_mm < 8
    assert shape.span_over_disc is not None
    assert shape.span_over_disc < 0.85
    assert shape.taper > 0.3


def test_an_unknown_nipple_says_nothing():
    shape = _describe([(40.0, 40.0), (45.0, 40.0), (40.0, 47.0)], None)
    assert shape.axis_to_nipple_degrees is None
    assert shape.widening is None
    assert shape.axis_miss_mm is None


def test_shares_of_the_breast():
    corners = [(0.0, 0.0), (0.0, 99.9), (99.9, 99.9), (99.9, 0.0)]
    shape = _describe(corners)
    assert shape.hull_share == pytest.approx(1.0, abs=0.01)
    assert shape.covered_share == pytest.approx(math.pi * 100 / 1e4, rel=0.2)


def test_most_within_agrees_with_trying_every_subset():
    rng = np.random.default_rng(8)
    for _ in range(20):
        points = rng.uniform(0, 16, (8, 2))
        best = 1
        for size in range(2, 9):
            for subset in itertools.combinations(range(8), size):
                if _smallest_circle_fits(points[list(subset)], 10.0):
                    best = size
                    break
        assert most_within(points, 10.0) == best


def _smallest_circle_fits(points, diameter):
    """By the circles through every pair and every triple of points."""
    circles = [((a + b) / 2, np.hypot(*(a - b)) / 2) for a, b in itertools.combinations(points, 2)]
    for a, b, c in itertools.combinations(points, 3):
        matrix = 2 * np.array([b - a, c - a])
        if abs(np.linalg.det(matrix)) < 1e-9:
            continue
        centre = np.linalg.solve(matrix, [b @ b - a @ a, c @ c - a @ a])
        circles.append((centre, np.hypot(*(centre - a))))
    return any(
        radius <= diameter / 2 + 1e-7 and (np.hypot(*(points - centre).T) <= radius + 1e-7).all()
        for centre, radius in circles
    )


@pytest.mark.parametrize(("gap_mm", "count"), [(10.0, 2), (10.01, 1)])
def test_exactly_ten_millimetres_still_fit(gap_mm, count):
    assert most_within(np.array([[0.0, 0.0], [0.0, gap_mm]]), 10.0) == count


def test_one_point_has_no_pattern():
    with pytest.raises(ValueError, match="two points"):
        _describe([(1.0, 1.0)])


def test_points_in_one_place_have_finite_numbers():
    shape = _describe([(50.0, 50.0)] * 5, Nipple(500.0, 500.0, 0.9))
    values = [getattr(shape, field.name) for field in fields(Pattern)]
    assert all(value is None or math.isfinite(value) for value in values)


def test_a_set_is_seen_among_all_points_of_the_image():
    rng = np.random.default_rng(3)
    group = 40 + rng.uniform(-4, 4, (10, 2))
    scattered = rng.uniform(0, 100, (20, 2))
    points = np.concatenate([group, scattered])
    tight = _describe(points, members=range(10))
    loose = _describe(points, members=range(10, 30))
    assert (tight.count, tight.image_count) == (10, 30)
    assert tight.image_share == pytest.approx(1 / 3)
    assert tight.image_hull_share == loose.image_hull_share
    assert tight.chance_exponent > 6
    assert loose.chance_exponent < 3
    assert tight.extent_mm == _describe(group).extent_mm


def test_even_random_and_clumped_points_are_told_apart():
    rng = np.random.default_rng(5)
    grid = np.stack(np.meshgrid(np.arange(20.0, 80, 8), np.arange(20.0, 80, 8)), axis=-1).reshape(-1, 2)
    random = rng.uniform(20, 80, (64, 2))
    clumped = rng.uniform(20, 80, (8, 2))[rng.integers(0, 8, 64)] + rng.normal(0, 0.8, (64, 2))
    even, chance, clumps = (_describe(points).evenness for points in (grid, random, clumped))
    assert even > 1.5
    assert 0.8 < chance < 1.25
    assert clumps < 0.6


def test_the_neighbours_of_a_disc_lie_in_no_line():
    rng = np.random.default_rng(1)
    shape = _describe(50 + rng.uniform(-10, 10, (60, 2)))
    assert shape.straightness < 0.6
    assert shape.path_width_mm > 1.0
