"""Arteries are told by the ridge that runs through their marks; ducts, wedges and scattered points never are."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
from vessel_scenes import SPACING, VESSEL, along, arc, breast, landmarks, scale_with, speck, straight

from mammocalc.analysis.image import analyse
from mammocalc.classifiers.files import load_vessel_model
from mammocalc.config import Config
from mammocalc.model import (
    Calcification,
    Landmarks,
    Nipple,
)
from mammocalc.simulation import Scene, render
from mammocalc.simulation.vocabulary import Beside, Kind
from mammocalc.stages.vessels import FEATURES, VesselSettings, describe_calcifications, flag_vessels
from mammocalc.stages.vessels.arms import find_arms
from mammocalc.stages.vessels.clarity import map_clarity
from mammocalc.stages.vessels.joining import join_marks
from mammocalc.stages.vessels.marks import Marks, lies_on_arms
from mammocalc.vocabulary.geometry import PixelSpacing
from mammocalc.vocabulary.lexicon import Distribution, Flag

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray

    from mammocalc.model import Mammogram
    from mammocalc.simulation import SimulatedImage

    AsMammogram = Callable[[SimulatedImage], Mammogram]

SETTINGS = VesselSettings()
MODEL = load_vessel_model(None, FEATURES)


def numbered(specks: Iterable[Calcification]) -> list[Calcification]:
    return [replace(one, number=number) for number, one in enumerate(specks, start=1)]


def flagged(
    specks: Sequence[Calcification],
    tubes: Iterable[NDArray[np.float64]] = (),
    nipple_mm: tuple[float, float] | None = (60.0, -400.0),
    settings: VesselSettings = SETTINGS,
    height: float = 60.0,
) -> set[int]:
    scales = (scale_with(tubes, height),)
    marked, _ = flag_vessels(numbered(specks), scales, breast(), landmarks(nipple_mm), SPACING, MODEL, settings)
    return {index for index, one in enumerate(marked) if Flag.VASCULAR in one.flags}


WALLS = (0.8, -0.8)


@pytest.mark.parametrize("turned", [0.0, 35.0, 90.0, 200.0])
def test_two_walls_along_a_vessel_are_an_artery_whichever_way_it_runs(turned: float) -> None:
    vessel = arc((60.0, 60.0), 40.0, turned, turned + 90.0)
    specks = along(vessel[150:450], 1.5, 3.0, WALLS)
    assert flagged(specks, [vessel]) == set(range(len(specks)))


def test_a_few_plaques_along_a_vessel_are_an_artery_and_without_it_they_are_not() -> None:
    specks = along(VESSEL[200:400], 3.0, 3.0, (0.0,))
    assert flagged(specks, [VESSEL]) == set(range(len(specks)))
    assert flagged(specks, height=0.0) == set()


def _walked(course_mm: NDArray[np.float64]) -> NDArray[np.float64]:
    """Put points on a course."""
    steps = np.linspace(0, 1, 50)[:, None]
    return np.concatenate([a + steps * (b - a) for a, b in itertools.pairwise(course_mm)])


def test_stretches_of_one_vessel_are_one_artery() -> None:
    specks = [*along(VESSEL[100:260], 1.5, 3.0, WALLS), *along(VESSEL[440:600], 1.5, 3.0, WALLS)]
    marks = breast(), landmarks((60.0, -400.0)), SPACING, MODEL, SETTINGS
    found, (vessel,) = flag_vessels(numbered(specks), (scale_with([VESSEL]),), *marks)
    assert vessel.members == tuple(range(1, len(specks) + 1))
    assert {one.vessel for one in found} == {vessel.number}
    assert vessel.length_mm == pytest.approx(49.0, abs=4.0)
    course_mm = SPACING.to_mm(np.array(vessel.course_px))
    away = np.hypot(*(course_mm[:, None] - VESSEL[None]).transpose(2, 0, 1)).min(axis=1)
    assert away.max() < 1.5
    middle = np.hypot(*(VESSEL[350] - _walked(course_mm)).T).min()
    assert middle < 1.0  # where no mark is, along the vessel


def test_what_is_too_wide_for_a_plaque_lies_in_no_wall_and_keeps_its_place() -> None:
    specks = along(VESSEL[100:500], 1.5, 3.0, WALLS)
    coarse = replace(specks[3], length_mm=5.9, width_mm=2.1)
    assert flagged([*specks[:3], coarse, *specks[4:]], [VESSEL]) == set(range(len(specks))) - {3}


def test_a_group_beside_an_artery_is_none() -> None:
    specks = along(VESSEL[100:500], 1.5, 3.0, WALLS)
    rng = np.random.default_rng(2)
    group = [speck((100.0 + 7 * down, 85.0 + 7 * across), 0.0, 1.1) for down, across in rng.uniform(0, 1, (12, 2))]
    assert flagged([*specks, *group], [VESSEL]) == set(range(len(specks)))


def test_casts_in_a_row_that_points_to_the_nipple_are_a_duct_and_so_they_are_where_no_nipple_is_known() -> None:
    rng = np.random.default_rng(5)
    specks = [
        speck((60.0 + rng.normal(0, 0.4), 30.0 + 1.7 * number), rng.normal(0, 0.5), rng.uniform(1.2, 2.4))
        for number in range(15)
    ]
    assert flagged(specks, nipple_mm=(60.0, 110.0)) == set()
    assert flagged(specks, nipple_mm=None) == set()


def test_a_wedge_of_casts_is_no_artery_even_across_a_vessel() -> None:
    rng = np.random.default_rng(3)
    specks = []
    for _ in range(40):
        far, turn = rng.uniform(25, 60), rng.uniform(-0.3, 0.3)
        at = (60.0 + far * math.sin(turn), 110.0 - far * math.cos(turn))
        specks.append(speck(at, -turn + rng.normal(0, 0.4), rng.uniform(1.2, 2.5)))
    assert flagged(specks, [VESSEL], nipple_mm=(60.0, 110.0)) == set()


def test_scattered_points_and_nothing_at_all_are_no_artery() -> None:
    rng = np.random.default_rng(6)
    specks = [speck(at, rng.uniform(0, 3), 1.3) for at in rng.uniform(10, 110, (40, 2)).tolist()]
    assert flagged(specks, [VESSEL]) == set()
    assert flagged([], [VESSEL]) == set()
    assert flagged(specks[:1], [VESSEL]) == set()
    assert describe_calcifications([], (scale_with(()),), breast(), SPACING).shape == (0, len(FEATURES))


def test_many_marks_on_one_place_are_measured_without_a_complaint() -> None:
    table = describe_calcifications([speck((60.0, 60.0), 0.0, 1.0)] * 70, (scale_with(()),), breast(), SPACING)
    assert table.shape == (70, len(FEATURES))
    assert np.isfinite(table).all()


def test_the_flag_is_set_and_nothing_else_changes() -> None:
    specks = along(VESSEL[200:500], 1.5, 3.0, WALLS)
    single = replace(speck((110.0, 20.0), 0.0, 1.0), flags=frozenset({Flag.NEAR_SKIN}))
    everything = [single, *specks]
    args = (scale_with([VESSEL]),), breast(), landmarks((60.0, -400.0)), SPACING, MODEL
    marked, (vessel,) = flag_vessels(everything, *args, SETTINGS)
    assert marked[0] == single
    assert [replace(one, flags=frozenset(), vessel=None) for one in marked[1:]] == specks
    assert all((one.flags, one.vessel) == (frozenset({Flag.VASCULAR}), vessel.number) for one in marked[1:])


def test_what_is_not_sure_enough_is_no_artery() -> None:
    specks = along(VESSEL[200:500:2], 1.5, 3.0, (0.0,))[:4]  # too few for a rule without the model
    args = (scale_with([VESSEL]),), breast(), landmarks((60.0, -400.0)), SPACING, MODEL
    assert flag_vessels(specks, *args, VesselSettings(sure=0.9999999)) == (tuple(specks), ())


def test_a_tube_is_clear_along_itself_alone_and_nothing_is_outside_of_the_map() -> None:
    tube = straight((60.0, 10.0), (60.0, 90.0))
    clarity = map_clarity([], (scale_with([tube]),), breast(), SPACING)
    on = clarity.at(tube[None, 100:-100:10])
    beside = clarity.at(tube[None, 100:-100:10] + (8.0, 0.0))
    assert np.median(on) > 2.0
    assert np.median(beside) < 1.0
    assert clarity.at(np.array([[[-5.0, 50.0], [60.0, 500.0]]])).tolist() == [[0.0, 0.0]]


def test_a_row_of_bright_specks_is_no_tube_for_they_are_cut_out() -> None:
    scale = scale_with(())
    specks = along(straight((60.0, 10.0), (60.0, 90.0)), 0.9, 2.0, (0.0,))
    image = scale.image.copy()
    for one in specks:
        corners = np.rint((np.array(one.outline_px)[:, ::-1] - 1.5) / 4 * 16).astype(np.int32)
        cv2.fillPoly(image, [corners], 3000.0, cv2.LINE_8, 4)
    bright = replace(scale, image=image)
    places = straight((60.0, 20.0), (60.0, 80.0))[None, ::10]
    with_them = map_clarity([], (bright,), breast(), SPACING).at(places)
    without = map_clarity(specks, (bright,), breast(), SPACING).at(places)
    assert np.median(with_them) > 2.0
    assert np.median(without) < 1.0


@pytest.mark.parametrize("apart_mm", [1.0, 1.5])
def test_a_vessel_stays_in_view_although_its_plaques_are_cut_out(apart_mm: float) -> None:
    scale = scale_with([VESSEL])
    middle = VESSEL[None, 220:480:10]
    bare = np.median(map_clarity([], (scale,), breast(), SPACING).at(middle))
    specks = along(VESSEL[200:500], apart_mm, 1.3, WALLS)
    assert np.median(map_clarity(specks, (scale,), breast(), SPACING).at(middle)) > 0.9 * bare


def test_the_skin_is_no_tube() -> None:
    tube = straight((60.0, 10.0), (60.0, 90.0))
    near_skin = np.full_like(breast().skin_distance_px, 3.0 / SPACING.mean_mm)
    skin = replace(breast(), skin_distance_px=near_skin)
    assert not map_clarity([], (scale_with([tube]),), skin, SPACING).at(tube[None]).any()


def test_arms_follow_a_winding_tube_both_ways() -> None:
    clarity = map_clarity([], (scale_with([VESSEL]),), breast(), SPACING)
    at = VESSEL[435][None]
    near, far = find_arms(clarity, at)
    assert near.clarity.min() > 2.0
    assert far.contrast[0] > 1.5
    on = np.concatenate([VESSEL[330][None], VESSEL[540][None], VESSEL[235][None], VESSEL[635][None]])
    beside = on + np.array([6.0, 0.0])
    points = np.concatenate([at, on, beside])
    first = np.zeros(8, np.intp)
    assert (
        lies_on_arms(find_arms(clarity, points)[1], points, first, np.arange(1, 9)).tolist() == [True] * 4 + [False] * 4
    )


def plaques(at_mm: NDArray[np.float64], width_mm: float = 0.3, ratio: float = 2.0, direction: float = 0.0) -> Marks:
    each = np.ones(len(at_mm))
    return Marks(at_mm, direction * each, ratio * each, ratio * width_mm * each, width_mm * each, 10 * each)


def test_joining_asks_more_of_few_and_of_ducts_and_of_what_is_wide() -> None:
    at_mm = VESSEL[200:500:30]
    count = len(at_mm)
    clarity = map_clarity([], (scale_with([VESSEL]),), breast(), SPACING)
    _, arms = find_arms(clarity, at_mm)
    far_off, unlikely, likely = np.array([600.0, 60.0]), np.full(count, 0.3), np.full(count, 0.68)

    def joined(probability: NDArray[np.float64], **changes: object) -> list[list[int]]:
        given = {
            "rows": (),
            "points": plaques(at_mm),
            "arms": arms,
            "clarity": clarity,
            "nipple_mm": far_off,
            "sure": 0.65,
        } | changes
        return [members.tolist() for members in join_marks(probability, **given)]  # type: ignore[arg-type]

    number = np.arange(count)
    assert joined(likely) == [list(range(count))]
    assert joined(likely, sure=0.7) == []
    assert joined(np.where(number == 2, 0.999, unlikely)) == [], "one of them does not outweigh the others"
    assert joined(likely, nipple_mm=None) == []
    assert joined(likely, nipple_mm=at_mm[-1] + 3 * (at_mm[-1] - at_mm[0])) == []
    likelier = np.full(count, 0.72)
    assert joined(likelier, nipple_mm=None) == [list(range(count))]
    hidden = map_clarity([], (scale_with(()),), breast(), SPACING)
    assert joined(likelier, clarity=hidden) == [list(range(count))]
    assert joined(likelier, clarity=hidden, nipple_mm=None) == [], "a duct is not seen but for its casts"
    assert joined(np.where(number < 2, 0.89, 0.0)) == []
    assert joined(np.where(number == 0, 0.91, np.where(number == 1, 0.3, 0.0))) == [[0, 1]]
    assert joined(np.where(number == 0, 0.999, 0.0)) == [], "one mark alone is no artery"
    wide = at_mm + np.where(np.arange(count) % 2, 2.5, -2.5)[:, None]
    assert joined(np.full(count, 0.9), points=plaques(wide)) == []
    heap = at_mm.mean(axis=0) + (at_mm - at_mm.mean(axis=0)) * 0.04 * count / float(np.ptp(at_mm, axis=0).max())
    assert joined(np.full(count, 0.9), points=plaques(heap)) == [], "heaped closer than half a millimetre, a clump"
    assert joined(unlikely, rows=[frozenset({4})], nipple_mm=None) == [list(range(count))]
    assert joined(unlikely, rows=[frozenset({4})], points=plaques(wide)) == [[4]]
    assert joined(np.zeros(count), rows=[frozenset({0, count - 1})]) == [[0, count - 1]], (
        "one artery, however far apart"
    )


def test_what_is_as_wide_as_a_rod_makes_no_artery_and_is_taken_along_by_one() -> None:
    at_mm = VESSEL[200:500:30]
    count = len(at_mm)
    clarity = map_clarity([], (scale_with([VESSEL]),), breast(), SPACING)
    _, arms = find_arms(clarity, at_mm)
    number = np.arange(count)
    probability = np.full(count, 0.97)

    def joined(points: Marks, probability: NDArray[np.float64] = probability) -> list[list[int]]:
        found = join_marks(probability, (), points, arms, clarity, np.array([600.0, 60.0]), 0.8)
        return [members.tolist() for members in found]

    thin = plaques(at_mm)

    def with_width(width_mm: NDArray[np.float64]) -> Marks:
        return replace(thin, width_mm=width_mm)

    assert joined(plaques(at_mm, width_mm=0.49)) == [number.tolist()]
    assert joined(plaques(at_mm, width_mm=0.5)) == []
    assert joined(with_width(np.where(number < count // 2, 0.6, 0.3))) == [], "half of them"
    one_wide = with_width(np.where(number == 2, 0.6, 0.3))
    assert joined(one_wide) == [number.tolist()], "lumps of plaques in a wall are wide"
    assert joined(one_wide, np.where(number == 2, 0.99, 0.5)) == [], "and do not make it one"
    coarse = replace(one_wide, width_mm=np.where(number == 2, 0.8, 0.3), ratio=np.where(number == 2, 1.2, 2.0))
    assert joined(coarse) == [[index for index in number.tolist() if index != 2]]


@pytest.mark.parametrize("seed", [19, 75, 92])
def test_secretory_rods_are_not_taken_for_an_artery(seed: int, as_mammogram: AsMammogram) -> None:
    beside, field_mm = (Beside.RODS,), (120.0, 90.0)
    scene = Scene(name="a", kind=Kind.NONE, beside=beside, seed=seed, field_mm=field_mm, pixel_spacing_mm=0.1)
    report = analyse(as_mammogram(render(scene)), Config())
    assert not report.vessels
    assert not any(Flag.VASCULAR in one.flags for one in report.calcifications)
    assert report.distribution.label is Distribution.TYPICALLY_BENIGN


@pytest.mark.parametrize(("kind", "seed"), [(Kind.ARTERIAL, 9102), (Kind.LINEAR, 9102), (Kind.SEGMENTAL, 9102)])
def test_simulated_arteries_are_left_out_of_clusters_and_ducts_are_not(
    kind: Kind, seed: int, as_mammogram: AsMammogram
) -> None:
    scene = Scene(name="a", kind=kind, seed=seed, field_mm=(140.0, 100.0), pixel_spacing_mm=0.1)
    report = analyse(as_mammogram(render(scene)), Config())
    vascular = {one.number for one in report.calcifications if Flag.VASCULAR in one.flags}
    assert vascular.isdisjoint(number for cluster in report.clusters for number in cluster.members)
    if kind is Kind.ARTERIAL:
        assert len(vascular) > 0.7 * len(report.calcifications)
        assert report.distribution.label is Distribution.VASCULAR
        assert any("vascular" in reason for reason in report.distribution.reasons)
    else:
        assert not vascular
        assert report.clusters


def test_pixels_need_not_be_square() -> None:
    spacing = PixelSpacing(0.14, 0.07)
    specks = along(VESSEL[200:500], 1.5, 3.0, WALLS, spacing)
    scale = scale_with([VESSEL])
    rows, columns = scale.image.shape
    flat = cv2.resize(scale.image, (columns, rows // 2), interpolation=cv2.INTER_AREA).astype(np.uint16)
    scale = replace(scale, image=flat, tophat=np.zeros_like(flat))
    marks = Landmarks(np.zeros((1, 1), bool), (), Nipple(400.0, -5000.0, confidence=0.9))
    found, _ = flag_vessels(numbered(specks), (scale,), breast(), marks, spacing, MODEL, SETTINGS)
    assert all(Flag.VASCULAR in one.flags for one in found)
