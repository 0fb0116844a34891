from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from mammocalc.evaluation.agreement import agreement_figures, calibration_error, confusion
from mammocalc.evaluation.clusters import (
    is_found,
    is_found_kallergi,
    most_in_circle,
    overlap,
    widened_area,
)
from mammocalc.evaluation.regions import holds
from mammocalc.evaluation.size_metrics import SIZE_FIGURES, size_figures
from mammocalc.evaluation.truth import TrueRegion
from mammocalc.vocabulary.geometry import convex_hull, distance_to_hull

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mammocalc.evaluation import ScoringSettings

SQUARE = np.array([[0.0, 0.0], [0.0, 10.0], [10.0, 10.0], [10.0, 0.0]])


@pytest.mark.parametrize(
    ("point", "distance"), [((5, 5), 0), ((0, 5), 0), ((-1, 5), 1), ((13, 14), 5), ((10, 10.5), 0.5)]
)
def test_the_distance_to_a_hull(point: tuple[float, float], distance: float) -> None:
    assert distance_to_hull(np.array(point), SQUARE) == pytest.approx(distance)
    assert distance_to_hull(np.array(point), SQUARE[::-1]) == pytest.approx(distance)


def test_the_distance_to_a_line_and_to_a_point() -> None:
    assert distance_to_hull(np.array([1.0, 5.0]), SQUARE[:2]) == pytest.approx(1)
    assert distance_to_hull(np.array([3.0, 4.0]), SQUARE[:1]) == pytest.approx(5)


@pytest.mark.parametrize("seed", range(8))
def test_the_overlap_is_that_of_the_painted_hulls(seed: int) -> None:
    generator = np.random.default_rng(seed)
    one, other = (convex_hull(generator.uniform(0, 10, (8, 2)) + generator.uniform(0, 4)) for _ in range(2))
    grid = np.stack(np.meshgrid(np.arange(0, 15, 0.1), np.arange(0, 15, 0.1), indexing="ij"), axis=-1).reshape(-1, 2)
    painted = [_holds(hull, grid) for hull in (one, other)]
    expected = (painted[0] & painted[1]).sum() / (painted[0] | painted[1]).sum()
    assert overlap(one, other) == pytest.approx(expected, abs=0.02)
    assert overlap(one, other) == pytest.approx(overlap(other[::-1], one))


def _holds(hull: NDArray[np.float64], points: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Tell of each point whether it lies on one and the same side of all sides of a hull."""
    side, to_point = np.roll(hull, -1, axis=0) - hull, points[:, None] - hull
    turn = side[:, 0] * to_point[..., 1] - side[:, 1] * to_point[..., 0]
    return np.asarray((turn >= 0).all(axis=1) | (turn <= 0).all(axis=1))


def test_hulls_without_an_area_do_not_overlap() -> None:
    assert overlap(SQUARE, SQUARE[:2]) == 0
    assert overlap(SQUARE, SQUARE + 50) == 0


def test_a_cluster_is_found_by_its_centroid_and_three_members(settings: ScoringSettings) -> None:
    small = np.array([[10.8, 5.0], [11.0, 5.0], [11.2, 5.0]])  # the centroid 1 mm outside
    assert is_found(SQUARE, small, 3, settings)
    assert not is_found(SQUARE, small, 2, settings)
    assert not is_found(SQUARE, small + np.array([0.1, 0.0]), 3, settings)


def test_a_cluster_is_found_by_a_fifth_of_overlap_without_any_member(settings: ScoringSettings) -> None:
    assert is_found(SQUARE, SQUARE + np.array([0.0, 6.6]), 0, settings)  # 34 of 166
    assert not is_found(SQUARE, SQUARE + np.array([0.0, 6.7]), 0, settings)  # 33 of 167


def test_kallergis_rule_bounds_the_area(settings: ScoringSettings) -> None:
    inside = np.array([[5.0, 5.0], [5.0, 6.0], [6.0, 5.0]])
    assert is_found_kallergi(SQUARE, SQUARE, inside, settings)
    assert not is_found_kallergi(SQUARE, SQUARE * 0.5, inside, settings)
    assert not is_found_kallergi(SQUARE, SQUARE * 2.2, inside, settings)
    assert not is_found_kallergi(SQUARE, SQUARE, inside[:2], settings)
    assert not is_found_kallergi(SQUARE, SQUARE, inside * 13, settings)  # too far apart for 1 cm2


def test_the_widened_area_of_a_line_is_a_stadium(settings: ScoringSettings) -> None:
    assert widened_area(SQUARE[:2], settings) == pytest.approx(10 + np.pi / 4)


@pytest.mark.parametrize("seed", range(5))
def test_the_fullest_circle_is_not_emptier_than_any_that_is_tried(seed: int) -> None:
    generator = np.random.default_rng(seed)
    points = generator.uniform(0, 4, (12, 2))
    tried = [(np.hypot(*(points - centre).T) <= 1).sum() for centre in generator.uniform(0, 4, (4000, 2))]
    assert most_in_circle(points, np.pi) >= max(tried)
    assert most_in_circle(np.array([[0.0, 0.0], [0.0, 2.0], [0.0, 2.01]]), np.pi) == 2
    assert most_in_circle(np.zeros((0, 2)), np.pi) == 0


def test_a_circle_holds_its_edge() -> None:
    region = TrueRegion(10, 20, 5)
    assert holds(region, np.array([[0.0, 0.0], [13.0, 24.0]]))
    assert not holds(region, np.array([[13.0, 24.1]]))
    assert not holds(region, np.zeros((0, 2)))


def test_agreement_is_that_of_a_worked_example() -> None:
    true = ["a"] * 4 + ["b"] * 3 + ["c"] * 3
    found = ["a", "a", "a", "b", "b", "b", "c", "?", "c", "a"]
    labels = ["a", "b", "c", "?"]
    table = confusion(true, found, labels)
    assert table.tolist() == [[3, 1, 0, 0], [0, 2, 1, 0], [1, 0, 1, 1], [0, 0, 0, 0]]
    accuracy, macro_f1, kappa, commonest, abstained = agreement_figures(table, [3])
    assert accuracy == 0.6
    assert macro_f1 == pytest.approx((6 / 8 + 4 / 6 + 2 / 5) / 3)
    assert kappa == pytest.approx((0.6 - 0.31) / 0.69)  # chance: (4 * 4 + 3 * 3 + 3 * 2) / 100
    assert commonest == 0.4
    assert abstained == 0.1


def test_calibration_error_weighs_the_bins() -> None:
    confidence = np.array([0.95, 0.95, 0.95, 0.65, 1.0])
    is_right = np.array([True, True, False, True, True])
    # in the highest bin 3.85 were promised and 3 came, in the other 0.65 and 1
    assert calibration_error(confidence, is_right) == pytest.approx((0.85 + 0.35) / 5)
    assert np.isnan(calibration_error(np.zeros(0), np.zeros(0, dtype=bool)))


def test_errors_of_diameters_are_those_computed_by_hand(settings: ScoringSettings) -> None:
    true = np.array([0.2, 0.4, 3.0])
    figures = dict(zip(SIZE_FIGURES, size_figures(true, true + np.array([0.1, -0.2, 0.25]), settings), strict=True))
    assert figures["bias_mm"] == pytest.approx(0.05)
    spread = np.sqrt((0.05**2 + 0.25**2 + 0.2**2) / 2)
    assert figures["standard_deviation_mm"] == pytest.approx(spread)
    assert figures["agreement_low_mm"] == pytest.approx(0.05 - 1.96 * spread)
    assert figures["median_error_mm"] == pytest.approx(0.1)
    assert figures["within_tolerance"] == pytest.approx(2 / 3)  # 0.25 of 3 mm is within a tenth, 0.2 of 0.4 is not
