"""Copies of a folder's images with calcifications in them: DICOM that names nobody, and its truth."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset, FileDataset
from pydicom.sequence import Sequence

from mammocalc.cli import main
from mammocalc.config import Config
from mammocalc.dicom import DicomSettings, read_mammogram
from mammocalc.model import Mammogram
from mammocalc.simulation import Recipe, Scene, simulate
from mammocalc.simulation.insertion.folder import InsertedRow, find_room, insert_into_copies, summarise
from mammocalc.simulation.insertion.recipe import InsertRecipe
from mammocalc.simulation.insertion.selection import read_selection
from mammocalc.simulation.vocabulary import Coding, Kind, Photometric, Relationship
from mammocalc.vocabulary.errors import UsageError
from mammocalc.vocabulary.lexicon import PresentationIntent, Reason, Status

FEW = InsertRecipe(singles=(3, 3), groups=(0, 0), macros=(0, 0))
RAW = {"intent": PresentationIntent.FOR_PROCESSING, "photometric": Photometric.MONOCHROME1}


def write(folder: Path, name: str = "a", **changes: Any) -> FileDataset:
    base: dict[str, Any] = {"kind": Kind.NONE, "seed": 4, "field_mm": (70.0, 50.0), "pixel_spacing_mm": 0.14}
    (path,) = simulate(folder, Recipe(scenes=(Scene(name=name, **{**base, **changes}),)))
    return pydicom.dcmread(path)


def rewrite(folder: Path, dataset: FileDataset, name: str = "a") -> None:
    dataset.save_as(folder / f"{name}.dcm", enforce_file_format=True)


def run(folder: Path, into: Path, recipe: InsertRecipe = FEW, seed: int = 1, **options: Any) -> list[InsertedRow]:
    return list(insert_into_copies(folder, into, recipe, seed, Config(), **options))


def read(path: Path) -> Mammogram:
    return read_mammogram(path, DicomSettings())


@pytest.mark.parametrize(
    "changes",
    [
        {"bits": 12, "transfer_syntax": Coding.JPEG_LS},
        {"bits": 10, "photometric": Photometric.MONOCHROME1, "transfer_syntax": Coding.EXPLICIT_BIG},
        {**RAW, "bits": 14, "transfer_syntax": Coding.IMPLICIT_LITTLE},
        {**RAW, "bits": 14, "sign": -1},
        {**RAW, "relationship": Relationship.LOG},
    ],
)
def test_a_copy_is_read_as_its_source_but_for_the_calcifications(tmp_path: Path, changes: dict[str, Any]) -> None:
    write(tmp_path / "in", **changes)
    (row,) = run(tmp_path / "out", tmp_path / "in")
    assert (row.status, row.calcifications) == (Status.ANALYSED, 3)
    source, copy = read(tmp_path / "in" / "a.dcm"), read(tmp_path / "out" / f"{row.sop_instance_uid}.dcm")
    truth = json.loads((tmp_path / "out" / "truth" / f"{row.sop_instance_uid}.json").read_text())
    assert copy.spacing == source.spacing
    assert copy.identity.view == source.identity.view
    np.testing.assert_array_equal(copy.pixels.modality_values, source.pixels.modality_values)
    difference = copy.pixels.codes.astype(float) - source.pixels.codes
    assert not difference[~find_room(source, FEW, Config())].any()
    sign = 1 if source.pixels.denser_is_larger else -1
    for point in truth["points"]:
        row_px, column_px = round(point["row"]), round(point["column"])
        window = sign * difference[row_px - 3 : row_px + 4, column_px - 3 : column_px + 4]
        # The image's own noise is multiplied with the exposure, or takes from the room that is left to white.
        slack = 4 * point["noise_grey_levels"] * min(1.0, point["contrast"]) + 0.25 * point["peak_grey_levels"] + 1
        assert window.max() == pytest.approx(point["peak_grey_levels"], abs=slack)


def test_the_truth_says_what_evaluation_needs(tmp_path: Path) -> None:
    source = write(tmp_path / "in")
    recipe = InsertRecipe(singles=(2, 2), groups=(1, 1), macros=(1, 1), gap_mm=2.0)
    (row,) = run(tmp_path / "out", tmp_path / "in", recipe)
    (path,) = (tmp_path / "out" / "truth").iterdir()
    truth = json.loads(path.read_text())
    assert path.stem == row.sop_instance_uid == truth["sop_instance_uid"] != source.SOPInstanceUID
    assert truth["source_sop_instance_uid"] == source.SOPInstanceUID == row.source_sop_instance_uid
    assert truth["inserted"] is True
    assert truth["has_calcifications"] is True
    assert truth["distribution"] is None
    assert truth["pixel_spacing_mm"] == [0.14, 0.14]
    (cluster,) = truth["clusters"]
    assert cluster["label"] == "grouped"
    assert [point["id"] for point in truth["points"] if point["cluster"] == cluster["id"]] == cluster["members"]
    assert {point["kind"] for point in truth["points"]} == {"micro", "macro"}
    for point in truth["points"]:
        assert point["width_mm"] <= point["diameter_mm"] * 1.15 <= point["length_mm"] * 1.3
        assert (point["size"] == "macro") == (point["width_mm"] >= 1.0)
        assert point["matched_filter_snr"] > 1
        assert point["effective_snr"] > 1
        assert 0 <= point["local_density"] <= 1


def test_a_copy_names_nobody_and_keeps_a_patients_images_together(tmp_path: Path) -> None:
    for name, patient in (("a", "SECRET-1"), ("b", "SECRET-1"), ("c", "SECRET-2")):
        dataset = write(tmp_path / "in", name, seed=ord(name))
        dataset.PatientID, dataset.PatientName = patient, "Doe^Jane"
        dataset.ImageComments = dataset.StudyDescription = dataset.OperatorsName = "Doe was here"
        dataset.PatientBirthDate = dataset.StudyDate = "19570311"
        dataset.private_block(0x0019, "MAKER", create=True).add_new(1, "LO", "Doe")
        nested = Dataset()
        nested.CodeValue, nested.CodingSchemeDesignator, nested.OperatorsName = "76752008", "SCT", "Doe"
        dataset.AnatomicRegionSequence = Sequence([nested])
        rewrite(tmp_path / "in", dataset, name)
    rows = run(tmp_path / "out", tmp_path / "in")
    copies = [pydicom.dcmread(tmp_path / "out" / f"{row.sop_instance_uid}.dcm") for row in rows]
    assert len(copies) == 3
    assert copies[0].PatientID == copies[1].PatientID != copies[2].PatientID
    assert copies[0].ImageType[0] == "DERIVED"
    assert copies[0].AnatomicRegionSequence[0].CodeValue == "76752008"
    for path in (tmp_path / "out").rglob("*.*"):
        content = path.read_bytes()
        assert not any(word in content for word in (b"Doe", b"SECRET", b"19570311", b"MAKER"))


def test_equal_seeds_give_equal_bytes_whatever_else_is_there(tmp_path: Path) -> None:
    write(tmp_path / "one", "b")
    write(tmp_path / "two", "a", seed=5)
    write(tmp_path / "two", "b")
    (alone,) = run(tmp_path / "out1", tmp_path / "one")
    rows = run(tmp_path / "out2", tmp_path / "two")
    (other,) = run(tmp_path / "out3", tmp_path / "one", seed=2)
    assert alone in rows
    assert other.sop_instance_uid != alone.sop_instance_uid
    for name in (f"{alone.sop_instance_uid}.dcm", f"truth/{alone.sop_instance_uid}.json"):
        assert (tmp_path / "out1" / name).read_bytes() == (tmp_path / "out2" / name).read_bytes()


@pytest.mark.parametrize("coding", [Coding.EXPLICIT_LITTLE, Coding.IMPLICIT_LITTLE])
def test_signed_pixels_with_padding_and_tables_stay_what_they_are(tmp_path: Path, coding: Coding) -> None:
    dataset = write(tmp_path / "in", transfer_syntax=coding)
    values = dataset.pixel_array.astype(np.int16) - 2048
    values[:, -40:] = -2000
    dataset.PixelData = values.tobytes()
    dataset.PixelRepresentation = 1
    dataset.add_new("PixelPaddingValue", "SS", -2000)
    for keyword in ("RescaleIntercept", "RescaleSlope", "RescaleType", "WindowCenter", "WindowWidth"):
        delattr(dataset, keyword)
    for sequence in ("ModalityLUTSequence", "VOILUTSequence"):
        table = Dataset()
        is_first = sequence == "ModalityLUTSequence"
        table.add_new("LUTDescriptor", "SS" if is_first else "US", [4096, -2048 if is_first else 0, 16])
        table.add_new("LUTData", "OW", (np.arange(4096) * 2).astype("<u2").tobytes())
        setattr(dataset, sequence, Sequence([table]))
    rewrite(tmp_path / "in", dataset)
    (row,) = run(tmp_path / "out", tmp_path / "in")
    copy = pydicom.dcmread(tmp_path / "out" / f"{row.sop_instance_uid}.dcm")
    changed = copy.pixel_array != values
    assert copy.PixelPaddingValue == -2000
    source, again = read(tmp_path / "in" / "a.dcm"), read(tmp_path / "out" / f"{row.sop_instance_uid}.dcm")
    assert source.pixels.modality_values[-1] == 8190
    np.testing.assert_array_equal(again.pixels.display_grey, source.pixels.display_grey)
    assert 10 < changed.sum() < 2000
    assert not changed[:, -40:].any()
    assert np.array_equal(copy.pixel_array == -2000, values == -2000)


def test_images_that_cannot_be_used_are_rows_and_the_others_go_on(tmp_path: Path) -> None:
    write(tmp_path / "in", "a")
    unmeasured = write(tmp_path / "in", "b", seed=5)
    for keyword in ("ImagerPixelSpacing", "EstimatedRadiographicMagnificationFactor"):
        delattr(unmeasured, keyword)
    rewrite(tmp_path / "in", unmeasured, "b")
    oblong = write(tmp_path / "in", "c", seed=6)
    oblong.ImagerPixelSpacing = [0.14, 0.1]
    rewrite(tmp_path / "in", oblong, "c")
    whole = (tmp_path / "in" / "a.dcm").read_bytes()
    (tmp_path / "in" / "d.dcm").write_bytes(whole[: len(whole) // 2])
    rows = run(tmp_path / "out", tmp_path / "in")
    assert [(row.status, row.reason) for row in rows] == [
        (Status.ANALYSED, None),
        (Status.SKIPPED, Reason.MISSING_TAG),
        (Status.SKIPPED, Reason.UNSUPPORTED_PIXELS),
    ]
    (tmp_path / "in" / "a.dcm").unlink()
    rows = run(tmp_path / "out", tmp_path / "in")
    assert [row.reason for row in rows] == [Reason.MISSING_TAG, Reason.UNSUPPORTED_PIXELS, Reason.TRUNCATED]
    assert "1 failed (truncated): The file ends" in summarise(rows)


def test_a_list_chooses_the_images_without_calcifications(tmp_path: Path) -> None:
    uids = {name: str(write(tmp_path / "in", name, seed=ord(name)).SOPInstanceUID) for name in "abcd"}
    lines = ["sop_instance_uid,has_calcifications,seen", f"{uids['a']},0,", f"{uids['b']},1,", f"{uids['c']},0,ring"]
    (tmp_path / "list.csv").write_text("\n".join(lines) + "\n")
    only = read_selection(tmp_path / "list.csv")
    assert only == {uids["a"]}
    (row,) = run(tmp_path / "out", tmp_path / "in", only=only)
    assert row.source_sop_instance_uid == uids["a"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("uid,has_calcifications\n1.2,0\n", "lacks sop_instance_uid"),
        ("sop_instance_uid,has_calcifications\n1.2,1\n", "names none without"),
        ("", "lacks has_calcifications and sop_instance_uid"),
    ],
)
def test_a_list_that_says_nothing_is_refused(tmp_path: Path, content: str, sentence: str) -> None:
    (tmp_path / "list.csv").write_text(content)
    with pytest.raises(UsageError, match=sentence):
        read_selection(tmp_path / "list.csv")
    with pytest.raises(UsageError, match="cannot be read"):
        read_selection(tmp_path / "missing.csv")


@pytest.mark.parametrize("folder", ["in", "in/out", "."])
def test_copies_are_never_written_among_their_sources(tmp_path: Path, folder: str) -> None:
    write(tmp_path / "in")
    with pytest.raises(UsageError, match="must lie apart"):
        run(tmp_path / folder, tmp_path / "in")


def test_the_command_line_puts_specks_in_by_a_recipe(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path / "in")
    (tmp_path / "recipe.yaml").write_text("singles: [2, 2]\ngroups: [0, 0]\nmacros: [0, 0]\n")
    call = [
        "simulate",
        str(tmp_path / "out"),
        "--into",
        str(tmp_path / "in"),
        "--recipe",
        str(tmp_path / "recipe.yaml"),
    ]
    assert main([*call, "--seed", "3"]) == 0
    assert capsys.readouterr().out.startswith("1 image with 2 calcifications put into it\n")
    assert len(list((tmp_path / "out").rglob("*.*"))) == 2
    assert main([*call, "--set", "detect.nothing=1"]) == 2
    assert main(["simulate", str(tmp_path / "out"), "--only", "list.csv"]) == 2
    (tmp_path / "in" / "b.dcm").write_bytes(b"")
    assert main([*call, "--seed", "3"]) == 1
