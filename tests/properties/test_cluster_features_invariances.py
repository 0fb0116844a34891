"""A pattern keeps its numbers however the breast is turned and however large the pixels are."""

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mammocalc.config import Config
from mammocalc.model import Breast, Nipple, Pattern
from mammocalc.stages.cluster_features import PatternSettings, describe_pattern
from mammocalc.stages.clustering import find_clusters
from mammocalc.vocabulary.geometry import PixelSpacing

CONFIG = Config()
SIDE_MM = 100.0


def _breast(pixel_mm):
    cells = round(SIDE_MM)
    ones = np.ones((cells, cells), bool)
    side_px = round(SIDE_MM / pixel_mm)
    return Breast(
        round(1.0 / pixel_mm), ones.astype(np.uint16), ones, ones, ones.astype(np.float32),
        (0, 0, side_px, side_px), (), True, True,
    )  # fmt: skip


def _describe(points_mm, nipple_mm, pixel_mm=0.1):
    spacing = PixelSpacing(pixel_mm, pixel_mm)
    row, column = spacing.to_px(np.asarray(nipple_mm)).tolist()
    nipple = Nipple(row, column, 1.0)
    return describe_pattern(range(len(points_mm)), points_mm, _breast(pixel_mm), nipple, spacing, PatternSettings())


def _assert_equal(one, other, tolerance):
    for field in fields(Pattern):
        assert getattr(one, field.name) == pytest.approx(getattr(other, field.name), rel=tolerance, abs=tolerance), (
            field
        )


@settings(max_examples=20, derandomize=True)
@given(seed=st.integers(0, 10**6), count=st.integers(3, 60), narrow=st.floats(0.05, 1.0))
def test_mirroring_and_turning_change_nothing(seed, count, narrow):
    points = 50 + np.random.default_rng(seed).uniform(-30, 30, (count, 2)) * (narrow, 1.0)
    plain = _describe(points, (50.0, 95.0))
    # The middle of the square of cells lies between two pixels.
    mirrored = _describe(np.stack([points[:, 0], SIDE_MM - 0.1 - points[:, 1]], axis=1), (50.0, SIDE_MM - 0.1 - 95.0))
    turned = _describe(points[:, ::-1], (95.0, 50.0))
    _assert_equal(mirrored, plain, 0.03)
    _assert_equal(turned, plain, 1e-6)


@pytest.mark.parametrize("pixel_mm", [0.05, 0.2])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_size_of_pixels_changes_nothing(pixel_mm, seed):
    points = np.random.default_rng(seed).uniform(20, 70, (30, 2))
    _assert_equal(_describe(points, (50.0, 95.0), pixel_mm), _describe(points, (50.0, 95.0)), 0.03)


@settings(max_examples=20, derandomize=True)
@given(seed=st.integers(0, 10**6), added=st.integers(1, 30))
def test_more_points_elsewhere_make_a_group_more_likely_by_chance(seed, added):
    rng = np.random.default_rng(seed)
    group, others = 30 + rng.uniform(-4, 4, (8, 2)), rng.uniform(50, 95, (added, 2))
    spacing, breast = PixelSpacing(0.1, 0.1), _breast(0.1)
    alone, among = (
        describe_pattern(range(8), points, breast, None, spacing, PatternSettings())
        for points in (group, np.concatenate([group, others]))
    )
    assert among.chance_exponent < alone.chance_exponent
    of_its_own = ("image_count", "image_share", "image_hull_share", "chance_exponent")
    changes = {name: getattr(alone, name) for name in of_its_own}
    assert replace(among, **changes) == alone


@settings(max_examples=20, derandomize=True)
@given(seed=st.integers(0, 10**6))
def test_clusters_do_not_depend_on_the_order_of_points(seed):
    rng = np.random.default_rng(seed)
    points = rng.uniform(0, 80, (40, 2))
    order = rng.permutation(40)
    plain = {frozenset(group.members) for group in find_clusters(points, CONFIG.group)}
    shuffled = find_clusters(points[order], CONFIG.group)
    assert {frozenset(order[list(group.members)].tolist()) for group in shuffled} == plain
