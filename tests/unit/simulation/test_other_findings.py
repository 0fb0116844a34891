"""What lies in a breast beside its pattern: where it is, what it looks like, and what the truth says of it."""

import math
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from mammocalc.simulation import Scene, render
from mammocalc.simulation.anatomy import make_anatomy, skin_distance_map
from mammocalc.simulation.arteries import Style, artery_attenuation, draw_artery, place_plaques
from mammocalc.simulation.grids import Grid, refine
from mammocalc.simulation.insertion.place import place, place_beside
from mammocalc.simulation.placement_region import Placement, Role, Room
from mammocalc.simulation.truth import truth_record
from mammocalc.simulation.vocabulary import Beside, Kind, Shape
from mammocalc.vocabulary.lexicon import Morphology

FIELD_MM = (140.0, 100.0)


def scene(**changes: Any) -> Scene:
    base = {"name": "a", "kind": Kind.NONE, "seed": 5, "field_mm": FIELD_MM, "pixel_spacing_mm": 0.2}
    return Scene.model_validate({**base, **changes})


@pytest.fixture(scope="module")
def room() -> Room:
    anatomy = make_anatomy(scene(), np.random.default_rng(3))
    coarse, distance = skin_distance_map(anatomy, FIELD_MM)
    grid = Grid.covering(FIELD_MM, 0.5)
    return Room(anatomy, grid, refine(distance, coarse, grid))


def beside(room: Room, *things: Beside, seed: int = 1, kind: Kind = Kind.NONE) -> tuple[Placement, ...]:
    made = scene(kind=kind, beside=things)
    placed = place(room, made, None, np.random.default_rng(seed))
    return (*placed, *place_beside(room, made, placed, lambda number: np.random.default_rng([seed, number]))[0])


def places(spots: tuple[Placement, ...]) -> NDArray[np.float64]:
    return np.array([(spot.y_mm, spot.x_mm) for spot in spots]).reshape(-1, 2)


@pytest.mark.parametrize(
    ("thing", "shapes", "role"),
    [
        (Beside.RODS, {Shape.ROD}, Role.MACRO),
        (Beside.RIMS, {Shape.RIM}, Role.MACRO),
        (Beside.ROUNDS, {Shape.ROUND}, Role.MACRO),
        (Beside.SCAR, {Shape.RIM, Shape.IRREGULAR}, Role.MACRO),
        (Beside.SKIN, {Shape.DERMAL}, Role.MACRO),
        (Beside.SINGLES, {Shape.IRREGULAR}, Role.MICRO),
        (Beside.GROUP, {Shape.IRREGULAR}, Role.MICRO),
        (Beside.ARTERY, {Shape.PLAQUE}, Role.ARTERIAL),
    ],
)
def test_each_thing_is_what_its_name_says(room: Room, thing: Beside, shapes: set[Shape], role: Role) -> None:
    for seed in range(4):
        spots = beside(room, thing, seed=seed)
        assert spots
        assert {spot.shape for spot in spots} <= shapes
        assert {spot.role for spot in spots} == {role}
        assert {spot.in_pattern for spot in spots} == {thing is Beside.GROUP}


def test_rods_are_thick_long_and_run_along_ducts_from_the_nipple(room: Room) -> None:
    rods = [spot for seed in range(6) for spot in beside(room, Beside.RODS, seed=seed)]
    away = places(tuple(rods)) - room.anatomy.nipple_mm
    turned = np.array([spot.angle for spot in rods]) - np.arctan2(away[:, 0], away[:, 1])
    off = np.degrees(np.abs((turned + math.pi / 2) % math.pi - math.pi / 2))
    assert np.median(off) < 15
    widths = [spot.diameter_mm / math.sqrt(4 / math.pi * (spot.aspect - 0.21)) for spot in rods]
    assert 0.49 < min(widths) < max(widths) < 1.01
    assert min(spot.aspect for spot in rods) >= 1.7


def test_single_specks_are_no_group_and_a_second_group_is_far_from_the_pattern(room: Room) -> None:
    for seed in range(4):
        singles = places(beside(room, Beside.SINGLES, seed=seed))
        gaps = np.hypot(*(singles[:, None] - singles[None]).transpose(2, 0, 1)) + 99 * np.eye(len(singles))
        assert gaps.min() >= 11
        both = beside(room, Beside.GROUP, seed=seed, kind=Kind.LINEAR)
        first = places(tuple(s for s in both if s.in_pattern and s.cluster == 0))
        second = places(tuple(s for s in both if s.in_pattern and s.cluster == 1))
        assert len(second) == 0 or np.hypot(*(second[:, None] - first[None]).transpose(2, 0, 1)).min() > 20
        assert len(second) == 0 or np.ptp(second, axis=0).max() <= 9


def test_calcifications_of_the_skin_lie_in_it(room: Room) -> None:
    for seed in range(4):
        index = (places(beside(room, Beside.SKIN, seed=seed)) / room.grid.step_mm).astype(int)
        assert (room.distance[index[:, 0], index[:, 1]] < 3).all()


def test_benign_ones_do_not_touch_what_lies_there_already(room: Room) -> None:
    spots = beside(room, Beside.RIMS, Beside.ROUNDS, Beside.SCAR, kind=Kind.DIFFUSE)
    at = places(spots)
    half = np.array([spot.diameter_mm / 2 if spot.role is Role.MACRO else 0.0 for spot in spots])
    gaps = np.hypot(*(at[:, None] - at[None]).transpose(2, 0, 1)) - half[:, None] - half[None]
    is_benign = half > 0
    assert gaps[np.ix_(is_benign, ~is_benign)].min() > 0.5
    assert (gaps[np.ix_(is_benign, is_benign)] + 99 * np.eye(is_benign.sum())).min() > 0


def test_one_thing_more_leaves_the_others_as_they_are(room: Room) -> None:
    assert beside(room, Beside.RIMS, Beside.SINGLES)[: len(beside(room, Beside.RIMS))] == beside(room, Beside.RIMS)


def test_an_artery_keeps_its_width_and_is_calcified_in_stretches(room: Room) -> None:
    styles = set()
    for seed in range(30):
        artery = draw_artery(room, np.random.default_rng(seed))
        styles.add(artery.style)
        radius = artery.course.radius_mm
        assert radius.min() >= 0.7 * radius.max()
        assert artery.course.length_mm > 30
        ends = np.flatnonzero(np.diff((artery.disease > 0).astype(int)))
        if len(ends) > 2:
            lengths_mm = np.diff(ends) * 0.05
            assert 2.9 <= lengths_mm.min() <= lengths_mm.max() <= 25.1
        spots = place_plaques(artery, room, 60, np.random.default_rng(seed))
        if not spots:
            continue
        away = np.hypot(*(places(tuple(spots))[:, None] - artery.course.points_mm[None]).transpose(2, 0, 1))
        nearest = away.argmin(axis=1)
        assert (artery.disease[nearest] > 0).mean() > 0.9
        reach = 0.0 if artery.style is Style.BEADS else 0.92 * radius.mean()
        assert np.median(np.abs(away.min(axis=1) - reach)) < 0.15
    assert styles == set(Style)


def test_the_vessel_is_in_plain_view_between_its_stretches(room: Room) -> None:
    pixels = Grid(0.1, round(FIELD_MM[0] / 0.1), round(FIELD_MM[1] / 0.1))
    artery = next(
        one
        for one in (draw_artery(room, np.random.default_rng(seed)) for seed in range(40))
        if one.style is Style.TRACKS and (one.disease == 0).mean() > 0.3
    )
    drawn = artery_attenuation(artery, room.grid, pixels, np.random.default_rng(1))
    inside = room.holds(artery.course.points_mm)
    index = (artery.course.points_mm / 0.1).astype(int)[inside & (artery.disease == 0)]
    between = drawn[index[:, 0], index[:, 1]]
    assert np.median(between) > 0.04
    assert drawn.max() > 1.4 * np.median(between)
    y, x = (np.broadcast_to(axis, drawn.shape) for axis in pixels.centres_mm())
    far = np.hypot(
        y[::7, ::7, None] - artery.course.points_mm[::40, 0], x[::7, ::7, None] - artery.course.points_mm[::40, 1]
    )
    assert drawn[::7, ::7][far.min(axis=-1) > 4].max() == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize(
    ("kind", "things", "word", "clusters"),
    [
        (Kind.NONE, (), "none", []),
        (Kind.NONE, (Beside.SINGLES,), "scattered", []),
        (Kind.NONE, (Beside.RODS,), "typically_benign", []),
        (Kind.NONE, (Beside.ARTERY,), "vascular", []),
        (Kind.NONE, (Beside.RIMS, Beside.ARTERY), "typically_benign", []),
        (Kind.NONE, (Beside.GROUP,), "grouped", [(1, "grouped")]),
        (Kind.LINEAR, (Beside.RODS, Beside.GROUP), "linear", [(0, "linear"), (2, "grouped")]),
    ],
)
def test_the_truth_says_every_one(
    kind: Kind, things: tuple[Beside, ...], word: str, clusters: list[tuple[int, str]]
) -> None:
    made = scene(kind=kind, beside=things, seed=11, strays=(0, 0))
    truth = truth_record(render(made).truth, made)
    assert truth["distribution"] == word
    assert [(one["id"], one["label"]) for one in truth["clusters"]] == clusters
    members = sorted(number for one in truth["clusters"] for number in one["members"])
    assert members == [one["id"] for one in truth["points"] if one["cluster"] is not None]
    assert ("arteries" in truth) is (Beside.ARTERY in things)
    for artery in truth.get("arteries", ()):
        assert len(artery["course"]) > 10
        assert artery["stretches"]
        assert all(one["morphology"] == Morphology.VASCULAR for one in truth["points"] if one["kind"] == "arterial")


def test_a_scene_with_nothing_beside_is_written_as_it_always_was() -> None:
    assert {"beside", "fibres"}.isdisjoint(scene().model_dump(mode="json"))
    assert scene(beside=["rods"], fibres=2.0).model_dump(mode="json")["beside"] == ["rods"]


def test_more_fibres_are_more_thin_bright_lines() -> None:
    few, many = (render(scene(fibres=fibres, density=0.1, knots=0)).attenuation for fibres in (0.5, 4.0))
    inner = np.s_[250:450, 60:250]
    assert np.abs(np.diff(many[inner], axis=0)).mean() > 1.1 * np.abs(np.diff(few[inner], axis=0)).mean()
