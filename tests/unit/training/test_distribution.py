"""The classifier of distributions: what it learns from, what is written, and what the shipped one knows."""

import json

import numpy as np
import pytest

from mammocalc.analysis.classifiers import distribution_classifier_of
from mammocalc.classifiers.trees import classes_from_json
from mammocalc.config import Config
from mammocalc.model import Tally
from mammocalc.simulation.point_scenes import Disturbance, PointScene, draw_breast, usual_scene
from mammocalc.simulation.vocabulary import Kind
from mammocalc.stages.cluster_features import measure_spread
from mammocalc.stages.distribution import (
    CHANCE,
    CHANCE_EVIDENCE,
    CLASSES,
    FEATURES,
    classify_image,
    classify_pattern,
)
from mammocalc.training.distribution import (
    SPACING,
    _answer,
    breast_record,
    patterns_of,
    train_on_points,
    write_distribution_classifier,
)
from mammocalc.vocabulary.errors import OutputError, UsageError
from mammocalc.vocabulary.lexicon import DESCRIPTORS, Distribution

CONFIG = Config()
NO_PATTERN = {Distribution.NONE, Distribution.SCATTERED}


def _judge(home, scene):
    trees = distribution_classifier_of(CONFIG)
    breast = breast_record(home)
    patterns = [pattern for _, pattern in patterns_of(scene, breast, CONFIG)]
    calls = [classify_pattern(pattern, trees, CONFIG.distribution) for pattern in patterns]
    whole = patterns[0] if patterns else None
    spread = measure_spread(scene.points_mm, Tally(), (10.0, 20.0), breast, SPACING)
    return calls, classify_image(spread, whole, calls[1:], trees, CONFIG.distribution)


@pytest.mark.parametrize("lost_and_false", [(0.0, 0), (0.2, 5)])
def test_the_shipped_classifier_names_patterns_that_it_never_saw(lost_and_false):
    lost, false = lost_and_false
    right = []
    for seed in range(6):
        home = draw_breast(np.random.default_rng([91, seed]))
        for kind in (Kind.DIFFUSE, Kind.REGIONAL, Kind.GROUPED, Kind.LINEAR, Kind.SEGMENTAL, Kind.MACRO_ONLY):
            scene = usual_scene(home, kind, Disturbance(lost, false, 0.1, 4.0), np.random.default_rng([92, seed]))
            label = _judge(home, scene)[1].label
            right.append(label in NO_PATTERN if scene.label is Distribution.NOT_APPLICABLE else label is scene.label)
    assert np.mean(right) >= 0.9


def test_scattered_points_are_known_to_lie_together_by_chance():
    home = draw_breast(np.random.default_rng(5))
    scene = usual_scene(home, Kind.NONE, Disturbance(false=12), np.random.default_rng(6))
    calls, image = _judge(home, scene)
    assert min(call.evidence[CHANCE_EVIDENCE] for call in calls) > 0.5
    assert image.label is Distribution.SCATTERED


def test_the_order_of_the_points_does_not_matter():
    home = draw_breast(np.random.default_rng(7))
    scene = usual_scene(home, Kind.SEGMENTAL, Disturbance(), np.random.default_rng(8))
    trees = distribution_classifier_of(CONFIG)
    [_, *calls] = [
        classify_pattern(p, trees, CONFIG.distribution) for _, p in patterns_of(scene, breast_record(home), CONFIG)
    ]
    order = np.random.default_rng(1).permutation(len(scene.points_mm))
    shuffled = PointScene(scene.label, scene.part, scene.points_mm[order], scene.is_pattern[order], scene.nipple_mm)
    [_, *again] = [
        classify_pattern(p, trees, CONFIG.distribution) for _, p in patterns_of(shuffled, breast_record(home), CONFIG)
    ]
    assert [call.label for call in calls] == [call.label for call in again]
    for one, other in zip(calls, again, strict=True):
        assert dict(one.probabilities) == pytest.approx(dict(other.probabilities), abs=1e-6)


def _scene(label, part, true, false):
    is_pattern = np.array([True] * true + [False] * false)
    return PointScene(label, part, np.zeros((true + false, 2)), is_pattern, None)


@pytest.mark.parametrize(
    ("case", "scene", "members", "is_whole", "answer"),
    [
        ("a clean group", _scene(Distribution.GROUPED, Distribution.GROUPED, 8, 0), range(8), False, "grouped"),
        ("half false", _scene(Distribution.GROUPED, Distribution.GROUPED, 8, 8), range(16), False, "grouped"),
        ("mostly false", _scene(Distribution.GROUPED, Distribution.GROUPED, 8, 9), range(17), False, CHANCE),
        ("a fifth of a line", _scene(Distribution.LINEAR, Distribution.LINEAR, 20, 0), range(4), False, None),
        ("a part of diffuse", _scene(Distribution.DIFFUSE, Distribution.DIFFUSE, 25, 0), range(4), False, "diffuse"),
        ("too few for diffuse", _scene(Distribution.DIFFUSE, Distribution.DIFFUSE, 24, 9), range(33), True, None),
        ("one of many groups", _scene(Distribution.DIFFUSE, Distribution.GROUPED, 20, 0), range(4), False, "grouped"),
        ("all of many groups", _scene(Distribution.DIFFUSE, Distribution.GROUPED, 20, 0), range(20), True, "diffuse"),
    ],
)
def test_what_a_set_of_points_is_taken_for(case, scene, members, is_whole, answer):
    assert _answer(scene, tuple(members), is_whole=is_whole) == answer, case


def test_a_trained_classifier_can_be_written_and_read(tmp_path):
    trees = train_on_points(288, 3, CONFIG, 1)
    assert trees.to_json() == train_on_points(288, 3, CONFIG, 2).to_json()  # for any number of processes
    assert trees.classes == CLASSES
    assert trees.origin["grown_by"].startswith("LightGBM ")
    assert set(trees.classes) == {*(label.value for label in DESCRIPTORS), CHANCE}
    write_distribution_classifier(trees, tmp_path / "new" / "d.json")
    again = classes_from_json(json.loads((tmp_path / "new" / "d.json").read_text(encoding="utf-8")))
    table = np.random.default_rng(0).uniform(0, 40, (30, len(FEATURES))).astype(np.float32)
    np.testing.assert_allclose(again.decide(table), trees.decide(table), atol=1e-4)  # the temperature is rounded
    with pytest.raises(OutputError):
        write_distribution_classifier(trees, tmp_path / "new" / "d.json" / "below.json")


def test_too_few_scenes_are_refused():
    with pytest.raises(UsageError, match="take more"):
        train_on_points(5, 3, CONFIG, 1)
