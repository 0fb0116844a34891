"""Training from the command line, on simulated images and on images of one's own."""

import json
import os

import pytest

from mammocalc.cli import main
from mammocalc.simulation import Recipe, Scene, simulate
from mammocalc.simulation.vocabulary import Kind


def _scene(number):
    return Scene(name=f"empty{number}", kind=Kind.NONE, seed=4000 + number, field_mm=(80, 60), pixel_spacing_mm=0.1)


def test_a_classifier_of_simulated_images_is_the_same_each_time_and_can_be_used(tmp_path, capsys, judge):
    classifier, again = tmp_path / "trained.json", tmp_path / "again.json"
    for workers, file in enumerate((classifier, again), start=1):
        assert main(["train", "--out", str(file), "--images", "3", "--workers", str(workers)]) == 0
        assert "3 images" in capsys.readouterr().out
    assert classifier.read_bytes() == again.read_bytes()
    origin = json.loads(classifier.read_text())["origin"]
    assert origin["images"] == 3
    assert 0 < origin["planted"] < origin["particles"]
    simulate(tmp_path / "images", Recipe(scenes=(_scene(0),)))
    assert judge(tmp_path / "images", tmp_path / "run", f"classify.file={classifier}").totals.status["analysed"] == 1


def test_a_classifier_of_ones_own_images(tmp_path):
    simulate(tmp_path / "images", Recipe(scenes=tuple(_scene(number) for number in range(2))))
    classifier = tmp_path / "ours.json"
    into = ["--into", str(tmp_path / "images"), "--images", "3", "--workers", "1"]
    assert main(["train", *into, "--out", str(classifier)]) == 0
    origin = json.loads(classifier.read_text())["origin"]
    assert origin["trained_on"] == "calcifications put into 2 images, and simulated mammograms, digital"
    assert origin["images_put_into"] == 4  # twice into each: about as many as simulated ones
    assert origin["images"] == 7


def test_a_classifier_of_distributions_can_be_used(tmp_path, capsys, judge):
    classifier = tmp_path / "new" / "distribution.json"
    assert main(["train", "--distribution", "--scenes", "288", "--out", str(classifier), "--workers", "1"]) == 0
    assert "288 simulated scenes" in capsys.readouterr().out
    origin = json.loads(classifier.read_text())["origin"]
    assert origin["calibrated_on"] == "simulated"
    assert origin["calibration_patterns"] < origin["patterns"]
    simulate(tmp_path / "images", Recipe(scenes=(_scene(0),)))
    run = judge(tmp_path / "images", tmp_path / "run", f"distribution.file={classifier}")
    assert run.totals.status["analysed"] == 1


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--distribution", "--into", "x", "--images", "5"], "--into and --images cannot be used here: --distribution"),
        (["--distribution", "--vessels", "x", "--courses", "y"], "--vessels and --courses cannot be used here"),
        (["--vessels", "x", "--courses", "y", "--only", "z"], "--only cannot be used here: --vessels learns"),
        (["--scenes", "9"], "--scenes cannot be used here: the classifier of particles learns"),
        (["--only", "x"], "--into FOLDER, which is missing"),
    ],
)
def test_options_that_would_be_left_aside_are_refused(tmp_path, capsys, options, said):
    assert main(["train", *options, "--out", str(tmp_path / "new" / "none.json")]) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("section", ["classify", "distribution", "vessels"])
def test_a_missing_classifier_is_a_wrong_configuration(tmp_path, capsys, section):
    simulate(tmp_path / "images", Recipe(scenes=(_scene(0),)))
    arguments = ["--set", f"{section}.file={tmp_path / 'none.json'}", "--workers", "1", "--quiet"]
    code = main(["run", str(tmp_path / "images"), "--out", str(tmp_path / "run"), *arguments])
    assert code == 2
    assert f"{section}.file" in capsys.readouterr().err


def _traced(folder):
    """Write simulated images of an artery and of a group, and a list with what is traced in them."""
    scenes = [
        Scene(name=f"traced{number}", kind=kind, seed=9102 + number, field_mm=(140, 100), pixel_spacing_mm=0.1)
        for number, kind in enumerate((Kind.ARTERIAL, Kind.GROUPED))
    ]
    simulate(folder / "images", Recipe(scenes=tuple(scenes)))
    truths = [json.loads(path.read_text()) for path in sorted((folder / "images" / "truth").glob("*.json"))]
    lines = ["sop_instance_uid,course_row_column,note"]
    for truth in truths:
        plaques = sorted((p["row"], p["column"]) for p in truth["points"] if p["morphology"] == "vascular")
        course = ";".join(f"{row:.1f}:{column:.1f}" for row, column in plaques)
        lines.append(f"{truth['sop_instance_uid']},{course},")
    (folder / "courses.csv").write_text("\n".join(lines) + "\n")
    return ["train", "--vessels", str(folder / "images"), "--courses", str(folder / "courses.csv"), "--ducts", "2"]


def test_a_model_of_arteries_from_traced_courses_can_be_used(tmp_path, capsys, judge):
    model = tmp_path / "vessels.json"
    arguments = _traced(tmp_path)
    assert main([*arguments, "--out", str(model), "--workers", "1"]) == 0
    assert "of 1 patients" in capsys.readouterr().out
    origin = json.loads(model.read_text())["origin"]
    assert 0 < origin["arterial"] < origin["marks"]
    assert (origin["images"], origin["simulated_images"]) == (2, 2)
    assert origin["simulated_marks"] > 0
    run = judge(tmp_path / "images", tmp_path / "run", f"vessels.file={model}", "outputs.overlays=none")
    assert run.totals.status["analysed"] == 2


def test_courses_that_name_no_image_of_the_folder_teach_nothing(tmp_path, capsys):
    simulate(tmp_path / "images", Recipe(scenes=(_scene(0),)))
    courses = tmp_path / "courses.csv"
    courses.write_text("sop_instance_uid,course_row_column\n1.2.3,1:2;3:4\n")
    arguments = ["train", "--vessels", str(tmp_path / "images"), "--courses", str(courses), "--ducts", "9999"]
    assert main([*arguments, "--out", str(tmp_path / "none.json"), "--workers", "1"]) == 2
    assert "no mark lies on a traced course" in capsys.readouterr().err  # at once, before as many are simulated


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("sop_instance_uid\n1.2.3\n", "lacks course_row_column"),
        (
            "sop_instance_uid,course_row_column\n1.2.3,1:2\n",
            ".csv, line 2: course_row_column holds no course",
        ),
        ("sop_instance_uid,course_row_column\n1.2.3,\n1.2.3,1:2;3:x\n", "line 3"),
        ("sop_instance_uid,course_row_column\n1.2.3,1:2:3;3:4:5\n", "line 2"),
        ("", "lacks course_row_column and sop_instance_uid"),
    ],
)
def test_a_list_of_courses_that_is_none_says_why(tmp_path, capsys, rows, said):
    courses = tmp_path / "courses.csv"
    courses.write_text(rows)
    arguments = ["train", "--vessels", str(tmp_path), "--courses", str(courses), "--out", str(tmp_path / "none.json")]
    assert main(arguments) == 2
    assert said in capsys.readouterr().err


def test_images_and_courses_go_together(tmp_path, capsys):
    assert main(["train", "--vessels", str(tmp_path), "--out", str(tmp_path / "none.json")]) == 2
    assert "go together" in capsys.readouterr().err


def test_a_pipe_that_is_named_for_a_classifier_is_refused_and_not_waited_for(tmp_path, capsys):
    pipe = tmp_path / "own.json"
    os.mkfifo(pipe)
    assert main(["train", "--out", str(pipe), "--images", "1"]) == 2
    assert "is not a file. Choose another --out" in capsys.readouterr().err
    assert pipe.is_fifo()
