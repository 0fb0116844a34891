"""The images of sample_data are those of their recipe."""

import json
from pathlib import Path

import numpy as np
import pydicom
import pytest

from mammocalc.simulation import Scene, load_recipe, render
from mammocalc.simulation.identity import sop_instance_uid
from mammocalc.simulation.truth import truth_record
from mammocalc.simulation.vocabulary import TRANSFER_SYNTAX_UIDS, Kind, Photometric
from mammocalc.vocabulary.lexicon import PresentationIntent

FOLDER = Path(__file__).parents[3] / "sample_data"
SCENES = load_recipe(FOLDER / "recipe.yaml").scenes


@pytest.mark.parametrize("name", ["06_macro_only", "09_grouped_defects"])
def test_an_image_made_again_agrees_within_one_grey_level(name: str) -> None:
    (scene,) = (scene for scene in SCENES if scene.name == name)
    stored = pydicom.dcmread(FOLDER / f"{name}.dcm").pixel_array.astype(int)
    simulated = render(scene)
    assert np.abs(stored - simulated.pixels).max() <= 1
    truth = json.loads((FOLDER / "truth" / f"{sop_instance_uid(scene)}.json").read_text(encoding="utf-8"))
    again = truth_record(simulated.truth, scene)
    assert {key: truth[key] for key in ("distribution", "clusters", "scene")} == {
        key: again[key] for key in ("distribution", "clusters", "scene")
    }
    for old, new in zip(truth["points"], again["points"], strict=True):
        for key, value in old.items():
            assert new[key] == (pytest.approx(value, rel=0.02, abs=0.02) if isinstance(value, float) else value), key


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_every_image_and_truth_belongs_to_its_scene(scene: Scene) -> None:
    ds = pydicom.dcmread(FOLDER / f"{scene.name}.dcm", stop_before_pixels=True)
    assert ds.SOPInstanceUID == sop_instance_uid(scene)
    assert ds.file_meta.TransferSyntaxUID == TRANSFER_SYNTAX_UIDS[scene.transfer_syntax]
    assert (ds.Rows, ds.Columns) == scene.shape
    truth = json.loads((FOLDER / "truth" / f"{ds.SOPInstanceUID}.json").read_text(encoding="utf-8"))
    assert Scene.model_validate(truth["scene"]) == scene
    assert truth["has_calcifications"] is (scene.kind is not Kind.NONE)
    for point in truth["points"]:
        assert 0 <= point["row"] < ds.Rows
        assert 0 <= point["column"] < ds.Columns
        if point["kind"] == "micro":
            assert 3.9 <= point["matched_filter_snr"] <= 120.1


def test_the_folder_holds_the_recipe_and_nothing_stale() -> None:
    assert {path.stem for path in FOLDER.glob("*.dcm")} == {scene.name for scene in SCENES}
    assert {path.stem for path in (FOLDER / "truth").iterdir()} == {str(sop_instance_uid(scene)) for scene in SCENES}
    assert sum(path.stat().st_size for path in FOLDER.rglob("*") if path.is_file()) < 40e6


def test_the_scenes_cover_what_a_reader_must_cope_with() -> None:
    assert {scene.kind for scene in SCENES} == set(Kind)
    assert {scene.pixel_spacing_mm for scene in SCENES} == {0.05, 0.07, 0.085, 0.1}
    assert {scene.intent for scene in SCENES} == set(PresentationIntent)
    assert {scene.photometric for scene in SCENES} == set(Photometric)
    assert {scene.transfer_syntax for scene in SCENES} == set(TRANSFER_SYNTAX_UIDS)
    combinations = {
        (s.view, s.laterality, s.pixel_spacing_mm, s.intent, s.photometric, s.transfer_syntax) for s in SCENES
    }
    assert len(combinations) == len(SCENES)
