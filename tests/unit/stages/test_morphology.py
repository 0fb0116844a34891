"""Shapes that are drawn, and the kinds that are named for them."""

import math
from collections.abc import Callable
from dataclasses import replace
from types import MappingProxyType

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from skimage.measure import find_contours

from mammocalc.model import Breast, Calcification, MorphologyCall, NoiseTable, Scale
from mammocalc.stages.morphology import (
    MorphologySettings,
    classify_cluster,
    classify_morphology,
    counts_for_distribution,
    set_apart,
)
from mammocalc.stages.morphology.criteria import Criterion, Row, Unless
from mammocalc.stages.morphology.table import CLUSTERS, judge, particle_table
from mammocalc.vocabulary.codes import MORPHOLOGY_CODES
from mammocalc.vocabulary.geometry import PixelSpacing, feret_diameters, polygon_area
from mammocalc.vocabulary.lexicon import CalcificationSize, Flag, Morphology, View

SETTINGS = MorphologySettings()
PARTICLES = particle_table(SETTINGS)
SIDE_MM = 18.0
Shape = Callable[[NDArray[np.float64], NDArray[np.float64]], NDArray[np.float64]]
"""Height, 0 to 1, at millimetres down and across from the middle."""


def disc(diameter: float) -> Shape:
    return lambda y, x: np.asarray(np.hypot(y, x) <= diameter / 2, dtype=np.float64)


def ring(diameter: float, wall: float, middle: float = 0.45) -> Shape:
    def height(y: NDArray[np.float64], x: NDArray[np.float64]) -> NDArray[np.float64]:
        r = np.hypot(y, x)
        return np.where(r <= diameter / 2 - wall, middle, 1.0) * (r <= diameter / 2)

    return height


def rod(length: float, width: float, angle: float = 0.5) -> Shape:
    def height(y: NDArray[np.float64], x: NDArray[np.float64]) -> NDArray[np.float64]:
        along, across = x * math.cos(angle) + y * math.sin(angle), y * math.cos(angle) - x * math.sin(angle)
        gap = np.hypot(np.maximum(np.abs(along) - (length - width) / 2, 0), across)
        return np.asarray(gap <= width / 2, dtype=np.float64)

    return height


def lobed(diameter: float) -> Shape:
    def height(y: NDArray[np.float64], x: NDArray[np.float64]) -> NDArray[np.float64]:
        edge = diameter / 2 * (1 + 0.3 * np.cos(5 * np.arctan2(y, x)))
        return np.where(np.hypot(y, x) <= edge, 0.85 + 0.15 * np.cos(9 * y) * np.cos(9 * x), 0.0)

    return height


def haze(width: float) -> Shape:
    return lambda y, x: np.asarray(np.exp(-(y**2 + x**2) / (2 * (width / 2.35) ** 2)))


def thread(radius: float, width: float) -> Shape:
    return lambda y, x: np.asarray(
        (np.abs(np.hypot(y, x) - radius) <= width / 2) & (y > -0.3 * radius), dtype=np.float64
    )


def scene(shape: Shape, spacing_mm: float, height: float = 4000.0, noise: float = 20.0) -> Scale:
    n, fine = round(SIDE_MM / spacing_mm), 3
    at = ((np.arange(n * fine) + 0.5) / fine - n / 2) * spacing_mm
    y, x = np.meshgrid(at, at, indexing="ij")
    share = shape(y, x).reshape(n, fine, n, fine).mean(axis=(1, 3))
    image = cv2.GaussianBlur(20000 + height * share, (0, 0), 0.05 / spacing_mm)
    image += np.random.default_rng(3).normal(0, noise, image.shape)
    table = NoiseTable(np.array([0.0, 65535.0]), np.array([noise, noise]))
    codes = image.astype(np.uint16)
    return Scale(codes, codes, table, 1, spacing_mm, 0.6, 0.05)


def breast_of(scale: Scale) -> Breast:
    rows, columns = scale.image.shape
    whole = np.ones((1, 1), np.bool_)
    cells = np.ones((1, 1), np.uint16)
    box = (0, 0, rows, columns)
    return Breast(rows, cells, whole, whole, np.full((1, 1), 99, np.float32), box, (), True, True)


def measured(outline: NDArray[np.float64], spacing_mm: float, **changes: object) -> Calcification:
    area = polygon_area(outline) * spacing_mm**2
    length, width = (value * spacing_mm for value in feret_diameters(outline))
    diameter = 2 * math.sqrt(area / math.pi)
    row, column = outline.mean(axis=0)
    corners = tuple((float(r), float(c)) for r, c in outline)
    found = Calcification(
        1, 0, float(row), float(column), corners, diameter / spacing_mm, diameter, length, width, area,
        CalcificationSize.MACRO if width >= 1 else CalcificationSize.MICRO, 0.9, 40.0,
    )  # fmt: skip
    return replace(found, **changes)  # type: ignore[arg-type]


def outlines(scale: Scale, height: float) -> list[NDArray[np.float64]]:
    found = find_contours(scale.image.astype(float), 20000 + height / 2)
    return sorted((c[:-1] for c in found), key=polygon_area, reverse=True)


def named(shape: Shape, spacing_mm: float = 0.07, height: float = 4000.0, **changes: object) -> MorphologyCall:
    scale = scene(shape, spacing_mm, height)
    found = measured(outlines(scale, height)[0], spacing_mm, **changes)
    spacing = PixelSpacing(spacing_mm, spacing_mm)
    [judged] = classify_morphology([found], scale, breast_of(scale), spacing, SETTINGS)
    assert judged.morphology is not None
    assert replace(judged, morphology=None) == found
    return judged.morphology


@pytest.mark.parametrize("spacing_mm", [0.05, 0.07, 0.085, 0.1])
@pytest.mark.parametrize(
    ("shape", "kind"),
    [
        (ring(2.4, 0.45), Morphology.RIM),
        (ring(8.0, 0.4), Morphology.EGGSHELL),
        (rod(5.0, 1.0), Morphology.ROD),
        (rod(2.0, 0.3), Morphology.FINE_LINEAR),
        (lobed(3.0), Morphology.POPCORN),
        (disc(2.0), Morphology.DYSTROPHIC),
        (disc(0.75), Morphology.ROUND),
        (rod(1.1, 0.65), Morphology.COARSE_HETEROGENEOUS),
        (thread(2.0, 0.35), Morphology.SUTURE),
    ],
    ids=lambda value: value.value if isinstance(value, Morphology) else "",
)
def test_a_shape_has_the_same_name_at_every_pixel_size(shape: Shape, kind: Morphology, spacing_mm: float) -> None:
    call = named(shape, spacing_mm)
    assert call.label is kind, call.reasons


def test_small_specks_are_punctate_or_pleomorphic_where_the_pixels_carry_it() -> None:
    assert named(disc(0.4), 0.05).label is Morphology.PUNCTATE
    assert named(rod(0.55, 0.34), 0.05).label is Morphology.FINE_PLEOMORPHIC
    coarse = named(disc(0.3), 0.1)
    assert coarse.label is Morphology.NOT_ASSESSABLE
    assert coarse.probabilities == {Morphology.NOT_ASSESSABLE: 1.0}
    assert "pixels across: a shape needs 4" in coarse.reasons[0]


def side_by_side(*parts: tuple[Shape, float, float]) -> Shape:
    """Draw shapes at millimetres down and across from the middle."""
    return lambda y, x: np.asarray(np.maximum.reduce([shape(y - down, x - right) for shape, down, right in parts]))


def knobbly(diameter: float, depth: float) -> Shape:
    def height(y: NDArray[np.float64], x: NDArray[np.float64]) -> NDArray[np.float64]:
        edge = diameter / 2 * (1 + depth * np.cos(4 * np.arctan2(y, x)))
        return np.where(np.hypot(y, x) <= edge, 1.0, 0.0)

    return height


@pytest.mark.parametrize(
    "shape",
    [
        knobbly(1.45, 0.25),  # lobed, and shorter than popcorn
        ring(1.6, 0.4, middle=0.9),  # a middle as shallow as the limit
        ring(4.5, 1.1, middle=0.6),  # a wall that is thicker than a rim's
        disc(1.3),
        lobed(3.0),
        ring(1.2, 0.3),
    ],
)
def test_what_is_coarse_and_clear_is_typically_benign_whichever_kind_it_is_nearest_to(shape: Shape) -> None:
    scale = scene(shape, 0.07)
    [*_, found] = classify_morphology(
        [measured(outlines(scale, 4000.0)[0], 0.07)], scale, breast_of(scale), PixelSpacing(0.07, 0.07), SETTINGS
    )
    does_count, reason = counts_for_distribution(found, SETTINGS)
    assert not does_count, found.morphology
    assert reason


@pytest.mark.parametrize(("diameter_mm", "counts"), [(0.6, True), (0.75, True), (0.9, False)])
def test_a_round_one_is_left_out_from_its_diameter_on(diameter_mm: float, counts: bool) -> None:
    scale = scene(disc(diameter_mm), 0.05)
    outline = outlines(scale, 4000.0)[0]
    spacing = PixelSpacing(0.05, 0.05)
    [found] = classify_morphology([measured(outline, 0.05)], scale, breast_of(scale), spacing, SETTINGS)
    assert found.morphology is not None
    assert found.morphology.label is Morphology.ROUND
    assert counts_for_distribution(found, SETTINGS)[0] is counts


def test_what_lies_at_the_edge_of_a_coarse_one_is_a_piece_of_it() -> None:
    speck = disc(0.35)
    scale = scene(side_by_side((lobed(3.0), 0.0, 0.0), (speck, 0.0, 2.6), (speck, 0.0, -4.5)), 0.07)
    found = [measured(outline, 0.07, number=number) for number, outline in enumerate(outlines(scale, 4000.0), start=1)]
    spacing = PixelSpacing(0.07, 0.07)
    judged = classify_morphology(found, scale, breast_of(scale), spacing, SETTINGS)
    near, far = sorted(judged[1:], key=lambda c: -c.column_px)
    assert near.morphology is not None
    assert near.morphology.label is Morphology.POPCORN
    assert "mm from the edge of calcification 1, which looks popcorn: a piece of it" in near.morphology.reasons[0]
    assert counts_for_distribution(far, SETTINGS)[0]
    assert far.morphology is not None
    assert far.morphology.label is not Morphology.POPCORN


def test_a_clump_in_a_group_takes_no_neighbours_with_it() -> None:
    specks = [(disc(0.35), 3.6 * math.sin(turn), 3.6 * math.cos(turn)) for turn in np.arange(6) * math.pi / 3]
    scale = scene(side_by_side((lobed(3.0), 0.0, 0.0), (disc(0.35), 0.0, 2.6), *specks), 0.07)
    found = [measured(outline, 0.07) for outline in outlines(scale, 4000.0)]
    spacing = PixelSpacing(0.07, 0.07)
    clump, *others = classify_morphology(found, scale, breast_of(scale), spacing, SETTINGS)
    assert not counts_for_distribution(clump, SETTINGS)[0]
    assert len(others) == 7
    assert all(counts_for_distribution(one, SETTINGS)[0] for one in others)


def test_a_large_one_takes_its_pieces_along_in_a_group_too_and_however_long_it_is_is_no_rod() -> None:
    specks = [(disc(0.35), 7.0 * math.sin(turn), 7.0 * math.cos(turn)) for turn in np.arange(6) * math.pi / 3]

    def long(y: NDArray[np.float64], x: NDArray[np.float64]) -> NDArray[np.float64]:
        return disc(3.5)(y, x / 2.6)

    scale = scene(side_by_side((long, 0.0, 0.0), (disc(0.35), 2.2, 0.0), *specks), 0.07)
    found = [measured(outline, 0.07) for outline in outlines(scale, 4000.0)]
    body, *others = classify_morphology(found, scale, breast_of(scale), PixelSpacing(0.07, 0.07), SETTINGS)
    assert body.morphology is not None
    assert body.morphology.label in {Morphology.POPCORN, Morphology.DYSTROPHIC}
    [piece] = [one for one in others if not counts_for_distribution(one, SETTINGS)[0]]
    assert piece.morphology is not None
    assert piece.morphology.label is body.morphology.label
    assert len(others) == 7


def test_what_lies_beside_a_rod_may_be_the_next_cast_of_its_duct() -> None:
    scale = scene(side_by_side((rod(4.0, 0.9, 0.0), 0.0, 0.0), (rod(0.8, 0.3, 0.0), 0.0, 2.9)), 0.07)
    found = [measured(outline, 0.07) for outline in outlines(scale, 4000.0)]
    spacing = PixelSpacing(0.07, 0.07)
    thick, thin = classify_morphology(found, scale, breast_of(scale), spacing, SETTINGS)
    assert not counts_for_distribution(thick, SETTINGS)[0]
    assert counts_for_distribution(thin, SETTINGS)[0]


def test_a_faint_cloud_is_amorphous() -> None:
    call = named(haze(0.9), height=400.0, contrast_to_noise=5.0)
    assert call.label is Morphology.AMORPHOUS
    assert named(haze(0.9), height=400.0, contrast_to_noise=60.0).label is not Morphology.AMORPHOUS


def test_a_ring_near_the_skin_is_skin_and_one_on_an_artery_vascular() -> None:
    assert named(ring(1.5, 0.4), flags=frozenset({Flag.NEAR_SKIN})).label is Morphology.SKIN
    vascular = named(ring(1.5, 0.4), flags=frozenset({Flag.VASCULAR}))
    assert (vascular.label, vascular.calibrated_on) == (Morphology.VASCULAR, None)


def test_without_millimetres_there_is_no_call() -> None:
    scale = scene(disc(2.0), 0.1)
    found = replace(measured(outlines(scale, 4000.0)[0], 0.1), width_mm=None, length_mm=None, diameter_mm=None)
    assert classify_morphology([found], scale, breast_of(scale), PixelSpacing(0.1, 0.1), SETTINGS) == (found,)


def call_of(kind: Morphology, probability: float = 1.0) -> MorphologyCall:
    shares = {kind: probability, Morphology.NOT_ASSESSABLE: 1 - probability}
    return MorphologyCall(kind, MappingProxyType(shares), ("because",))


def member(number: int, kind: Morphology, at_mm: tuple[float, float] = (0.0, 0.0), **changes: object) -> Calcification:
    outline = np.array([[0, 0], [0, 5], [5, 5], [5, 0]], float) + np.array(at_mm) / 0.1
    return measured(outline, 0.1, **{"number": number, "diameter_mm": 0.4, "morphology": call_of(kind), **changes})


@pytest.mark.parametrize(
    ("kind", "counts"),
    [
        (Morphology.POPCORN, False),
        (Morphology.ROD, False),
        (Morphology.RIM, False),
        (Morphology.EGGSHELL, False),
        (Morphology.DYSTROPHIC, False),
        (Morphology.SUTURE, False),
        (Morphology.SKIN, False),
        (Morphology.COARSE_HETEROGENEOUS, True),
        (Morphology.FINE_LINEAR, True),
        (Morphology.NOT_ASSESSABLE, True),
    ],
)
def test_kinds_with_a_cause_of_their_own_are_listed_apart_and_size_alone_is_none(
    kind: Morphology,
    counts: bool,
) -> None:
    large = member(1, kind, diameter_mm=1.6, width_mm=1.4)
    counting, apart, reasons = set_apart([large], SETTINGS)
    assert [replace(c, left_out=None) for c in (*counting, *apart)] == [large]
    assert len(counting) == counts
    assert all(c.left_out is not None and "because" in c.left_out for c in apart)
    assert bool(reasons) is not counts
    unsure = replace(large, morphology=call_of(kind, 0.5))
    assert counts_for_distribution(unsure, SETTINGS) == (True, "")


def test_kinds_that_are_left_out_add_up() -> None:
    shares = {Morphology.EGGSHELL: 0.45, Morphology.POPCORN: 0.4, Morphology.ROUND: 0.15}
    torn = member(1, Morphology.EGGSHELL, morphology=MorphologyCall(Morphology.EGGSHELL, shares, ("because",)))
    assert counts_for_distribution(torn, SETTINGS) == (False, "eggshell (45 %): because")


def test_what_is_set_apart_is_counted_by_kind() -> None:
    found = [member(1, Morphology.RIM), member(2, Morphology.RIM), member(3, Morphology.ROUND)]
    found.append(member(4, Morphology.VASCULAR, flags=frozenset({Flag.VASCULAR})))
    counting, apart, reasons = set_apart(found, SETTINGS)
    assert [c.number for c in counting] == [3]
    assert [c.number for c in apart] == [1, 2, 4]
    assert apart[2].left_out == "vascular: lies on a chain that looks like an artery"
    assert counting[0].left_out is None
    assert reasons == (
        "2 that look rim are listed and not counted for the distribution",
        "1 that looks vascular is listed and not counted for the distribution",
    )


def cluster_of(kinds: list[Morphology], view: View = View.CC, **changes: object) -> MorphologyCall:
    places = [(1.5 * i, 0.3 * (i % 2)) for i in range(len(kinds))]
    members = [member(i + 1, kind, places[i], **changes) for i, kind in enumerate(kinds)]
    return classify_cluster(members, PixelSpacing(0.1, 0.1), view, SETTINGS)


def test_a_cluster_is_named_by_what_its_members_are() -> None:
    pleomorphic, coarse = Morphology.FINE_PLEOMORPHIC, Morphology.COARSE_HETEROGENEOUS
    punctate, linear, unseen = Morphology.PUNCTATE, Morphology.FINE_LINEAR, Morphology.NOT_ASSESSABLE
    assert cluster_of([pleomorphic] * 5 + [punctate] * 2).label is pleomorphic
    assert cluster_of([coarse] * 6, diameter_mm=0.8).label is coarse
    assert cluster_of([punctate] * 5 + [pleomorphic]).label is punctate
    assert cluster_of([Morphology.ROUND] * 6, diameter_mm=0.8).label is Morphology.ROUND
    assert cluster_of([linear] * 3 + [pleomorphic] * 4).label is linear
    assert cluster_of([Morphology.AMORPHOUS] * 5).label is Morphology.AMORPHOUS
    assert cluster_of([Morphology.RIM] * 3 + [punctate]).label is Morphology.RIM
    few = cluster_of([unseen] * 9 + [punctate] * 2)
    assert few.label is unseen
    assert few.reasons == ("2 of 11 members have an assessable shape: 3 and 25 % are needed",)


def test_milk_of_calcium_is_never_named_and_said_to_need_two_views() -> None:
    assert any("milk of calcium is not assessable" in reason for reason in cluster_of([Morphology.ROUND] * 5).reasons)
    assert not any("milk" in kind.value for kind in Morphology)


def test_powder_is_looked_for_over_the_muscle_of_oblique_views_alone() -> None:
    over = frozenset({Flag.IN_PECTORAL})
    kinds = [Morphology.NOT_ASSESSABLE] * 14
    assert cluster_of(kinds, View.MLO, flags=over).label is Morphology.POWDER
    assert cluster_of(kinds, View.CC, flags=over).label is Morphology.NOT_ASSESSABLE
    assert cluster_of(kinds, View.MLO).label is Morphology.NOT_ASSESSABLE
    assert cluster_of(kinds[:6], View.MLO, flags=over).label is Morphology.NOT_ASSESSABLE


def test_a_chain_of_lines_that_branches_says_so() -> None:
    trunk = [(1.5 * i, 0.0) for i in range(6)]
    arms = [(9.0 + 1.5 * i, side * 1.5 * (i + 1)) for i in range(3) for side in (-1, 1)]
    members = [member(i + 1, Morphology.FINE_LINEAR, at) for i, at in enumerate([*trunk, *arms])]
    spacing = PixelSpacing(0.1, 0.1)
    assert "their chain branches at 1 places" in classify_cluster(members, spacing, View.CC, SETTINGS).reasons[1]
    straight = classify_cluster(members[:6], spacing, View.CC, SETTINGS)
    assert straight.label is Morphology.FINE_LINEAR
    assert "branches" not in " ".join(straight.reasons)


def single(row: Row) -> list[Criterion]:
    """Give the tests of a row, those of what it must not be among them."""
    return [test for part in row for test in (part.tests if isinstance(part, Unless) else (part,))]


QUANTITIES = sorted({test.quantity for row in PARTICLES.values() for test in single(row)})


@given(st.fixed_dictionaries({name: st.floats(0.01, 5) for name in QUANTITIES}))
def test_probabilities_sum_to_one_and_the_label_is_the_likeliest(values: dict[str, float]) -> None:
    call = judge(PARTICLES, values)
    assert sum(call.probabilities.values()) == pytest.approx(1)
    assert list(call.probabilities.values()) == sorted(call.probabilities.values(), reverse=True)
    assert call.label is next(iter(call.probabilities))


@given(st.floats(0, 10), st.floats(0, 10))
def test_a_test_passes_half_at_its_limit_and_better_the_farther_beyond(one: float, other: float) -> None:
    for row in (*PARTICLES.values(), *CLUSTERS.values()):
        for test in single(row):
            assert test.passed({test.quantity: test.limit}) == 0.5
            low, high = sorted((one, other))
            passed = test.passed({test.quantity: low}), test.passed({test.quantity: high})
            assert passed == tuple(sorted(passed, reverse=not test.is_lower))


def test_no_word_of_it_judges() -> None:
    words = [kind.value for kind in Morphology]
    for table in (PARTICLES, CLUSTERS):
        names = {test.quantity for row in table.values() for test in single(row)}
        for value in (0.01, 0.4, 1.5, 4.0):
            words += judge(table, dict.fromkeys(names, value)).reasons
    assert not any(word in " ".join(words).lower() for word in ("benign", "malign", "suspic", "cancer"))


def test_every_kind_of_bi_rads_has_its_code() -> None:
    assert set(Morphology) - set(MORPHOLOGY_CODES) == {Morphology.POWDER, Morphology.NOT_ASSESSABLE}
    assert len(set(MORPHOLOGY_CODES.values())) == len(MORPHOLOGY_CODES)
