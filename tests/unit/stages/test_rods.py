"""Rods are found by their shape and their edge, however long they are."""

import math

import numpy as np
import pytest

from mammocalc.analysis.image import analyse
from mammocalc.analysis.search import search
from mammocalc.config import Config
from mammocalc.dicom import DicomSettings, read_mammogram
from mammocalc.simulation import Recipe, Scene, simulate
from mammocalc.simulation.vocabulary import Beside, Kind
from mammocalc.stages.rods import find_rods

MIDDLE = (35.0, 20.0)


def _add_body(made, length_mm, width_mm, height, angle=0.4, blur_mm=0.0):
    """Add a rod with round ends around the middle; a blur makes a ligament of it."""
    y, x = made.from_place(MIDDLE)
    along = y * math.sin(angle) + x * math.cos(angle)
    across = y * math.cos(angle) - x * math.sin(angle)
    beyond = np.maximum(np.abs(along) - (length_mm - width_mm) / 2, 0.0)
    layer = np.clip((width_mm / 2 - np.hypot(beyond, across)) / made.spacing.row_mm + 0.5, 0, 1)
    return made.add_layer(layer, height, blur_mm)


def _found(made):
    return find_rods(made.scales(), made.breast())


@pytest.mark.parametrize("spacing_mm", [0.05, 0.07, 0.1, 0.14])
@pytest.mark.parametrize(("length_mm", "width_mm", "scale"), [(2.6, 0.8, 2), (5.0, 0.6, 3), (9.0, 1.2, 3)])
def test_a_rod_is_found_at_its_middle(scene, spacing_mm, length_mm, width_mm, scale):
    [rod] = _found(_add_body(scene(spacing_mm), length_mm, width_mm, 350.0))
    assert rod.is_rod
    assert rod.scale == scale
    assert math.hypot(rod.row_px * spacing_mm - MIDDLE[0], rod.column_px * spacing_mm - MIDDLE[1]) < 0.4
    assert rod.strength_sigma > 12


@pytest.mark.parametrize("angle", [0.0, 0.3, 0.8, 1.2, 1.57, 2.5])
def test_its_direction_does_not_matter(scene, angle):
    assert len(_found(_add_body(scene(), 5.0, 0.8, 350.0, angle))) == 1


@pytest.mark.parametrize(
    ("length_mm", "width_mm", "height", "blur_mm"),
    [
        (1.2, 0.5, 350.0, 0.0),  # a speck
        (1.4, 1.2, 350.0, 0.0),  # a round
        (5.0, 3.0, 350.0, 0.0),  # wider than a rod
        (20.0, 0.6, 350.0, 0.0),  # a wire
        (6.0, 0.8, 700.0, 0.65),  # a ligament: as bright, but not sharp
        (5.0, 0.8, 20.0, 0.0),  # noise hides it
    ],
)
def test_what_is_no_rod_is_none(scene, length_mm, width_mm, height, blur_mm):
    assert _found(_add_body(scene(), length_mm, width_mm, height, blur_mm=blur_mm)) == ()


def test_neither_noise_nor_crossing_fibres_are_rods(scene):
    made = scene(noise=40.0)
    assert _found(made) == ()
    made.add_line((15, 20), (55, 26), 0.3, 300.0).add_line((58, 15), (20, 38), 0.3, 300.0)
    assert _found(made) == ()


def test_outside_of_what_is_judged_there_are_none(scene):
    made = scene()
    made.values[:, 0:3] += np.where(np.abs(np.arange(made.shape[0]) - 350) < 25, 800.0, 0.0)[:, np.newaxis]
    assert _found(made) == ()


@pytest.fixture(scope="module")
def ducts(tmp_path_factory):
    """A simulated breast with secretory rods: 13 of effective ratios 26 to 110."""
    folder = tmp_path_factory.mktemp("rods")
    scene = Scene(name="rods", kind=Kind.NONE, seed=588000004, field_mm=(120, 90), beside=(Beside.RODS,))
    simulate(folder, Recipe(scenes=(scene,)))
    return read_mammogram(folder / "rods.dcm", DicomSettings())


def test_rods_are_reported_measured_and_called_rods(ducts):
    found = analyse(ducts, Config()).calcifications
    rods = [c for c in found if c.morphology is not None and c.morphology.label == "rod"]
    assert len(rods) >= 7  # 5 without the search for rods
    assert max(c.length_mm or 0.0 for c in rods) > 6


def test_without_millimetres_there_are_no_rods(make_mammogram):
    beads = [(35.0, 18.0 + 0.1 * k, 0.6) for k in range(40)]
    for is_calibrated in (True, False):
        particles = search(make_mammogram(beads, is_calibrated=is_calibrated), Config()).particles
        assert any(p.is_rod for p in particles) == is_calibrated
