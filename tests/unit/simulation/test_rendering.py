"""Rendered scenes: what is planted is there, where and as large as the truth says, and nothing else is."""

import itertools
import math
from functools import cache
from typing import Any

import numpy as np
import pytest
from scipy import ndimage

from mammocalc.simulation import Scene, render
from mammocalc.simulation.placement_region import Role
from mammocalc.simulation.vocabulary import Kind, Photometric, Relationship
from mammocalc.vocabulary.lexicon import CalcificationSize, Distribution, Laterality, PresentationIntent, View

RAW: dict[str, Any] = {"intent": PresentationIntent.FOR_PROCESSING, "bits": 14}


def scene(kind: Kind = Kind.NONE, **changes: Any) -> Scene:
    base: dict[str, Any] = {"name": "a", "seed": 7, "field_mm": (90.0, 66.0), "pixel_spacing_mm": 0.1, "marker": False}
    return Scene(kind=kind, **{**base, **changes})


rendered = cache(render)
"""Many tests look at the same scenes."""


@pytest.mark.parametrize(
    ("kind", "shapes"),
    [(Kind.GROUPED, ("cloud",)), (Kind.LINEAR, ("cast", "fork")), (Kind.MACRO_ONLY, ("rim",)), (Kind.NONE, ())],
)
def test_a_pattern_has_the_shapes_that_the_scene_asks_for(kind: Kind, shapes: tuple[str, ...]) -> None:
    truth = rendered(scene(kind, shapes=shapes, pixel_spacing_mm=0.2)).truth
    members = [p for p in truth.calcifications if p.cluster is not None or p.role is Role.MACRO]
    assert {p.shape for p in members} == set(shapes)


def test_a_flat_nipple_leaves_no_bump_and_all_else_as_it_is() -> None:
    flat, usual = (rendered(scene(flat_nipple=is_flat, pixel_spacing_mm=0.2)) for is_flat in (True, False))
    assert flat.truth.nipple_px == usual.truth.nipple_px
    assert flat.truth.skin_line_px == usual.truth.skin_line_px
    differs = np.argwhere(np.abs(flat.attenuation - usual.attenuation) > 1e-6)
    assert len(differs)
    assert np.hypot(*(differs - usual.truth.nipple_px).T).max() * 0.2 < 12
    tip = [int(np.flatnonzero((p.attenuation > 0.05).any(axis=0)).max()) for p in (flat, usual)]
    assert tip[0] < tip[1] - 2 / 0.2


def test_a_thin_muscle_is_fainter_and_all_else_as_it_is() -> None:
    made = scene(view=View.MLO, pixel_spacing_mm=0.2)
    thin, usual = (rendered(made.model_copy(update={"muscle_share": share})) for share in (0.2, 1.0))
    assert thin.truth.pectoral_px == usual.truth.pectoral_px
    lost = usual.attenuation - thin.attenuation
    assert lost.max() > 0.3
    assert lost.min() > -1e-6
    end = max(row for row, _ in usual.truth.pectoral_px)
    assert np.abs(lost[int(end) + 40 :]).max() < 1e-6


def test_equal_scenes_give_equal_images_and_other_seeds_other_images() -> None:
    first, second, other = (render(scene(Kind.LINEAR, seed=seed, pixel_spacing_mm=0.2)) for seed in (7, 7, 8))
    np.testing.assert_array_equal(first.pixels, second.pixels)
    assert first.truth == second.truth
    assert (first.pixels != other.pixels).mean() > 0.3


def test_each_calcification_is_where_and_as_large_and_as_dense_as_the_truth_says() -> None:
    simulated, empty = (rendered(scene(kind, pixel_spacing_mm=0.05)) for kind in (Kind.GROUPED, Kind.NONE))
    alone = simulated.attenuation.astype(np.float64) - empty.attenuation  # the tissue of one seed is the same
    micro = simulated.truth.calcifications
    assert len(micro) >= 7
    assert alone[ndimage.binary_dilation(alone > 1e-4, iterations=2) == 0].max() < 1e-4
    single = [
        p for p in micro if sum(math.dist((p.row_px, p.column_px), (q.row_px, q.column_px)) < 30 for q in micro) == 1
    ]
    assert single
    for point in single:
        row, column = round(point.row_px), round(point.column_px)
        box = alone[row - 14 : row + 15, column - 14 : column + 15]
        assert box.max() <= point.contrast * 1.001
        assert box.max() > 0.5 * point.contrast
        area = ndimage.zoom(box, 8, order=1) >= 0.5 * box.max()
        diameter = 2 * math.sqrt(area.sum() / math.pi) * 0.05 / 8
        assert diameter == pytest.approx(point.diameter_mm, abs=0.05)  # one pixel
        centroid = ndimage.center_of_mass(box)
        assert math.dist(centroid, (14 + point.row_px - row, 14 + point.column_px - column)) < 1.5


def test_the_signal_to_noise_ratio_of_microcalcifications_stays_in_its_limits() -> None:
    simulated = rendered(scene(Kind.GROUPED, snr=(6.0, 9.0)))
    ratios = [point.matched_filter_snr for point in simulated.truth.calcifications]
    assert min(ratios) >= 5.9
    assert max(ratios) <= 9.1


def test_the_right_breast_is_the_left_one_mirrored() -> None:
    left, right = rendered(scene(Kind.GROUPED)), rendered(scene(Kind.GROUPED, laterality=Laterality.RIGHT))
    np.testing.assert_array_equal(left.pixels[:, ::-1], right.pixels)
    columns = left.pixels.shape[1]
    for a, b in zip(left.truth.calcifications, right.truth.calcifications, strict=True):
        assert a.row_px == b.row_px
        assert a.column_px == pytest.approx(columns - 1 - b.column_px, abs=2e-3)


def test_the_chest_wall_lies_at_the_border_of_its_side() -> None:
    for laterality, edge, air in ((Laterality.LEFT, 0, -1), (Laterality.RIGHT, -1, 0)):
        attenuation = rendered(scene(laterality=laterality)).attenuation
        assert attenuation[:, edge].mean() > 1.0
        assert attenuation[:, air].max() < 0.05


def test_scenes_of_two_pixel_sizes_hold_the_same_calcifications_in_mm() -> None:
    fine, coarse = (rendered(scene(Kind.SEGMENTAL, pixel_spacing_mm=size, count=(28, 30))) for size in (0.05, 0.1))
    for a, b in zip(fine.truth.calcifications, coarse.truth.calcifications, strict=True):
        assert (a.row_px + 0.5) * 0.05 == pytest.approx((b.row_px + 0.5) * 0.1, abs=1e-3)
        assert (a.column_px + 0.5) * 0.05 == pytest.approx((b.column_px + 0.5) * 0.1, abs=1e-3)
        assert a.diameter_mm == b.diameter_mm
    rows, columns = coarse.attenuation.shape
    averaged = fine.attenuation.reshape(rows, 2, columns, 2).mean(axis=(1, 3))
    assert np.abs(averaged - coarse.attenuation)[20:-20, 20:-20].std() < 0.01


def test_polarity_turns_the_scale_and_nothing_else() -> None:
    second = rendered(scene())
    first = rendered(scene(photometric=Photometric.MONOCHROME1))
    assert np.abs(first.pixels.astype(int) - (4095 - second.pixels.astype(int))).max() <= 1


@pytest.mark.parametrize("relationship", list(Relationship))
@pytest.mark.parametrize("sign", [-1, 1])
def test_raw_values_follow_the_exposure_as_the_header_says(relationship: Relationship, sign: int) -> None:
    simulated = rendered(scene(relationship=relationship, sign=sign, **RAW))
    values = simulated.pixels.astype(np.float64) / (2**14 - 1)
    exposed = values if sign == 1 else 1 - values
    inside = (simulated.attenuation > 1.0) & (simulated.attenuation < 2.5)
    expected = -simulated.attenuation[inside].astype(np.float64)
    found = exposed[inside]
    if relationship is Relationship.LIN:
        found = np.log(np.maximum(found, 1e-4))
    slope, _ = np.polyfit(expected, found, 1)
    assert slope == pytest.approx(1.0 if relationship is Relationship.LIN else 1 / 7, rel=0.05)
    assert exposed[simulated.attenuation < 1e-3].min() == 1.0  # air saturates


def test_dense_tissue_is_brighter_than_fat_and_air_is_black_for_presentation() -> None:
    simulated = rendered(scene(density=0.5))
    inside = simulated.attenuation > 1.5
    assert np.corrcoef(simulated.attenuation[inside], simulated.pixels[inside])[0, 1] > 0.8
    assert simulated.pixels[simulated.attenuation == 0].max() < 0.02 * 4095
    assert 0.2 * 4095 < np.median(simulated.pixels[inside]) < 0.8 * 4095
    assert simulated.window == (2048.0, 4096.0)


def test_hot_and_dead_pixels_are_single_pixels_and_are_listed() -> None:
    clean = rendered(scene(**RAW)).pixels.astype(int)
    simulated = rendered(scene(hot_pixels=5, dead_pixels=6, **RAW))
    changed = {(int(r), int(c)) for r, c in np.argwhere(simulated.pixels.astype(int) != clean)}
    listed = {(round(r), round(c)) for r, c in simulated.truth.defects_px}
    assert changed <= listed
    assert len(listed) == 11
    assert len(changed) >= 6  # hot ones in saturated air cannot be seen


@pytest.mark.parametrize("laterality", [Laterality.LEFT, Laterality.RIGHT])
def test_the_marker_lies_in_air_and_reads_from_left_to_right(laterality: Laterality) -> None:
    plain, marked = (rendered(scene(laterality=laterality, marker=on, **RAW)) for on in (False, True))
    letters = (plain.pixels != marked.pixels) & (plain.attenuation < 1e-6)
    assert letters.sum() > 500
    assert not (plain.pixels != marked.pixels)[plain.attenuation > 0.2].any()
    _, columns = np.nonzero(letters)
    first = letters[:, columns.min() : columns.min() + 6]  # the first stroke of L and of R runs from top to bottom
    last = letters[:, columns.max() - 5 : columns.max() + 1]  # the end of C is open
    assert first.any(axis=1).sum() > 35
    assert last.any(axis=1).sum() < 25


def test_the_collimator_spares_the_chest_wall_and_is_black_for_presentation() -> None:
    simulated = rendered(scene(collimation_mm=4.0))
    assert simulated.pixels[:30].max() == 0
    assert simulated.pixels[:, -30:].max() == 0
    assert simulated.pixels[400:500, :5].min() > 0


def test_the_skin_line_is_where_tissue_begins() -> None:
    simulated = rendered(scene())
    line = np.array(simulated.truth.skin_line_px)
    line = line[(line[:, 1] > 30) & (np.hypot(*(line - simulated.truth.nipple_px).T) > 120)]
    assert len(line) > 20
    normal = np.gradient(line, axis=0)
    normal = np.stack([normal[:, 1], -normal[:, 0]], axis=1) / np.hypot(normal[:, 0], normal[:, 1])[:, None]
    for offset, low, high in ((-8.0, 0.0, 0.02), (8.0, 0.3, 5.0)):  # 0.8 mm outside, 0.8 mm inside
        at = ndimage.map_coordinates(simulated.attenuation, (line + offset * normal).T, order=1)
        assert (at >= low).all()
        assert (at <= high).all()


def test_the_nipple_stands_out_of_the_skin_line() -> None:
    simulated = rendered(scene())
    row, column = simulated.truth.nipple_px
    assert simulated.attenuation[round(row), round(column) + 25] > 0.3
    assert simulated.attenuation[round(row) - 80, round(column) + 25] < 0.01


@pytest.mark.parametrize(("view", "shown"), [(View.MLO, True), (View.ML, True), (View.CC, False), (View.XCCL, False)])
def test_the_pectoral_muscle_is_shown_in_oblique_views_and_is_denser(view: View, *, shown: bool) -> None:
    simulated = rendered(scene(view=view, density=0.1))
    assert bool(simulated.truth.pectoral_px) is shown
    if shown:
        line = np.array(simulated.truth.pectoral_px)
        line = line[(line[:, 1] > 50) & (line[:, 0] > 50)]
        beside = [line + np.array([0.0, shift]) for shift in (-40.0, 40.0)]
        muscle, fat = (ndimage.map_coordinates(simulated.attenuation, at.T, order=1) for at in beside)
        assert np.median(muscle - fat) > 0.2


def test_the_image_has_the_label_of_its_pattern() -> None:
    for kind in (Kind.DIFFUSE, Kind.REGIONAL, Kind.GROUPED, Kind.LINEAR, Kind.SEGMENTAL):
        truth = rendered(scene(kind, field_mm=(110.0, 80.0), pixel_spacing_mm=0.2, strays=(1, 1))).truth
        assert truth.distribution is Distribution(kind.value)
        (cluster,) = truth.clusters
        assert cluster.label is truth.distribution
        assert set(cluster.members) == {p.number for p in truth.calcifications if p.cluster == cluster.number}
        strays = [p for p in truth.calcifications if p.cluster is None]
        assert len(strays) == (0 if kind is Kind.DIFFUSE else 1)
        assert all(p.size is CalcificationSize.MICRO for p in truth.calcifications)


def test_benign_and_empty_scenes_have_a_word_and_no_pattern() -> None:
    for kind, role, word in (
        (Kind.MACRO_ONLY, Role.MACRO, Distribution.TYPICALLY_BENIGN),
        (Kind.ARTERIAL, Role.ARTERIAL, Distribution.VASCULAR),
        (Kind.NONE, None, Distribution.NONE),
    ):
        truth = rendered(scene(kind, pixel_spacing_mm=0.2)).truth
        assert truth.distribution is word
        assert truth.clusters == ()
        assert {p.role for p in truth.calcifications} == ({role} if role else set())
        if kind is Kind.MACRO_ONLY:
            assert {p.size for p in truth.calcifications} == {CalcificationSize.MACRO}


def test_tissue_has_a_power_law_spectrum_with_an_exponent_of_about_three() -> None:
    attenuation = rendered(scene(field_mm=(150.0, 110.0), knots=0)).attenuation.astype(np.float64)
    n = 512
    window = np.outer(np.hanning(n), np.hanning(n))
    middle = attenuation.shape[0] // 2 - n // 2
    power = np.zeros((n, n))
    for column in (60, 200, 300):
        patch = attenuation[middle : middle + n, column : column + n]
        power += np.abs(np.fft.fft2((patch - patch.mean()) * window)) ** 2
    frequency = np.hypot(*np.meshgrid(np.fft.fftfreq(n, 0.1), np.fft.fftfreq(n, 0.1)))
    edges = np.geomspace(0.12, 1.0, 10)
    rings = [(frequency >= a) & (frequency < b) for a, b in itertools.pairwise(edges)]
    slope, _ = np.polyfit(
        [math.log(frequency[ring].mean()) for ring in rings], [math.log(power[ring].mean()) for ring in rings], 1
    )
    assert -3.6 < slope < -2.6
