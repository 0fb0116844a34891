"""The nipple that is not in profile, on breasts of 170 mm that are thinner towards the skin."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mammocalc.stages.landmarks.nipple import find_nipple
from mammocalc.stages.landmarks.shadow import find_shadow

CELL_MM = 0.6
ROWS, DEPTH = 142.0, 150.0
NO_EDGE = np.zeros((0, 2))


def _breast(*shadows, bump_at=None, dense_below=None, noise_seed=0):
    """Give densities and mask in cells: half an ellipse, with ovals on its skin line at some angles."""
    row, column = np.indices((300, 200), dtype=float)
    share = np.hypot((row - 150.0) / ROWS, column / DEPTH)
    mask = share <= 1
    if bump_at is not None:
        mask |= np.hypot(row - bump_at[0], column - bump_at[1]) <= 7.0
    cells = 2000.0 + mask * (8000.0 + 12000.0 * np.sqrt(np.clip(1 - share, 0, 1)))
    for angle, density in shadows:
        middle = 150.0 + 0.98 * ROWS * np.sin(angle), 0.98 * DEPTH * np.cos(angle)
        cells += np.where(np.hypot(row - middle[0], column - middle[1]) <= 8.0, density, 0.0) * mask
    if dense_below is not None:
        cells += np.where((row > dense_below) & mask, 4000.0, 0.0)
    cells += np.random.default_rng(noise_seed).normal(0, 60, cells.shape)
    return cells.clip(0, 65535).astype(np.uint16), mask


def _nipple(cells, mask):
    found = find_nipple(cells, mask, NO_EDGE, CELL_MM)
    assert found is not None
    return found


def _shadow(cells, mask):
    found = find_shadow(cells, mask, _skin(mask), CELL_MM)
    assert found is not None
    return found


def _place(angle):
    return 150.0 + ROWS * np.sin(angle), DEPTH * np.cos(angle)


def _skin(mask):
    ends = [(row, np.flatnonzero(mask[row]).max()) for row in range(mask.shape[0]) if mask[row].any()]
    return np.array(ends, dtype=float)


@settings(max_examples=12)
@given(st.floats(-0.35, 0.35), st.integers(0, 50))
def test_a_shadow_at_the_skin_is_the_nipple_wherever_it_lies(angle, noise_seed):
    cells, mask = _breast((angle, 5000.0), noise_seed=noise_seed)
    row, column, confidence = _nipple(cells, mask)
    assert np.hypot(row - _place(angle)[0], column - _place(angle)[1]) * CELL_MM < 5.0
    assert confidence > 0.8


def test_an_even_breast_has_no_sure_nipple():
    for noise_seed in range(10):
        cells, mask = _breast(noise_seed=noise_seed)
        assert _nipple(cells, mask)[2] < 0.5


def test_of_two_shadows_alike_none_is_the_nipple():
    cells, mask = _breast((-0.3, 5000.0), (0.3, 5000.0))
    row, _, confidence = _nipple(cells, mask)
    assert confidence < 0.5
    assert row == pytest.approx(150, abs=15)


def test_where_dense_tissue_begins_is_no_nipple():
    cells, mask = _breast(dense_below=160.0)
    assert _nipple(cells, mask)[2] < 0.5


def test_a_shadow_far_from_the_tip_is_none():
    cells, mask = _breast((1.2, 5000.0))
    assert _shadow(cells, mask)[1] > 0.65
    assert _nipple(cells, mask)[2] < 0.5


@pytest.mark.parametrize(("shadows", "is_at_bump"), [((), True), (((-0.3, 9000.0),), False), (((0.14, 4000.0),), True)])
def test_a_low_bump_gives_way_to_a_surer_shadow_elsewhere(shadows, is_at_bump):
    bump = _place(0.2)[0], _place(0.2)[1] - 5.0
    cells, mask = _breast(*shadows, bump_at=bump)
    row, _, confidence = _nipple(cells, mask)
    assert confidence > 0.5
    assert bool(abs(row - bump[0]) < 6) is is_at_bump


@settings(max_examples=12)
@given(st.floats(0.3, 3.0), st.integers(0, 5000))
def test_neither_unit_nor_offset_of_density_moves_it(gain, offset):
    cells, mask = _breast((0.2, 5000.0))
    other = np.clip(cells * gain + offset, 0, 65535).astype(np.uint16)
    one, two = (_shadow(c, mask) for c in (cells, other))
    if (other < 65535).all():
        assert two[0] == pytest.approx(one[0], abs=1)
        assert two[1] == pytest.approx(one[1], rel=0.05)


@settings(max_examples=12)
@given(st.floats(-0.35, 0.35))
def test_the_breast_upside_down_has_it_upside_down(angle):
    cells, mask = _breast((angle, 5000.0))
    one = _nipple(cells, mask)
    two = _nipple(cells[::-1], mask[::-1])
    # The top of an oval of 10 mm is flat: noise places it to 2 mm, and steps begin at the other end.
    assert two[0] == pytest.approx(mask.shape[0] - 1 - one[0], abs=2 / CELL_MM)
    assert two[1] == pytest.approx(one[1], abs=2 / CELL_MM)
    assert two[2] == pytest.approx(one[2], abs=0.05)


@pytest.mark.parametrize("points", [np.zeros((1, 2)), np.stack([np.arange(240.0)] * 2, axis=1) / 2])
def test_along_a_short_skin_line_nothing_is_told_apart(points):
    cells, mask = _breast((0.0, 5000.0))
    assert find_shadow(cells, mask, points, CELL_MM) is None
