"""Scenes of points: what is drawn is what the label says, and what is disturbed is disturbed by that much."""

import numpy as np
import pytest
from scipy.spatial.distance import pdist

from mammocalc.simulation.insertion.place import USUAL_COUNTS
from mammocalc.simulation.point_scenes import Disturbance, draw_breast, usual_scene, wide_scene
from mammocalc.simulation.vocabulary import Kind
from mammocalc.vocabulary.errors import ConfigurationError
from mammocalc.vocabulary.lexicon import DESCRIPTORS, Distribution


@pytest.fixture(scope="module")
def breasts():
    return [draw_breast(np.random.default_rng(seed)) for seed in (1, 2, 3)]


def _wide(breasts, label, count=20):
    for number in range(count):
        try:
            yield wide_scene(breasts[number % len(breasts)], label, np.random.default_rng([5, number]))
        except ConfigurationError:
            continue


@pytest.mark.parametrize("label", [*DESCRIPTORS, Distribution.NOT_APPLICABLE])
def test_every_label_can_be_drawn_in_the_breast(breasts, label):
    scenes = list(_wide(breasts, label))
    assert len(scenes) >= 15
    for scene in scenes:
        assert scene.label is label
        assert scene.points_mm.shape == (len(scene.is_pattern), 2)
        assert np.isfinite(scene.points_mm).all()
        assert scene.is_pattern.any() == (label is not Distribution.NOT_APPLICABLE)


@pytest.mark.parametrize("label", [Distribution.REGIONAL, Distribution.SEGMENTAL])
def test_wide_areas_are_larger_than_a_group(breasts, label):
    extents = [pdist(scene.points_mm[scene.is_pattern]).max() for scene in _wide(breasts, label)]
    assert np.median(extents) > 25


def test_groups_throughout_the_breast_are_diffuse_together_and_grouped_in_parts(breasts):
    parts = {scene.part for scene in _wide(breasts, Distribution.DIFFUSE, 60)}
    assert parts == {Distribution.DIFFUSE, Distribution.GROUPED}


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.ARTERIAL])
def test_usual_scenes_hold_what_rendered_ones_do(breasts, kind):
    scene = usual_scene(breasts[0], kind, Disturbance(), np.random.default_rng(4))
    low, high = USUAL_COUNTS[kind]
    assert scene.label is (Distribution(kind) if kind in set(DESCRIPTORS) else Distribution.NOT_APPLICABLE)
    if scene.label in DESCRIPTORS:
        assert 0.8 * low <= scene.is_pattern.sum() <= high
    assert scene.nipple_mm == pytest.approx(breasts[0].nipple_mm)


def test_disturbances_are_as_large_as_they_say(breasts):
    def scene(disturbance):
        return usual_scene(breasts[0], Kind.DIFFUSE, disturbance, np.random.default_rng(4))

    whole = len(scene(Disturbance()).points_mm)
    assert len(scene(Disturbance(false=20)).points_mm) == whole + 20
    assert scene(Disturbance(false=20)).is_pattern.sum() == whole
    assert 0.3 * whole < len(scene(Disturbance(lost=0.5)).points_mm) < 0.7 * whole
    assert scene(Disturbance(nipple_mm=None)).nipple_mm is None
    moved = scene(Disturbance(nipple_mm=8.0)).nipple_mm
    assert 0.5 < np.hypot(*(moved - breasts[0].nipple_mm)) < 40


def test_equal_generators_give_equal_scenes(breasts):
    one, other = (wide_scene(breasts[0], Distribution.SEGMENTAL, np.random.default_rng(9)) for _ in range(2))
    np.testing.assert_array_equal(one.points_mm, other.points_mm)


def test_false_points_lie_as_marks_of_patients_do_that_are_no_pattern(breasts):
    rng = np.random.default_rng(3)
    scenes = [usual_scene(one, Kind.NONE, Disturbance(false=10), rng).points_mm for one in breasts for _ in range(60)]
    independent = [one.room.draw(10, rng) for one in breasts for _ in range(60)]
    for within_mm, low, high in ((2.0, 8.4, 37.3), (5.0, 3.5, 12.3), (10.0, 2.6, 5.9), (20.0, 1.7, 3.1)):
        pairs, by_chance = (sum((pdist(s) <= within_mm).sum() for s in kind) for kind in (scenes, independent))
        assert low < pairs / by_chance < high
