"""Registration: points of two dates are laid over each other, joined one to one, and left alone where nothing fits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from mammocalc.stages.registration import Anatomy, lay_over, local_map, match_points
from mammocalc.stages.registration.assignment import assign

if TYPE_CHECKING:
    from numpy.typing import NDArray


def group(
    rng: np.random.Generator, middle: tuple[float, float], count: int, size_mm: float = 4.0
) -> NDArray[np.float64]:
    return np.asarray(np.array(middle) + rng.normal(0, size_mm, (count, 2)))


def moved(points: NDArray[np.float64], degrees: float, shift: tuple[float, float]) -> NDArray[np.float64]:
    angle = np.radians(degrees)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    middle = points.mean(axis=0)
    return np.asarray((points - middle) @ turn.T + middle + shift)


@pytest.mark.parametrize(("degrees", "shift"), [(0.0, (0.0, 0.0)), (6.0, (9.0, -7.0)), (-8.0, (-15.0, 12.0))])
def test_groups_that_moved_are_joined_member_by_member(degrees: float, shift: tuple[float, float]) -> None:
    rng = np.random.default_rng(5)
    prior = np.concatenate([group(rng, (40, 30), 14), group(rng, (80, 50), 9)])
    sizes = rng.lognormal(-1.2, 0.35, len(prior))
    current = np.concatenate([moved(prior[:14], degrees, shift), moved(prior[14:], degrees, (shift[0] + 2, shift[1]))])
    order = rng.permutation(len(current))
    found = match_points(current[order], prior, sizes[order][:, None], sizes[:, None])
    right = sum(int(order[one] == other) for one, other in found.pairs.tolist())
    assert right >= 0.9 * len(prior)
    assert len(found.pairs) - right <= 1
    assert found.residual_mm is not None
    assert found.residual_mm < 0.3


def test_another_group_of_the_same_density_is_not_joined() -> None:
    rng = np.random.default_rng(6)
    ours, theirs = group(rng, (50, 40), 15), group(rng, (50, 40), 15)
    sizes = rng.lognormal(-1.2, 0.35, 30)
    assert len(match_points(ours, theirs, sizes[:15, None], sizes[15:, None]).pairs) <= 4


@pytest.mark.parametrize(("ours", "theirs"), [(0, 5), (5, 0), (1, 5), (5, 1), (0, 0)])
def test_too_few_points_join_nothing(ours: int, theirs: int) -> None:
    rng = np.random.default_rng(7)
    found = match_points(group(rng, (1, 1), ours), group(rng, (1, 1), theirs), np.ones((ours, 1)), np.ones((theirs, 1)))
    assert len(found.pairs) == 0
    assert found.residual_mm is None


def test_points_in_one_place_and_many_of_them_end_in_time() -> None:
    same = np.full((60, 2), 20.0)
    match_points(same, same, np.ones((60, 1)), np.ones((60, 1)))
    rng = np.random.default_rng(8)
    many = rng.uniform(0, 100, (400, 2))
    sizes = rng.lognormal(-1.2, 0.35, 400)
    found = match_points(many + 3.0, many, sizes[:, None], sizes[:, None])
    assert (found.pairs[:, 0] == found.pairs[:, 1]).mean() > 0.95


def test_assignment_leaves_alone_what_costs_more_than_the_gate() -> None:
    cost = np.array([[1.0, 2.0, 9.0], [1.5, 9.0, 9.0]])
    assert assign(cost, 5.0).tolist() == [[0, 1], [1, 0]]
    assert assign(cost, 0.5).tolist() == []


def test_the_map_of_a_shift_is_that_shift_everywhere() -> None:
    here = np.array([[10.0, 10.0], [12.0, 14.0], [20.0, 11.0]])
    places, shift = np.array([[11.0, 11.0], [60.0, 80.0]]), np.array([3.0, -2.0])
    assert local_map(places, here, here + shift) == pytest.approx(places + shift)


def breast(nipple: tuple[float, float] | None, muscle: list[tuple[float, float]] | None = None) -> Anatomy:
    outline = np.array([[0.0, 0.0], [50.0, 80.0], [100.0, 0.0]])
    edge = np.array(muscle or [], dtype=float).reshape(-1, 2)
    return Anatomy(outline, edge, None if nipple is None else np.array(nipple))


def test_the_frame_lays_nipple_on_nipple_and_stretches_from_the_wall() -> None:
    frame = lay_over(breast((60.0, 88.0)), breast((50.0, 80.0)))
    assert frame.to_current(np.array([[50.0, 80.0], [50.0, 0.0]])) == pytest.approx(
        np.array([[60.0, 88.0], [60.0, 0.0]])
    )
    places = np.array([[3.0, 4.0], [70.0, 20.0]])
    assert frame.to_prior(frame.to_current(places)) == pytest.approx(places)


def test_the_frame_turns_with_the_muscle_where_both_dates_have_one() -> None:
    upright, tilted = [(0.0, 20.0), (50.0, 20.0)], [(0.0, 40.0), (40.0, 10.0)]
    frame = lay_over(breast((50.0, 80.0), tilted), breast((50.0, 80.0), upright))
    assert frame.axis == "muscle"
    along = frame.to_current(np.array([[60.0, 80.0]])) - frame.to_current(np.array([[50.0, 80.0]]))
    assert along[0] == pytest.approx(np.array([0.8, -0.6]) * 10.0)
    assert lay_over(breast((50.0, 80.0), tilted), breast((50.0, 80.0))).axis == "image_edge"


def test_without_a_nipple_on_one_date_the_outermost_points_meet() -> None:
    frame = lay_over(breast(None), breast((40.0, 70.0)))
    assert frame.origin == "outermost_point"
    assert frame.to_current(np.array([[50.0, 80.0]])) == pytest.approx(np.array([[50.0, 80.0]]))
