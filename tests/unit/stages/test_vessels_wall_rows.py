"""Two rows are walls where they keep one distance; bands, single rows and rows that draw apart are none."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest

from mammocalc.stages.vessels import VesselSettings
from mammocalc.stages.vessels.evidence import Points
from mammocalc.stages.vessels.wall_rows import Rails, are_walls, fit_rails

if TYPE_CHECKING:
    from collections.abc import Sequence

SETTINGS = VesselSettings()


def plaques(at_mm: Sequence[tuple[float, float]], turned: float = 0.0, ratio: float = 3.0) -> Points:
    """Give particles at positions (down, across), of one direction and elongation."""
    count = len(at_mm)
    return Points(np.array(at_mm), np.full(count, turned), np.full(count, ratio), np.full(count, 0.9))


def two_rows(count: int, length_mm: float, gaps_mm: tuple[float, float]) -> list[tuple[float, float]]:
    """Set particles by turns, two and two, on two rows whose distance goes from one gap to another."""
    rows = []
    for number in range(count):
        share = number / (count - 1)
        half = (gaps_mm[0] * (1 - share) + gaps_mm[1] * share) / 2
        rows.append((50.0 + half * (1 if number % 4 < 2 else -1), 10.0 + length_mm * share))
    return rows


def fitted(points: Points) -> Rails | None:
    return fit_rails(np.arange(len(points.at_mm)), points)


def is_walls(points: Points) -> bool:
    rails = fitted(points)
    return rails is not None and are_walls(rails)


def test_two_rows_give_their_distance_and_the_line_between_them() -> None:
    rails = fitted(plaques(two_rows(12, 20.0, (2.4, 2.4))))
    assert rails is not None
    assert rails.gap_mm == pytest.approx(2.4, abs=0.1)
    assert rails.unevenness < 0.05
    assert rails.widening == pytest.approx(1.0, abs=0.1)
    assert rails.shared > 0.6
    assert rails.alignment > 0.99
    assert rails.count == 12
    assert np.abs(rails.line_mm[:, 0] - 50.0).max() < 0.15
    assert np.ptp(rails.line_mm[:, 1]) == pytest.approx(20.0, abs=0.5)


@pytest.mark.parametrize("radius_mm", [18.0, 40.0])
def test_the_walls_of_a_bent_vessel_are_walls(radius_mm: float) -> None:
    angles = np.linspace(0.0, 20.0 / radius_mm, 14)
    radii = radius_mm + 1.2 * np.where(np.arange(14) % 4 < 2, 1.0, -1.0)
    at_mm = np.stack([60.0 + radii * np.sin(angles), 10.0 + radii * np.cos(angles)], axis=1)
    bent = Points(at_mm, np.arctan2(np.cos(angles), -np.sin(angles)), np.full(14, 3.0), np.full(14, 0.9))
    assert is_walls(bent)


def test_walls_are_walls_in_any_order() -> None:
    points = plaques(two_rows(12, 20.0, (2.4, 2.4)))
    order = np.random.default_rng(3).permutation(12)
    turned, same = fit_rails(order, points), fitted(points)
    assert turned is not None
    assert same is not None
    assert turned.gap_mm == pytest.approx(same.gap_mm)


def test_particles_that_fill_a_band_are_hardly_ever_walls() -> None:
    rng = np.random.default_rng(5)
    bands = [np.stack([rng.uniform(48.0, 52.0, 16), rng.uniform(10.0, 30.0, 16)], axis=1) for _ in range(40)]
    assert sum(is_walls(plaques([tuple(at) for at in band.tolist()])) for band in bands) <= 1


def test_rows_that_draw_apart_are_ducts() -> None:
    assert is_walls(plaques(two_rows(14, 16.0, (2.2, 2.4))))
    assert not is_walls(plaques(two_rows(14, 16.0, (1.5, 4.5))))


@pytest.mark.parametrize("gap_mm", [0.5, 5.0])
def test_rows_nearer_or_farther_than_walls_are_none(gap_mm: float) -> None:
    assert not is_walls(plaques(two_rows(14, 20.0, (gap_mm, gap_mm))))


def test_one_row_is_no_vessel() -> None:
    rng = np.random.default_rng(1)
    assert not is_walls(
        plaques([(50.0 + off, 10.0 + 1.5 * k) for k, off in enumerate(rng.normal(0, 0.15, 14).tolist())])
    )


def test_rows_one_behind_the_other_are_no_walls() -> None:
    steps = [(51.2, 10.0 + k) for k in range(7)] + [(48.8, 30.0 + k) for k in range(7)]
    rails = fitted(plaques(steps))
    assert rails is None or not are_walls(rails)


def test_particles_across_the_rows_are_no_plaques() -> None:
    assert not is_walls(plaques(two_rows(14, 20.0, (2.4, 2.4)), turned=math.pi / 2))


def test_round_grains_lie_in_a_row_and_say_nothing_of_direction() -> None:
    rows = plaques(two_rows(14, 20.0, (2.4, 2.4)))
    is_grain = np.arange(14) % 3 == 0
    mixed = Points(rows.at_mm, np.where(is_grain, math.pi / 2, 0.0), np.where(is_grain, 1.2, 3.0), np.full(14, 0.9))
    assert is_walls(mixed)
    assert not is_walls(plaques(two_rows(14, 20.0, (2.4, 2.4)), ratio=1.2))


def test_few_are_not_judged() -> None:
    assert fitted(plaques(two_rows(5, 20.0, (2.4, 2.4)))) is None
    assert fit_rails(np.array([], np.intp), plaques([(1.0, 2.0)])) is None
    assert fitted(plaques([(50.0, 10.0)] * 9)) is None
    assert not is_walls(plaques(two_rows(7, 20.0, (2.4, 2.4))))


def with_strays(strays: Sequence[tuple[float, float]]) -> Points:
    return plaques([*two_rows(12, 20.0, (2.4, 2.4)), *strays])


def test_one_of_eight_may_lie_off_the_rows() -> None:
    assert is_walls(with_strays([(50.1, 18.0)]))
    assert not is_walls(with_strays([(50.1, 18.0), (49.9, 22.0), (50.0, 14.0)]))
