"""By rules arteries are told by tracks and tubes; ducts, wedges and scattered points never are."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from vessel_scenes import SPACING, VESSEL, along, arc, breast, scale_with, speck, straight

from mammocalc.stages.vessels import extension, parallel_plaques, rows
from mammocalc.stages.vessels.chains import find_chains
from mammocalc.stages.vessels.marks import measure_points
from mammocalc.stages.vessels.ridge_filter import map_tubes, run_on_mm, tube_along
from mammocalc.stages.vessels.rows import find_rows
from mammocalc.vocabulary.geometry import path_length

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray

    from mammocalc.model import (
        Calcification,
        Mammogram,
        Scale,
    )
    from mammocalc.simulation import SimulatedImage
    from mammocalc.vocabulary.geometry import PixelSpacing

    AsMammogram = Callable[[SimulatedImage], Mammogram]


def rows_of(
    specks: Sequence[Calcification],
    scale: Scale,
    nipple_mm: tuple[float, float] | None,
    spacing: PixelSpacing = SPACING,
) -> tuple[set[int], set[int]]:
    if not specks:
        return set(), set()
    points = measure_points(specks, spacing)
    at_mm = None if nipple_mm is None else np.array(nipple_mm)
    arteries, doubtful = find_rows(points, (scale,), breast(), at_mm, spacing)
    return set().union(*arteries), set().union(*doubtful)


def flagged(
    specks: Sequence[Calcification],
    tubes: Iterable[NDArray[np.float64]] = (),
    nipple_mm: tuple[float, float] | None = None,
    height: float = 60.0,
) -> set[int]:
    return rows_of(specks, scale_with(tubes, height), nipple_mm)[0]


DUCT = straight((60.0, 30.0), (60.0, 54.0))


def test_two_tracks_along_a_vessel_are_an_artery() -> None:
    specks = along(VESSEL[200:500], 1.5, 3.0, (1.0, -1.0))
    assert flagged(specks, [VESSEL]) == set(range(len(specks)))


@pytest.mark.parametrize("turned", [0.0, 33.0, 90.0, 161.0])
def test_an_artery_is_one_in_any_direction(turned: float) -> None:
    vessel = arc((60.0, 60.0), 40.0, turned, turned + 90.0)
    specks = along(vessel[150:450], 1.5, 3.0, (1.0, -1.0))
    assert flagged(specks, [vessel]) == set(range(len(specks)))


WAY = (straight((20.0, 60.0), (34.0, 62.0)), straight((50.0, 64.0), (66.0, 62.0)), straight((80.0, 60.0), (90.0, 58.0)))


def long_way(beside: int = 0) -> list[Calcification]:
    """Give round specks in stretches along a gentle line 70 mm long, and some beside it."""
    on = [one for piece in WAY for one in along(piece, 4.0, 1.0, (0.3, -0.3))]
    return on + [speck((54.0 + 4 * number, 68.0), 0.0, 1.0) for number in range(beside)]


@pytest.mark.parametrize(
    ("case", "specks", "nipple_mm", "is_artery"),
    [
        ("past the nipple", long_way(), (55.0, 110.0), True),
        ("to the nipple", long_way(), (118.0, 60.0), False),
        ("and no nipple", long_way(), None, False),
        ("with one beside", long_way(beside=1), (55.0, 110.0), True),
        ("with three beside", long_way(beside=3), (55.0, 110.0), False),
        ("of seven", long_way()[::2], (55.0, 110.0), False),
        (
            "no longer than a duct",
            along(straight((40.0, 60.0), (75.0, 62.0)), 4.0, 1.0, (0.3, -0.3)),
            (55.0, 110.0),
            False,
        ),
        ("as wide as a band", [s for p in WAY for s in along(p, 4.0, 1.0, (1.2, -1.2))], (55.0, 110.0), False),
    ],
)
def test_a_long_thin_way_across_the_ducts_is_an_artery_though_no_vessel_is_seen(case, specks, nipple_mm, is_artery):
    assert flagged(specks, nipple_mm=nipple_mm) == (set(range(len(long_way()))) if is_artery else set()), case


def test_a_long_way_ends_where_it_comes_to_a_group() -> None:
    way = long_way()
    group = [speck((96.0 + 3 * (n // 4), 50.0 + 4 * (n % 4) + n % 3), 0.0, 1.0) for n in range(12)]
    assert flagged(way + group, nipple_mm=(55.0, 110.0)) == set(range(len(way)))


def fan(openings_degrees: Sequence[float], begin_mm: float, end_mm: float) -> list[Calcification]:
    """Give round specks along straight ducts that run to a nipple at (60, 110)."""
    return [
        speck((60.0 + away * math.sin(turn), 110.0 - away * math.cos(turn)), 0.0, 1.0)
        for turn in np.radians(openings_degrees)
        for away in np.arange(begin_mm, end_mm, 2.0)
    ]


def test_ducts_that_part_or_lie_side_by_side_are_no_long_path() -> None:
    nipple_mm = (60.0, 110.0)
    assert flagged(fan((40.0, -40.0), 8.0, 34.0), nipple_mm=nipple_mm) == set(), "two, from the nipple"
    stem = [speck((60.0, 110.0 - away), 0.0, 1.0) for away in np.arange(10.0, 20.0, 2.0)]
    branches = [
        speck((60.0 + side * away * math.sin(0.7), 90.0 - away * math.cos(0.7)), 0.0, 1.0)
        for side in (1, -1)
        for away in np.arange(2.0, 26.0, 2.0)
    ]
    assert flagged(stem + branches, nipple_mm=nipple_mm) == set(), "one that branches"
    rods = [
        speck((60.0 + 35 * math.sin(turn), 110.0 - 35 * math.cos(turn)), math.pi - turn, 5.0)
        for turn in np.radians(np.arange(-48.0, 49.0, 12.0))
    ]
    assert flagged(rods, nipple_mm=nipple_mm) == set(), "rods side by side"


def test_two_short_tracks_without_a_vessel_are_none() -> None:
    assert flagged(along(VESSEL[200:320], 1.5, 3.0, (1.0, -1.0))) == set()


def doubtful(specks: Sequence[Calcification]) -> list[bool]:
    arteries, pairs = rows_of(specks, scale_with((), 60.0), None)
    assert not arteries
    return [index in pairs for index in range(len(specks))]


def test_two_short_tracks_without_a_vessel_are_possibly_one(monkeypatch: pytest.MonkeyPatch) -> None:
    tracks = along(VESSEL[200:320], 1.5, 3.0, (1.0, -1.0))
    assert all(doubtful(tracks))
    monkeypatch.setattr(parallel_plaques, "_MIN_TRACK_COUNT", len(tracks) + 1)
    assert not any(doubtful(tracks))


def test_one_row_and_rows_of_round_specks_are_possibly_none() -> None:
    assert not any(doubtful(along(VESSEL[200:320], 1.5, 3.0, (0.0,))))
    assert not any(doubtful(along(VESSEL[200:320], 1.5, 1.1, (1.0, -1.0))))


def test_a_few_that_face_others_are_enough_along_more_than_a_duct(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    row = along(straight((60.0, 20.0), (60.0, 70.0)), 3.0, 3.0, (0.0,))
    other = along(straight((62.0, 30.0), (62.0, 39.0)), 3.0, 3.0, (0.0,))
    assert all(doubtful([*row, *other]))
    monkeypatch.setattr(parallel_plaques, "MIN_TUBE_LENGTH_MM", 200.0)
    assert not any(doubtful([*row, *other]))


TURNS = (1.1, 1.1, 1.1, 1.1, -1.1, -1.1, -1.1, -1.1)


def test_even_rows_need_no_vessel_though_few_face_each_other() -> None:
    specks = along(VESSEL[150:550], 2.4, 3.0, TURNS)
    assert flagged(specks) == set(range(len(specks)))
    filled = along(VESSEL[150:550], 2.4, 3.0, (1.1, 0.3, -0.6, -1.1, 0.0, 0.7, -0.3))
    assert flagged(filled) == set()


def test_even_rows_in_two_short_stretches_need_no_vessel() -> None:
    stretches = [straight((60.0, 30.0), (60.0, 37.0)), straight((60.0, 52.0), (60.0, 59.0))]
    specks = [one for stretch in stretches for one in along(stretch, 1.0, 3.0, (1.1, -1.1))]
    assert flagged(specks) == set(range(len(specks)))


def test_few_even_rows_that_run_to_the_nipple_may_be_ducts() -> None:
    specks = along(straight((60.0, 30.0), (60.0, 48.0)), 2.25, 3.0, (1.1, 1.1, -1.1, -1.1))
    assert len(specks) == 9
    assert flagged(specks, nipple_mm=(62.0, 100.0)) == set()
    assert flagged(specks) == set()
    assert flagged(specks, nipple_mm=(110.0, 45.0)) == set(range(len(specks)))


def test_two_short_tracks_ahead_of_an_artery_are_one_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    artery = along(straight((60.0, 10.0), (60.0, 35.0)), 1.5, 3.0, (1.0, -1.0))
    tracks = along(straight((62.0, 62.0), (63.0, 67.0)), 1.2, 3.0, (1.0, -1.0))
    assert flagged([*artery, *tracks]) == set(range(len(artery) + len(tracks)))
    beside = along(straight((90.0, 62.0), (91.0, 67.0)), 1.2, 3.0, (1.0, -1.0))
    assert flagged([*artery, *beside]) == set(range(len(artery)))
    monkeypatch.setattr(rows, "_GROW_TRACKS_MM", 20.0)
    assert flagged([*artery, *tracks]) == set(range(len(artery)))


def test_what_lies_on_the_vessel_of_an_artery_far_ahead_is_taken_up_and_a_group_that_it_crosses_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    artery = along(VESSEL[50:300], 1.5, 3.0, (1.0, -1.0))
    grains = along(VESSEL[650:690], 1.5, 1.1, (0.6, -0.6))
    assert flagged([*artery, *grains], [VESSEL]) == set(range(len(artery) + len(grains)))
    assert flagged([*artery, *grains], [VESSEL[:400]]) == set(range(len(artery)))
    rng = np.random.default_rng(6)
    group = [speck((VESSEL[670] + off).tolist(), 0.0, 1.1) for off in rng.uniform(-4.0, 4.0, (12, 2))]
    assert flagged([*artery, *group], [VESSEL]) == set(range(len(artery)))
    monkeypatch.setattr(extension, "_GROW_TUBE_MM", 0.0)
    assert flagged([*artery, *grains], [VESSEL]) == set(range(len(artery)))


def test_long_complete_tracks_need_no_vessel() -> None:
    specks = along(VESSEL[200:500], 1.5, 3.0, (1.0, -1.0))
    assert flagged(specks) == set(range(len(specks)))


def test_tracks_of_round_specks_are_none() -> None:
    assert flagged(along(VESSEL[200:500], 1.5, 1.1, (1.0, -1.0)), [VESSEL], height=20.0) == set()


def test_tracks_farther_apart_than_an_artery_is_wide_are_none() -> None:
    assert flagged(along(VESSEL[200:500], 1.5, 3.0, (3.0, -3.0))) == set()


def test_specks_in_a_line_are_no_artery() -> None:
    assert flagged(along(DUCT, 2.0, 1.2, (0.1, -0.1)), [DUCT]) == set()


def test_casts_in_a_line_without_a_vessel_are_none_however_well_they_lie_along_it() -> None:
    assert flagged(along(DUCT, 1.5, 4.0, (0.1, -0.1))) == set()


def test_casts_on_a_tube_that_point_to_the_nipple_may_be_a_duct() -> None:
    tube = straight((60.0, 5.0), (60.0, 110.0))
    specks = along(DUCT, 1.5, 4.0, (0.1, -0.1))
    assert flagged(specks, [tube], nipple_mm=(62.0, 100.0)) == set()
    assert flagged(specks, [tube], nipple_mm=(110.0, 45.0)) == set(range(len(specks)))


def test_a_tube_that_ends_with_the_casts_is_no_vessel() -> None:
    assert flagged(along(DUCT, 1.5, 4.0, (0.1, -0.1)), [DUCT]) == set()


def test_grains_along_a_clear_vessel_are_an_artery_and_without_it_they_are_not() -> None:
    specks = along(VESSEL[150:650], 1.2, 1.5, (0.4, -0.4))
    assert flagged(specks, [VESSEL]) == set(range(len(specks)))
    assert flagged(specks) == set()


def test_a_wedge_of_casts_is_no_artery_even_across_a_vessel() -> None:
    rows = [straight((60.0, 30.0), (60.0 + drop, 65.0)) for drop in (-15.0, -9.0, -3.0, 3.0, 9.0, 15.0)]
    specks = [one for row in rows for one in along(row[60:], 3.0, 3.0, (0.2, -0.2))]
    assert flagged(specks, [rows[2]], nipple_mm=(60.0, 20.0)) == set()


def test_scattered_points_are_no_artery() -> None:
    rng = np.random.default_rng(8)
    specks = [speck(rng.uniform(10, 110, 2).tolist(), rng.uniform(0, 3), rng.uniform(1, 4)) for _ in range(150)]
    assert flagged(specks, [VESSEL]) == set()


def test_too_few_are_no_artery() -> None:
    assert flagged([], [VESSEL]) == set()
    assert flagged(along(VESSEL[200:500], 9.0, 3.0, (1.0, -1.0)), [VESSEL]) == set()


def test_the_next_plaque_of_an_artery_is_taken_up_and_one_far_off_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    vessel = straight((60.0, 5.0), (60.0, 115.0))
    specks = along(vessel[100:350], 1.5, 3.0, (1.0, -1.0))
    ahead, far, across = speck((60.8, 47.0), 0.0, 3.0), speck((60.0, 80.0), 0.0, 3.0), speck((60.0, 25.0), 1.5, 3.0)
    monkeypatch.setattr(extension, "_GROW_TUBE_MM", 0.0)  # by sight alone
    found = flagged([*specks, ahead, far], [vessel])
    assert found == set(range(len(specks) + 1))
    beside = replace(across, row_px=across.row_px + 90)
    assert len(specks) not in flagged([*specks, beside], [vessel])


def test_an_artery_is_found_where_its_chain_runs_on_through_a_group() -> None:
    vessel = straight((60.0, 5.0), (60.0, 70.0))
    specks = along(vessel[100:600], 1.5, 2.5, (0.3, -0.3))
    rng = np.random.default_rng(2)
    group = [speck((60.0 + 7 * down, 72.0 + 30 * across), 0.0, 1.1) for down, across in rng.uniform(0, 1, (25, 2))]
    found = flagged([*specks, *group], [vessel])
    assert found >= set(range(len(specks)))
    assert len(found - set(range(len(specks)))) <= 1


def test_a_middle_line_runs_between_two_tracks() -> None:
    points = np.array([(60.0 + (0.8 if turn % 2 else -0.8), 20.0 + 1.1 * turn) for turn in range(30)])
    (line,) = find_chains(points, 10.0, 9.0)
    assert np.abs(line[6:-6, 0] - 60.0).max() < 0.6
    assert path_length(line) == pytest.approx(31.0, abs=3.0)


def test_the_longest_way_of_each_tree_is_taken_first_and_every_branch_after_it() -> None:
    bar = [(20.0, 10.0 + 4 * k) for k in range(13)]
    stem = [(24.0 + 4 * k, 34.0) for k in range(5)]
    far = [(90.0, 30.0 + 4 * k) for k in range(8)]
    order = np.random.default_rng(7).permutation(26)
    lines = find_chains(np.array([*bar, *stem, *far])[order], 10.0, 9.0)
    assert [round(path_length(line)) for line in lines if line[:, 0].max() < 50] == [48, 16]
    assert [round(path_length(line)) for line in lines if line[:, 0].min() > 50] == [28]
    longer = find_chains(np.array([*bar, *stem, *far]), 10.0, 20.0)
    assert sorted(round(path_length(line)) for line in longer) == [28, 48]


def test_a_chain_is_cut_at_a_sharp_turn_and_at_a_gap() -> None:
    sharp = np.concatenate([straight((20.0, 20.0), (20.0, 50.0)), straight((22.0, 48.0), (35.0, 25.0))])[::25]
    assert len(find_chains(sharp, 10.0, 9.0)) == 2
    gentle = np.concatenate([straight((20.0, 20.0), (20.0, 50.0)), straight((22.0, 52.0), (40.0, 70.0))])[::25]
    assert len(find_chains(gentle, 10.0, 9.0)) == 1
    gap = np.concatenate([straight((20.0, 20.0), (20.0, 50.0)), straight((20.0, 62.0), (20.0, 90.0))])[::25]
    assert len(find_chains(gap, 10.0, 9.0)) == 2
    assert len(find_chains(gap, 16.0, 9.0)) == 1
    assert find_chains(np.zeros((0, 2)), 10.0, 9.0) == []
    assert find_chains(np.zeros((12, 2)), 10.0, 9.0) == []


def test_a_tube_is_clear_along_itself_alone_and_followed_to_its_end() -> None:
    tube = straight((60.0, 10.0), (60.0, 90.0))
    tubes = map_tubes(scale_with([tube]), breast(), SPACING, 0.9)
    clarity, share = tube_along(tubes, tube[::5])
    assert clarity > 1.5
    assert share > 0.95
    across, _ = tube_along(tubes, straight((50.0, 50.0), (70.0, 50.0))[::5])
    beside, _ = tube_along(tubes, straight((80.0, 10.0), (80.0, 90.0))[::5])
    assert max(across, beside) < 0.6
    middle = straight((60.0, 40.0), (60.0, 55.0))[::5]
    assert run_on_mm(tubes, middle, 100.0) == pytest.approx(65.0, abs=6.0)
    assert run_on_mm(tubes, middle, 8.0) == 16.0
    outside = tubes.clarity(np.array([[-5.0, 50.0], [60.0, 500.0]]), np.array([[0.0, 1.0], [1.0, 0.0]]))
    assert np.isneginf(outside).all()
