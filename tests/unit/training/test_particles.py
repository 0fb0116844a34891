import json
from dataclasses import replace

import numpy as np
import pytest

from mammocalc.classifiers.files import load_classifier
from mammocalc.config import Config
from mammocalc.simulation.vocabulary import Detector, Kind
from mammocalc.stages.classify import FEATURES
from mammocalc.training.particle_examples import PlantedPoint, describe_image
from mammocalc.training.particle_scenes import training_scenes
from mammocalc.training.particles import fit, train_on_images, write_classifier
from mammocalc.vocabulary.errors import OutputError, UsageError
from mammocalc.vocabulary.lexicon import Medium

PLACES = [(30.0, 15.0), (34.0, 25.0), (45.0, 20.0)]


def test_what_was_planted_is_told_from_the_rest(make_mammogram):
    mammogram = make_mammogram([(row, column, 0.4) for row, column in PLACES])
    points = [PlantedPoint(row / 0.1, column / 0.1, 0.4) for row, column in PLACES]
    table, is_planted = describe_image(mammogram, points, Config())
    assert table.shape == (len(is_planted), len(FEATURES))
    assert is_planted.sum() == 6  # each is seen by two scales
    strength = table[:, FEATURES.index("strength")]
    assert strength[is_planted].min() > strength[~is_planted].max()


def test_the_parts_of_a_long_calcification_are_calcification(make_mammogram):
    mammogram = make_mammogram([(40.0, 20.0, 0.4), (40.0, 21.0, 0.4)])
    short, long = ([PlantedPoint(400.0, 205.0, length)] for length in (0.0, 1.2))
    assert describe_image(mammogram, short, Config())[1].sum() < describe_image(mammogram, long, Config())[1].sum()


def test_an_image_without_a_breast_teaches_nothing(make_mammogram):
    mammogram = make_mammogram()
    black = replace(mammogram, pixels=replace(mammogram.pixels, codes=np.zeros_like(mammogram.pixels.codes)))
    table, is_planted = describe_image(black, [], Config())
    assert table.shape == (0, len(FEATURES))
    assert is_planted.shape == (0,)


def _separable(count=400):
    rng = np.random.default_rng(0)
    table = rng.normal(size=(count, len(FEATURES))).astype(np.float32)
    return table, table[:, 3] + 0.2 * table[:, 5] > 0.3


def test_fitted_trees_survive_the_file_unchanged_and_tell_what_they_learned_from(tmp_path):
    table, is_planted = _separable()
    trees = fit(table, is_planted, {"trained_on": "a line"})
    assert ((trees.decide(table) > 0) == is_planted).all()
    write_classifier(trees, tmp_path / "new" / "c.json")
    again = load_classifier(str(tmp_path / "new" / "c.json"), FEATURES)
    np.testing.assert_array_equal(again.decide(table), trees.decide(table))
    assert json.loads((tmp_path / "new" / "c.json").read_text())["origin"] == {"trained_on": "a line"}


@pytest.mark.parametrize("answer", [True, False])
def test_one_class_alone_teaches_nothing(answer):
    table, _ = _separable(50)
    with pytest.raises(UsageError, match="nothing to learn"):
        fit(table, np.full(50, answer), {})


@pytest.mark.parametrize("medium", list(Medium))
def test_training_scenes_are_drawn_from_their_own_seeds(medium):
    scenes, again, others = (training_scenes(16, seed, medium) for seed in (1, 1, 2))
    assert scenes == again
    assert scenes[:4] == training_scenes(4, 1, medium)
    assert {s.detector is Detector.FILM for s in scenes} == {medium is Medium.FILM}
    assert {s.kind for s in scenes} == {s.kind for s in others} == set(Kind)
    seeds = {s.seed for s in scenes} | {s.seed for s in others}
    assert len(seeds) == 32
    assert min(seeds) >= 500_000_000


def test_a_file_in_the_way_is_an_output_error(tmp_path):
    (tmp_path / "file").write_text("")
    trees = load_classifier(None, FEATURES)
    with pytest.raises(OutputError):
        write_classifier(trees, tmp_path / "file" / "c.json")


def test_a_folder_without_usable_images_is_said(tmp_path):
    (tmp_path / "x.dcm").write_text("no DICOM")
    with pytest.raises(UsageError, match="none of the images"):
        train_on_images(tmp_path, 8, 1, Config(), 1)
