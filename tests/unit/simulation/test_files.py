"""Written files: valid DICOM in every coding, reproducible, and with their truth beside them."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from pydicom.uid import UID

from mammocalc.simulation import Recipe, Scene, SimulatedImage, render, simulate
from mammocalc.simulation.header import make_dataset
from mammocalc.simulation.identity import sop_instance_uid
from mammocalc.simulation.vocabulary import TRANSFER_SYNTAX_UIDS, Coding, Kind, Photometric
from mammocalc.vocabulary.errors import OutputError, UsageError
from mammocalc.vocabulary.lexicon import Laterality, PresentationIntent, View

REQUIRED = (
    "StudyInstanceUID", "SeriesInstanceUID", "Modality", "ImageType", "PixelIntensityRelationship",
    "PixelIntensityRelationshipSign", "RescaleIntercept", "RescaleSlope", "RescaleType", "PresentationLUTShape",
    "LossyImageCompression", "PatientOrientation", "BurnedInAnnotation", "ImagerPixelSpacing", "PositionerType",
    "ImageLaterality", "OrganExposed", "AnatomicRegionSequence", "ViewCodeSequence", "FieldOfViewOrigin",
    "FieldOfViewRotation", "FieldOfViewHorizontalFlip",
)  # fmt: skip
"""Types 1 and 1C that apply, PS3.3 A.27: a value must be there."""
REQUIRED_OR_EMPTY = (
    "PatientName", "PatientID", "PatientBirthDate", "PatientSex", "StudyDate", "StudyTime",
    "ReferringPhysicianName", "StudyID", "AccessionNumber", "SeriesNumber", "InstanceNumber", "Manufacturer",
    "DetectorType", "AcquisitionContextSequence",
)  # fmt: skip
"""Type 2: the attribute must be there."""


def scene(name: str = "a", **changes: Any) -> Scene:
    base: dict[str, Any] = {"kind": Kind.LINEAR, "seed": 4, "field_mm": (60.0, 45.0), "pixel_spacing_mm": 0.2}
    return Scene(name=name, **{**base, **changes})


def write(folder: Path, *scenes: Scene) -> list[pydicom.Dataset]:
    return [pydicom.dcmread(path) for path in simulate(folder, Recipe(scenes=scenes))]


@pytest.fixture(scope="module", params=[12, 14])
def simulated(request: pytest.FixtureRequest) -> SimulatedImage:
    return render(scene(bits=request.param, photometric=Photometric.MONOCHROME1))


@pytest.mark.parametrize("coding", list(Coding))
def test_every_coding_gives_the_rendered_pixels_back(tmp_path: Path, simulated: SimulatedImage, coding: Coding) -> None:
    coded = replace(simulated, scene=simulated.scene.model_copy(update={"transfer_syntax": coding}))
    make_dataset(coded).save_as(tmp_path / "a.dcm", enforce_file_format=True)
    ds = pydicom.dcmread(tmp_path / "a.dcm")
    assert ds.file_meta.TransferSyntaxUID == TRANSFER_SYNTAX_UIDS[coding]
    np.testing.assert_array_equal(ds.pixel_array, simulated.pixels)


def test_equal_recipes_give_equal_bytes(tmp_path: Path) -> None:
    scenes = (scene("a"), scene("b", transfer_syntax=Coding.JPEG_LS))
    for folder in ("first", "second"):
        simulate(tmp_path / folder, Recipe(scenes=scenes))
    first, second = (sorted((tmp_path / folder).rglob("*.*")) for folder in ("first", "second"))
    assert [path.name for path in first] == [path.name for path in second]
    assert len(first) == 4
    assert all(a.read_bytes() == b.read_bytes() for a, b in zip(first, second, strict=True))


@pytest.mark.parametrize("intent", list(PresentationIntent))
def test_the_header_holds_what_a_mammogram_must_hold(tmp_path: Path, intent: PresentationIntent) -> None:
    (ds,) = write(tmp_path, scene(intent=intent))
    raw = intent is PresentationIntent.FOR_PROCESSING
    assert ds.SOPClassUID == f"1.2.840.10008.5.1.4.1.1.1.2{'.1' if raw else ''}"
    assert ds.PresentationIntentType == intent.value
    for keyword in REQUIRED:
        assert ds[keyword].value not in ("", None, []), keyword
    for keyword in REQUIRED_OR_EMPTY:
        assert keyword in ds, keyword
    assert "ViewModifierCodeSequence" in ds.ViewCodeSequence[0]
    assert ("WindowCenter" in ds) is not raw
    assert "PixelSpacing" not in ds
    for element in ds.iterall():
        if element.VR == "UI":
            assert UID(element.value).is_valid, element.keyword


def test_no_word_of_the_header_reads_like_quality_control(tmp_path: Path) -> None:
    (ds,) = write(tmp_path, scene(kind=Kind.MACRO_ONLY))
    ds.pop("PixelData")
    text = " ".join(str(element.value) for element in ds.iterall()).upper()
    assert not [word for word in ("PHANTOM", "QC", "QUALITY", "TEST", "CALIB", "ACR") if word in text]


def test_the_spacing_is_that_of_the_detector_with_its_magnification(tmp_path: Path) -> None:
    (ds,) = write(tmp_path, scene(magnification=1.25))
    assert float(ds.ImagerPixelSpacing[0]) == pytest.approx(0.25)
    assert ds.ImagerPixelSpacing[0] / ds.EstimatedRadiographicMagnificationFactor == pytest.approx(0.2)


@pytest.mark.parametrize(
    ("view", "laterality", "orientation", "code"),
    [
        (View.CC, Laterality.LEFT, ["A", "R"], "399162004"),
        (View.CC, Laterality.RIGHT, ["P", "L"], "399162004"),
        (View.MLO, Laterality.LEFT, ["A", "FR"], "399368009"),
        (View.MLO, Laterality.RIGHT, ["P", "FL"], "399368009"),
        (View.ML, Laterality.RIGHT, ["P", "F"], "399260004"),
        (View.XCCL, Laterality.LEFT, ["A", "R"], "399192008"),
    ],
)
def test_side_and_view_stand_in_all_their_places(
    tmp_path: Path, view: View, laterality: Laterality, orientation: list[str], code: str
) -> None:
    (ds,) = write(tmp_path, scene(view=view, laterality=laterality, kind=Kind.NONE))
    assert list(ds.PatientOrientation) == orientation
    assert (ds.ImageLaterality, ds.ViewPosition) == (laterality.value, view.value)
    assert ds.ViewCodeSequence[0].CodeValue == code


def test_scenes_of_one_patient_share_her_study_and_nothing_below_it(tmp_path: Path) -> None:
    first, second, other = write(tmp_path, scene("a"), scene("b", view=View.MLO), scene("c", patient=2))
    assert (first.PatientID, first.StudyInstanceUID) == (second.PatientID, second.StudyInstanceUID)
    assert first.PatientID != other.PatientID
    assert first.StudyInstanceUID != other.StudyInstanceUID
    assert len({ds.SeriesInstanceUID for ds in (first, second, other)}) == 3
    assert len({ds.SOPInstanceUID for ds in (first, second, other)}) == 3


def test_any_change_of_a_scene_changes_its_identity() -> None:
    assert sop_instance_uid(scene()) == sop_instance_uid(scene())
    assert sop_instance_uid(scene()) != sop_instance_uid(scene(density=0.36))


def test_the_truth_lies_beside_the_image_under_its_identity(tmp_path: Path) -> None:
    made = scene(kind=Kind.GROUPED, strays=(1, 1))
    (ds,) = write(tmp_path, made)
    truth = json.loads((tmp_path / "truth" / f"{ds.SOPInstanceUID}.json").read_text(encoding="utf-8"))
    assert truth["sop_instance_uid"] == ds.SOPInstanceUID
    assert truth["distribution"] == "grouped"
    assert (truth["rows"], truth["columns"]) == (ds.Rows, ds.Columns)
    assert truth["pixel_spacing_mm"] == [0.2, 0.2]
    assert Scene.model_validate(truth["scene"]) == made
    by_id = {point["id"]: point for point in truth["points"]}
    (cluster,) = truth["clusters"]
    assert all(by_id[member]["cluster"] == cluster["id"] for member in cluster["members"])
    assert {"row", "column", "diameter_mm", "length_mm", "width_mm", "size", "contrast", "matched_filter_snr"} <= set(
        truth["points"][0]
    )


def test_a_folder_that_is_a_file_is_an_output_error(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("x")
    with pytest.raises(OutputError):
        simulate(tmp_path / "taken", Recipe(scenes=(scene(kind=Kind.NONE),)))


def test_other_files_of_the_folder_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("mine")
    write(tmp_path, scene(kind=Kind.NONE))
    assert (tmp_path / "README.md").read_text() == "mine"


def test_a_file_that_was_not_simulated_is_never_replaced(tmp_path: Path) -> None:
    recipe = Recipe(scenes=(Scene(name="a", kind=Kind.NONE, seed=1, field_mm=(60, 40), pixel_spacing_mm=0.2),))
    (tmp_path / "a.dcm").write_text("mine")
    with pytest.raises(UsageError, match=r"holds a\.dcm, which was not simulated there"):
        simulate(tmp_path, recipe)
    assert (tmp_path / "a.dcm").read_text() == "mine"
    (tmp_path / "a.dcm").unlink()
    [written] = simulate(tmp_path, recipe)
    before = written.read_bytes()
    assert simulate(tmp_path, recipe) == (written,)
    assert written.read_bytes() == before
