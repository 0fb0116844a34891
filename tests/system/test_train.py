"""Training from the command line, on simulated images and on images of one's own."""

import json

import pytest

from pipeline.cli import main
from pipeline.phantom import Recipe, Scene, simulate
from pipeline.phantom.vocabulary import Kind


def _scene(number):
    return Scene(name=f"empty{number}", kind=Kind.NONE, seed=4000 + number, field_mm=(80, 60), pixel_spacing_mm=0.1)


def test_a_classifier_of_simulated_images_can_be_used(tmp_path, capsys):
    classifier = tmp_path / "trained.json"
    assert main(["train", "--out", str(classifier), "--images", "5", "--workers", "1"]) == 0
    assert "5 images" in capsys.readouterr().out
    origin = json.loads(classifier.read_text())["origin"]
    assert origin["images"] == 5
    assert 0 < origin["planted"] < origin["particles"]
    simulate(tmp_path / "images", Recipe(scenes=(_scene(0),)))
    arguments = ["--set", f"classify.file={classifier}", "--workers", "1", "--quiet"]
    assert main(["run", str(tmp_path / "images"), "--out", str(tmp_path / "run"), *arguments]) == 0


def test_a_classifier_of_ones_own_images(tmp_path):
    simulate(tmp_path / "images", Recipe(scenes=tuple(_scene(number) for number in range(3))))
    classifier = tmp_path / "ours.json"
    into = ["--into", str(tmp_path / "images"), "--images", "5", "--workers", "1"]
    assert main(["train", *into, "--out", str(classifier)]) == 0
    origin = json.loads(classifier.read_text())["origin"]
    assert origin["trained_on"] == "calcifications put into 3 images, and simulated mammograms, digital"
    assert origin["images_put_into"] == 6  # twice into each: about as many as simulated ones
    assert origin["images"] == 11


def test_a_classifier_of_distributions_can_be_used(tmp_path, capsys):
    classifier = tmp_path / "new" / "distribution.json"
    assert main(["train", "--distribution", "--scenes", "288", "--out", str(classifier), "--workers", "1"]) == 0
    assert "288 simulated scenes" in capsys.readouterr().out
    origin = json.loads(classifier.read_text())["origin"]
    assert origin["calibrated_on"] == "simulated"
    assert origin["calibration_patterns"] < origin["patterns"]
    simulate(tmp_path / "images", Recipe(scenes=(_scene(0),)))
    arguments = ["--set", f"distribution.file={classifier}", "--workers", "1", "--quiet"]
    assert main(["run", str(tmp_path / "images"), "--out", str(tmp_path / "run"), *arguments]) == 0


def test_distributions_are_not_learned_from_ones_own_images(tmp_path, capsys):
    code = main(["train", "--distribution", "--into", str(tmp_path), "--out", str(tmp_path / "none.json")])
    assert code == 2
    assert "neither --into" in capsys.readouterr().err


@pytest.mark.parametrize("section", ["classify", "distribution"])
def test_a_missing_classifier_is_a_wrong_configuration(tmp_path, capsys, section):
    simulate(tmp_path / "images", Recipe(scenes=(_scene(0),)))
    arguments = ["--set", f"{section}.file={tmp_path / 'none.json'}", "--workers", "1", "--quiet"]
    code = main(["run", str(tmp_path / "images"), "--out", str(tmp_path / "run"), *arguments])
    assert code == 2
    assert f"{section}.file" in capsys.readouterr().err
