from dataclasses import replace

import numpy as np
import pytest

from mammocalc.model import Landmarks
from mammocalc.stages.detect import DetectSettings, find_particles
from mammocalc.stages.measure import MeasureSettings, measure_particles
from mammocalc.stages.measure.blur import unblurred
from mammocalc.vocabulary.lexicon import CalcificationSize, Flag


def _measured(made, settings=None, *, is_pectoral=False, flags=frozenset()):
    found = made.breast()
    marks = Landmarks(np.full(found.is_breast.shape, is_pectoral), (), None, flags=flags)
    scales = made.scales()
    particles = find_particles(scales, found, DetectSettings(threshold_sigma=9.0))
    settings = settings or MeasureSettings(detector_blur_mm=0.07)
    return measure_particles(particles, scales, found, marks, made.spacing, settings)


@pytest.mark.parametrize("spacing_mm", [0.05, 0.07, 0.1])
@pytest.mark.parametrize("diameter_mm", [0.25, 0.4, 0.6, 0.9, 1.4, 2.0])
def test_a_disc_has_the_diameter_that_was_planted(scene, spacing_mm, diameter_mm):
    made = scene(spacing_mm, noise=8.0).add_discs([(30.03, 20.02, diameter_mm, 600.0)])
    [found] = _measured(made)
    assert found.diameter_mm == pytest.approx(diameter_mm, abs=max(0.06, 0.06 * diameter_mm))
    assert found.row_px * spacing_mm == pytest.approx(30.03, abs=0.06)
    assert found.column_px * spacing_mm == pytest.approx(20.02, abs=0.06)
    assert found.area_mm2 == pytest.approx(np.pi / 4 * found.diameter_mm**2)
    assert found.width_mm <= found.diameter_mm <= found.length_mm


def test_a_thin_rod_is_micro_by_its_width_however_long(scene):
    made = scene(0.05, noise=5.0).add_line((30, 20), (30, 22.4), 0.3, 700.0)
    [found] = _measured(made)
    assert found.length_mm == pytest.approx(2.7, abs=0.4)
    assert found.length_mm >= found.diameter_mm
    assert found.width_mm < 0.5
    assert found.size is CalcificationSize.MICRO


@pytest.mark.parametrize(("limit_mm", "size"), [(0.5, CalcificationSize.MACRO), (1.0, CalcificationSize.MICRO)])
def test_the_limit_between_micro_and_macro_is_a_setting(scene, limit_mm, size):
    made = scene(0.07, noise=8.0).add_discs([(30.0, 20.0, 0.75, 600.0)])
    [found] = _measured(made, MeasureSettings(macro_min_width_mm=limit_mm))
    assert found.size is size
    assert Flag.NEAR_SIZE_LIMIT not in found.flags


def test_a_width_within_a_pixel_of_the_limit_is_flagged(scene):
    made = scene(0.07, noise=8.0).add_discs([(30.0, 20.0, 0.75, 600.0)])
    [found] = _measured(made, MeasureSettings(macro_min_width_mm=0.77))
    assert Flag.NEAR_SIZE_LIMIT in found.flags


def test_two_touching_particles_are_parted_by_a_watershed(scene):
    made = scene(0.05, noise=5.0).add_discs([(30.0, 20.0, 0.5, 600.0), (30.0, 20.65, 0.5, 500.0)])
    found = _measured(made)
    assert len(found) == 2
    assert [c.column_px * 0.05 for c in sorted(found, key=lambda c: c.column_px)] == pytest.approx(
        [20.0, 20.65], abs=0.08
    )
    for calcification in found:
        assert calcification.diameter_mm == pytest.approx(0.5, abs=0.1)


def test_a_large_calcification_is_one_and_not_its_own_texture(scene):
    specks = [(30.0 + dr, 20.0 + dc, 0.4, 250.0) for dr, dc in ((-0.5, 0.0), (0.4, 0.4), (0.3, -0.5))]
    made = scene(0.07, noise=8.0).add_discs([(30.0, 20.0, 2.2, 600.0), *specks])
    [found] = _measured(made)
    assert found.size is CalcificationSize.MACRO
    assert found.diameter_mm == pytest.approx(2.2, abs=0.25)


def test_positions_at_the_skin_and_over_the_muscle_are_flagged(scene):
    made = scene(0.07, noise=8.0).add_discs([(35.0, 42.7, 0.4, 600.0), (35.0, 20.0, 0.4, 600.0)])
    inner, outer = sorted(_measured(made), key=lambda c: c.column_px)
    assert Flag.NEAR_SKIN in outer.flags
    assert Flag.NEAR_SKIN not in inner.flags
    assert all(Flag.IN_PECTORAL in c.flags for c in _measured(made, is_pectoral=True))
    doubtful = _measured(made, is_pectoral=True, flags={Flag.PECTORAL_UNCERTAIN})
    assert not any(Flag.IN_PECTORAL in c.flags for c in doubtful)


def test_calcifications_are_numbered_by_row_then_column(scene):
    places = [(50.0, 12.0), (20.0, 10.0), (35.0, 30.0), (35.0, 20.0)]
    found = _measured(scene(noise=8.0).add_discs([(row, column, 0.5, 600.0) for row, column in places]))
    assert [c.number for c in found] == [1, 2, 3, 4]
    assert [(c.row_px, c.column_px) for c in found] == sorted((c.row_px, c.column_px) for c in found)


def test_no_particles_give_no_calcifications(scene):
    made = scene()
    found = made.breast()
    marks = Landmarks(np.zeros(found.is_breast.shape, bool), (), None)
    assert measure_particles((), made.scales(), found, marks, made.spacing, MeasureSettings()) == ()


def test_the_outline_lies_around_the_position(scene):
    [found] = _measured(scene(0.07, noise=8.0).add_discs([(30.0, 20.0, 0.6, 600.0)]))
    rows, columns = np.array(found.outline_px).T
    assert rows.min() < found.row_px < rows.max()
    assert columns.min() < found.column_px < columns.max()
    assert found == replace(found)


def test_blur_is_taken_out_of_small_discs_and_leaves_large_ones():
    assert unblurred(3.0, 0.15) == pytest.approx(3.0, rel=0.01)
    assert 0.075 <= unblurred(0.16, 0.15) < 0.14
    assert unblurred(0.01, 0.15) == pytest.approx(0.075)
    assert unblurred(0.4, 0.0) == 0.4
    widths = [unblurred(seen, 0.15) for seen in np.linspace(0.1, 1.0, 40)]
    assert widths == sorted(widths)


def test_a_wire_is_no_calcification(scene):
    made = scene(0.07, noise=8.0).add_line((20, 8), (50, 30), 0.4, 900.0)
    assert _measured(made) == ()


@pytest.mark.parametrize("diameter_mm", [3.0, 4.0, 5.0, 6.0])
def test_a_large_solid_calcification_is_one(scene, diameter_mm):
    [found] = _measured(scene(0.07, noise=15.0).add_discs([(35.0, 20.0, diameter_mm, 800.0)]))
    assert found.diameter_mm == pytest.approx(diameter_mm, abs=0.1)
    assert found.size is CalcificationSize.MACRO


@pytest.mark.parametrize("spacing_mm", [0.05, 0.1])
@pytest.mark.parametrize("diameter_mm", [1.5, 2.4, 4.0])
def test_a_rim_is_one_calcification_measured_around_its_wall(scene, diameter_mm, spacing_mm):
    ring = [(35.02, 20.03, diameter_mm, 800.0), (35.02, 20.03, diameter_mm - 0.8, -500.0)]
    [found] = _measured(scene(spacing_mm, noise=8.0).add_discs(ring))
    assert found.diameter_mm == pytest.approx(diameter_mm, abs=0.12)
    assert found.size is CalcificationSize.MACRO


@pytest.mark.parametrize("diameter_mm", [2.0, 3.0])
def test_a_rim_with_one_bright_side_is_one_calcification(scene, diameter_mm):
    made = scene(0.1, noise=8.0).add_discs([(35.0, 20.0, diameter_mm, 500.0), (35.0, 20.0, diameter_mm - 0.7, -250.0)])
    row, column = np.indices(made.shape) * 0.1
    wall = np.abs(np.hypot(row - 35.0, column - 20.0) - diameter_mm / 2 + 0.2) < 0.2
    made.values += np.where(wall & (column > 20.3), 300.0, 0.0)
    [found] = _measured(made)
    assert found.diameter_mm == pytest.approx(diameter_mm, abs=0.15)


def test_a_dense_cluster_in_tissue_is_no_body(scene):
    random = np.random.default_rng(4)
    specks = [(35 + y, 20 + x, 0.35, 500.0) for y, x in random.uniform(-1.2, 1.2, (12, 2))]
    made = scene(0.1, noise=8.0).add_discs(specks)
    row, column = np.indices(made.shape) * 0.1
    made.values += 300.0 * np.exp(-((row - 35.0) ** 2 + (column - 20.0) ** 2) / (2 * 1.5**2))
    found = _measured(made)
    assert len(found) >= 6
    assert max(c.diameter_mm for c in found) < 1.2


def test_specks_on_a_patch_of_tissue_stay_single(scene):
    specks = [(35.0, 20.0, 0.5, 500.0), (35.9, 20.5, 0.5, 500.0), (34.4, 20.9, 0.5, 500.0)]
    made = scene(0.07, noise=8.0).add_discs(specks)
    row, column = np.indices(made.shape) * 0.07
    made.values += 400.0 * np.exp(-((row - 35.0) ** 2 + (column - 20.4) ** 2) / (2 * 1.1**2))
    assert len(_measured(made)) == 3


def test_a_calcification_is_as_sure_as_the_surest_of_its_peaks(scene):
    made = scene(0.07, noise=8.0).add_discs([(35.0, 20.0, 2.4, 800.0), (35.0, 20.0, 1.6, -500.0)])
    found, scales = made.breast(), made.scales()
    particles = find_particles(scales, found, DetectSettings(threshold_sigma=9.0))
    parts = [i for i, p in enumerate(particles) if p.scale == 0]
    assert len(parts) > 1
    for surest in parts:
        scored = [replace(p, score=0.99 if i == surest else 0.95) for i, p in enumerate(particles)]
        marks = Landmarks(np.zeros(found.is_breast.shape, bool), (), None)
        [one] = measure_particles(scored, scales, found, marks, made.spacing, MeasureSettings())
        assert one.score == 0.99


def test_the_limit_itself_is_macro_and_the_width_that_is_written_decides(scene):
    made = scene(0.07, noise=8.0).add_discs([(30.0, 20.0, 0.75, 600.0)])
    [found] = _measured(made, MeasureSettings())
    assert found.width_mm is not None
    limit_mm = round(found.width_mm, 3)
    for limit, size in ((limit_mm, CalcificationSize.MACRO), (limit_mm + 0.001, CalcificationSize.MICRO)):
        assert _measured(made, MeasureSettings(macro_min_width_mm=limit))[0].size is size


@pytest.mark.parametrize(
    "discs",
    [
        [(30.0, 20.0, 1.8, 500.0), (30.25, 20.2, 1.3, -200.0), (29.6, 19.7, 0.7, 700.0)],
        [(30.0, 20.0, 1.8, 400.0), (30.0, 20.0, 1.4, -200.0), (30.0, 20.0, 0.8, 900.0)],
        [(30.0, 20.0, 1.6, 300.0), (29.7, 20.0, 0.9, 900.0), (30.45, 20.0, 0.35, 150.0)],
    ],
    ids=["a shell with a bright side", "a shell around a bright middle", "a disc with a bright part and a knob"],
)
def test_an_uneven_body_is_one_calcification(scene, discs):
    found = _measured(scene(0.1, noise=5.0).add_discs(discs))
    assert len(found) == 1
    assert found[0].diameter_mm == pytest.approx(discs[0][2], abs=0.3)


def test_unequal_particles_that_touch_are_two(scene):
    made = scene(0.1, noise=5.0).add_discs([(30.31, 19.95, 0.65, 900.0), (30.14, 20.67, 0.64, 450.0)])
    found = _measured(made)
    assert [c.diameter_mm for c in found] == pytest.approx([0.64, 0.65], abs=0.12)


@pytest.mark.parametrize("spacing_mm", [0.05, 0.1, 0.2])
def test_bright_specks_on_faint_ground_are_no_part_of_it(scene, spacing_mm):
    ground = [(35.25, 20.0, 1.2, 150.0), (35.6, 20.0, 0.25, 80.0)]
    specks = [(35.0, 19.65, 0.3, 600.0), (35.0, 20.35, 0.3, 500.0)]
    found = _measured(scene(spacing_mm, noise=6.0).add_discs([*ground, *specks]))
    assert [c.column_px * spacing_mm for c in found] == pytest.approx([19.65, 20.35], abs=0.15)
    assert [c.diameter_mm for c in found] == pytest.approx([0.3, 0.3], abs=0.08)
