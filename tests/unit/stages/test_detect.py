import numpy as np
import pytest

from mammocalc.imaging.radial_profiles import directions
from mammocalc.stages.detect import DetectSettings, find_particles, weakest_edge

CLEAR = DetectSettings(threshold_sigma=9.0)


def _reported(made, settings=CLEAR):
    return find_particles(made.scales(), made.breast(), settings)


PLACES = [(20.0, 10.0), (25.0, 30.0), (35.0, 20.0), (44.0, 33.0), (50.0, 12.0)]


@pytest.mark.parametrize("spacing_mm", [0.05, 0.07, 0.085, 0.1])
def test_planted_specks_are_found_where_they_are_and_nothing_else(scene, spacing_mm):
    made = scene(spacing_mm).add_discs([(row, column, 0.4, 400.0) for row, column in PLACES])
    found = sorted((p.row_px * spacing_mm, p.column_px * spacing_mm) for p in _reported(made) if p.scale == 0)
    assert len(found) == len(PLACES)
    for place, position in zip(PLACES, found, strict=True):
        assert position == pytest.approx(place, abs=1.5 * spacing_mm)


def test_noise_alone_gives_nothing(scene):
    assert _reported(scene(noise=40.0)) == ()


def test_a_fibre_and_a_crossing_of_fibres_are_no_particles(scene):
    made = scene().add_line((20, 8), (45, 35), 0.3, 300.0).add_line((45, 8), (20, 35), 0.3, 300.0)
    assert _reported(made) == ()


def test_a_speck_on_a_fibre_is_still_found(scene):
    made = scene().add_line((20, 8), (45, 35), 0.3, 150.0).add_discs([(32.5, 21.5, 0.4, 600.0)])
    [found] = [p for p in _reported(made) if p.scale == 0]
    assert (found.row_px * 0.1, found.column_px * 0.1) == pytest.approx((32.5, 21.5), abs=0.3)


def test_a_dead_pixel_is_a_defect_and_no_calcification(scene):
    made = scene()
    made.noise[300, 200] += 1500.0
    assert _reported(made) == ()
    coarser = scene(0.12)
    coarser.noise[250, 170] += 1500.0
    assert {(round(p.row_px, -1), round(p.column_px, -1)) for p in _reported(coarser)} == {(250, 170)}


def test_large_calcifications_are_found_in_the_coarse_scales_alone(scene):
    found = _reported(scene().add_discs([(35.0, 20.0, 2.0, 800.0)]))
    assert 0 not in {p.scale for p in found}
    for particle in found:
        assert (particle.row_px * 0.1, particle.column_px * 0.1) == pytest.approx((35.0, 20.0), abs=1.0)


def test_nothing_is_found_outside_the_breast_or_at_the_skin(scene):
    made = scene().add_discs([(10.0, 50.0, 0.4, 400.0), (35.0, 44.8, 0.4, 400.0)])
    assert _reported(made) == ()


def test_the_strongest_come_first_and_a_higher_threshold_keeps_a_part_of_them(scene):
    heights = (150.0, 250.0, 350.0, 450.0, 550.0)
    made = scene().add_discs([(row, column, 0.4, h) for (row, column), h in zip(PLACES, heights, strict=True)])
    found = _reported(made)
    strengths = [p.strength_sigma for p in found]
    assert strengths == sorted(strengths, reverse=True)
    fewer = _reported(made, DetectSettings(threshold_sigma=30.0))
    assert 0 < len(fewer) < len(found)
    assert fewer == found[: len(fewer)]


def test_the_edge_of_a_disc_is_its_height_and_that_of_a_line_is_none():
    image = np.full((80, 120), 1000, np.uint16)
    image[38:42, 28:32] = 3000
    image[40, 70:119] = 3000
    disc, line = weakest_edge(image, np.array([40, 40]), np.array([30, 95]), 8.0, directions(16))
    assert disc > 1800
    assert line < 200


def test_no_positions_have_no_edges():
    none = np.zeros(0, dtype=np.int_)
    assert weakest_edge(np.zeros((5, 5), np.uint16), none, none, 8.0, directions(16)).shape == (0,)
