"""Large bodies are found whole, however wide they are, and nothing else is taken for one."""

import math
from dataclasses import replace

import numpy as np
import pytest

from mammocalc.analysis.image import analyse
from mammocalc.analysis.search import search
from mammocalc.config import Config
from mammocalc.stages.large_bodies import find_large_bodies
from mammocalc.vocabulary.geometry import PixelSpacing, feret_diameters, polygon_area
from mammocalc.vocabulary.lexicon import CalcificationSize, Flag, Morphology

MIDDLE = (35.0, 18.0)


def _lobed(made, length_mm, width_mm, height, *, depth=0.15, blur_mm=0.0, middle=MIDDLE):
    """Add a lobed, uneven ellipse; a blur makes a lump of tissue of it."""
    y, x = made.from_place(middle)
    angle = np.arctan2(y, x)
    radius = np.hypot(2 * y / length_mm, 2 * x / width_mm)
    layer = np.clip((1 + depth * np.cos(7 * angle) - radius) * width_mm / 2 / made.spacing.row_mm + 0.5, 0, 1)
    layer *= 0.8 + 0.2 * np.cos(3 * y) * np.cos(3 * x)
    return made.add_layer(layer, height, blur_mm)


def _found(made):
    return find_large_bodies(made.scales(), made.breast())


@pytest.mark.parametrize("spacing_mm", [0.05, 0.07, 0.1, 0.14])
@pytest.mark.parametrize(("length_mm", "width_mm"), [(7.0, 5.0), (12.0, 9.0), (22.0, 12.0)])
def test_a_body_is_outlined_whole(scene, spacing_mm, length_mm, width_mm):
    [body] = _found(_lobed(scene(spacing_mm), length_mm, width_mm, 1500.0))
    outline_mm = PixelSpacing(spacing_mm, spacing_mm).to_mm(np.array(body.outline_px))
    assert body.outline_px[0] == body.outline_px[-1]
    assert math.hypot(body.row_px * spacing_mm - MIDDLE[0], body.column_px * spacing_mm - MIDDLE[1]) < 0.5
    assert polygon_area(outline_mm) == pytest.approx(math.pi / 4 * length_mm * width_mm * (1 + 0.15**2 / 2), rel=0.05)
    assert feret_diameters(outline_mm)[0] == pytest.approx(1.15 * length_mm, rel=0.08)


@pytest.mark.parametrize(
    ("length_mm", "width_mm", "height", "blur_mm"),
    [
        (3.0, 3.0, 1500.0, 0.0),  # the top-hats see it whole
        (12.0, 2.0, 1500.0, 0.0),  # a stretch of an artery, or a rod
        (12.0, 9.0, 90.0, 0.0),  # faint
        (12.0, 9.0, 1500.0, 1.5),  # a mass: as bright, but not sharp
        (12.0, 9.0, 1500.0, 0.9),  # a fold of skin: sharp for the noise, and not for its height
    ],
)
def test_what_is_small_narrow_faint_or_soft_is_none(scene, length_mm, width_mm, height, blur_mm):
    assert _found(_lobed(scene(), length_mm, width_mm, height, blur_mm=blur_mm)) == ()


def test_ligaments_that_cross_are_none(scene):
    made = scene()
    for turn in (0.2, 1.0, 1.9, 2.6):
        reach = 9.0 * np.array([math.sin(turn), math.cos(turn)])
        made.add_line(tuple(MIDDLE - reach), tuple(MIDDLE + reach), 0.8, 900.0)
    assert _found(made) == ()


def test_two_of_different_height_are_two(scene):
    made = _lobed(scene(), 8.0, 7.0, 1500.0, middle=(24.0, 18.0))
    made = _lobed(made, 9.0, 7.0, 900.0, middle=(44.0, 18.0))
    strongest, other = _found(made)
    assert strongest.row_px < other.row_px
    assert strongest.strength_sigma > other.strength_sigma


@pytest.mark.parametrize(("from_edge_mm", "count"), [(0.6, 1), (2.0, 1), (-3.0, 0)])
def test_a_body_near_the_edge_of_the_image_is_found_and_one_that_is_cut_is_not(scene, from_edge_mm, count):
    found = _found(_lobed(scene(), 12.0, 10.0, 1500.0, middle=(35.0, from_edge_mm + 1.15 * 5.0)))
    assert len(found) == count
    for body in found:
        assert feret_diameters(0.1 * np.array(body.outline_px))[0] == pytest.approx(1.15 * 12.0, rel=0.08)


def test_it_is_one_macrocalcification_and_typically_benign(scene, make_mammogram):
    made = _lobed(scene(), 14.0, 10.0, 1500.0)
    mammogram = replace(make_mammogram(), pixels=made.pixels(), spacing=made.spacing)
    [one] = [c for c in analyse(mammogram, Config()).calcifications if (c.length_mm or 0.0) > 4]
    assert one.size is CalcificationSize.MACRO
    assert one.morphology is not None
    assert one.morphology.label in {Morphology.POPCORN, Morphology.DYSTROPHIC}
    assert one.length_mm == pytest.approx(1.15 * 14, rel=0.1)
    assert one.score > 0.93


def test_without_a_spacing_none_is_searched_for(scene, make_mammogram):
    made = _lobed(scene(), 14.0, 10.0, 1500.0)
    mammogram = replace(make_mammogram(), pixels=made.pixels(), spacing=None)
    assert not any(particle.outline_px for particle in search(mammogram, Config()).particles)


@pytest.mark.parametrize("hole_mm", [0.0, 6.0])
def test_metal_is_none_however_much_of_the_breast_it_covers(scene, make_mammogram, hole_mm):
    made = scene()
    made.add_discs([(*MIDDLE, 14.0, 9000.0), (*MIDDLE, hole_mm, -9000.0)])
    assert len(_found(made)) == 1
    mammogram = replace(make_mammogram(), pixels=made.pixels(), spacing=made.spacing)
    report = analyse(mammogram, Config())
    assert Flag.METAL in report.flags
    assert not any((c.length_mm or 0.0) > 4 for c in report.calcifications)
