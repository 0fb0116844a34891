"""Flipped images, exchanged views and magnified ones, through a run and a comparison: each is told, and none is new."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pydicom
import pytest
from pydicom.uid import generate_uid

import mammocalc as mc
from mammocalc.cli.main import main

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.system.conftest import Judge

RECIPE = {
    "sides": ["L"],
    "patterns": ["grouped"],
    "beside": ["group"],
    "pixel_spacing_mm": [0.14],
    "changing_share": 0.0,
}
CC, MLO = "date_1/L_CC.dcm", "date_1/L_MLO.dcm"
Images = dict[str, pydicom.Dataset]


def put(ds: pydicom.Dataset, pixels: np.ndarray) -> None:
    ds.PixelData = np.ascontiguousarray(pixels).tobytes()


def upside_down(images: Images) -> None:
    put(images[MLO], np.flipud(images[MLO].pixel_array))


def upside_down_and_said(images: Images) -> None:
    upside_down(images)
    images[MLO].PatientOrientation = ["A", "HL"]


def from_above_upside_down(images: Images) -> None:
    put(images[CC], np.flipud(images[CC].pixel_array))


def views_exchanged(images: Images) -> None:
    for name in ("ViewPosition", "ViewCodeSequence", "PatientOrientation"):
        one, other = (getattr(images[view], name) for view in (CC, MLO))
        setattr(images[CC], name, other)
        setattr(images[MLO], name, one)


def both_mirrored(images: Images) -> None:
    for name in (CC, MLO):
        put(images[name], np.fliplr(images[name].pixel_array))


def magnified(images: Images) -> None:
    images[CC].EstimatedRadiographicMagnificationFactor = "1.8"


CASES: tuple[Callable[[Images], None], ...] = (
    upside_down, upside_down_and_said, from_above_upside_down, views_exchanged, both_mirrored, magnified,
)  # fmt: skip


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory, judge: Judge) -> Path:
    """Write one simulated patient for each case, analyse all, and compare their dates by results and pixels."""
    folder = tmp_path_factory.mktemp("exchanged")
    mc.simulate(folder / "made", RECIPE, seed=11, studies=1)
    for case in CASES:
        made = sorted((folder / "made" / "patient_0001").rglob("*.dcm"))
        images: Images = {f"{path.parent.name}/{path.name}": pydicom.dcmread(path) for path in made}
        for ds in images.values():
            ds.decompress()
        case(images)
        for name, ds in images.items():
            ds.PatientID = case.__name__
            for keyword in ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID"):
                setattr(ds, keyword, generate_uid(entropy_srcs=[case.__name__, getattr(ds, keyword)]))
            ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
            place = folder / "in" / case.__name__ / name
            place.parent.mkdir(parents=True, exist_ok=True)
            ds.save_as(place)
    judge(folder / "in", folder / "run")
    command = ["compare", str(folder / "run"), "--images", str(folder / "in"), "--out", str(folder / "changes")]
    assert main([*command, "--workers", "1", "--quiet"]) == 0
    return folder


def rows_of(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def document_of(folder: Path, case: Callable[[Images], None], view: str) -> dict[str, Any]:
    """Give the comparison of the current image of a view."""
    ds = pydicom.dcmread(folder / "in" / case.__name__ / f"date_2/L_{view}.dcm", stop_before_pixels=True)
    [path] = (folder / "changes" / "comparisons").rglob(f"{ds.SOPInstanceUID}_*.json")
    document: dict[str, Any] = json.loads(path.read_bytes())
    return document


def notes_of_study(folder: Path, case: Callable[[Images], None]) -> str:
    """Give what is said of the study of the prior date."""
    ds = pydicom.dcmread(folder / "in" / case.__name__ / CC, stop_before_pixels=True)
    [path] = (folder / "run" / "studies").rglob(f"{ds.StudyInstanceUID}.json")
    return "; ".join(json.loads(path.read_bytes())["notes"])


def flags_of(folder: Path, case: Callable[[Images], None], name: str) -> set[str]:
    uid = pydicom.dcmread(folder / "in" / case.__name__ / name, stop_before_pixels=True).SOPInstanceUID
    [row] = (row for row in rows_of(folder / "run" / "tables" / "images.csv") if row["sop_instance_uid"] == uid)
    return set(row["flags"].split())


@pytest.mark.parametrize(
    ("case", "view", "sentence"),
    [
        (upside_down, "MLO", "the prior turned upside down fits better"),
        (from_above_upside_down, "CC", "the prior turned upside down fits better"),
        (views_exchanged, "CC", "the MLO view on the prior's date fits better"),
        (views_exchanged, "MLO", "the CC view on the prior's date fits better"),
    ],
)
def test_nothing_is_new_or_gone_where_something_else_than_the_prior_fits_and_each_row_says_why(
    compared: Path, case: Callable[[Images], None], view: str, sentence: str
) -> None:
    document = document_of(compared, case, view)
    assert document["looked_at"] == {"current": True, "prior": True}
    assert sentence in document["registration"]["reasons"][-1]
    for item in (*document["calcifications"], *document["clusters"]):
        assert item["change"] == "not_comparable"
    uid = document["current"]["sop_instance_uid"]
    rows = [row for row in rows_of(compared / "changes" / "changes.csv") if row["sop_instance_uid"] == uid]
    assert rows
    assert all(sentence in row["reason"] for row in rows)
    page = (compared / "changes" / "index.html").read_text(encoding="utf-8")
    assert sentence.partition("'")[0] in page  # the rest is escaped


def test_an_oblique_view_that_is_upside_down_is_flagged_unless_its_header_says_so(compared: Path) -> None:
    assert "orientation_contradicted" in flags_of(compared, upside_down, MLO)
    assert "L MLO: upside down, for the muscle is seen at the other end" in notes_of_study(compared, upside_down)
    assert any(
        note.startswith("upside down: in the prior") for note in document_of(compared, upside_down, "MLO")["notes"]
    )
    said = document_of(compared, upside_down_and_said, "MLO")
    assert "orientation_contradicted" not in flags_of(compared, upside_down_and_said, MLO)
    assert said["registration"]["is_comparable"]
    assert said["counts"]["matched"] >= 5


def test_views_that_are_exchanged_are_told_by_the_muscle(compared: Path) -> None:
    assert "view_contradicted" in flags_of(compared, views_exchanged, MLO)  # the header of the oblique image says CC
    assert "L CC: the muscle of an oblique view is seen" in notes_of_study(compared, views_exchanged)
    notes = document_of(compared, views_exchanged, "CC")["notes"]
    assert "the muscle of an oblique view is seen in the prior, called CC: views may be exchanged" in notes


def test_mirrored_images_are_joined_and_told(compared: Path) -> None:
    sentence = "L CC, L MLO: the chest wall is at the other edge than Patient Orientation says"
    assert sentence in notes_of_study(compared, both_mirrored)
    for view in ("CC", "MLO"):
        document = document_of(compared, both_mirrored, view)
        assert any(note.startswith("the two show the chest wall at different edges") for note in document["notes"])
        assert not document["counts"]["new"] + document["counts"]["gone"]


def test_an_image_that_is_magnified_by_its_factor_alone_is_no_prior_of_one_that_is_not(compared: Path) -> None:
    assert "magnification_view" in flags_of(compared, magnified, CC)
    record = json.loads((compared / "changes" / "comparison.json").read_bytes())
    reasons = [item["reason"] for item in record["unpaired"]]
    assert sum(reason.startswith("L CC M: no other image of this patient is an L CC M") for reason in reasons) == 1
    ds = pydicom.dcmread(compared / "in" / magnified.__name__ / CC, stop_before_pixels=True)
    [path] = (compared / "run" / "studies").rglob(f"{ds.StudyInstanceUID}.json")
    links = [link for finding in json.loads(path.read_bytes())["findings"] for link in finding["links"]]
    assert all(link["basis"] == "looks" for link in links)


def test_the_terminal_counts_what_is_said_of_pairs(compared: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["compare", str(compared / "run"), "--images", str(compared / "in"), "--out", str(compared / "changes")]
    assert main(command) == 0
    said = capsys.readouterr().out
    assert "  2 pairs: the prior turned upside down fits better: one of the two is stored upside down\n" in said
    assert "  1 pair: the MLO view on the prior's date fits better: the views may be exchanged" in said
