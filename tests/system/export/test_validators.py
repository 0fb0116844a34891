"""Objects of every kind of study, held against the validators that other people wrote, where these are installed."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pydicom
import pydicom.config
import pytest
from validators import hold_against_validators

from mammocalc.dicom.writer import KINDS
from mammocalc.execution.export.export import export
from mammocalc.execution.export.request import ExportRequest

if TYPE_CHECKING:
    from pathlib import Path

Tool = Callable[..., subprocess.CompletedProcess[str]]


def tried(images: Path, judge: Callable[..., object], out: Path, *settings: str) -> Path:
    """Run and export a folder; nothing may be left out."""
    judge(images, out / "run", *settings)
    assert export(ExportRequest(out / "run", images, out / "objects")).left_out == ()
    return out / "objects"


def summary_of(folder: Path) -> str:
    """Give the code under which a CAD SR sums up what was found."""
    [path] = folder.glob("*/cad-sr/*.dcm")
    items = pydicom.dcmread(path).ContentSequence
    [summary] = [item for item in items if item.ConceptNameCodeSequence[0].CodeValue == "111017"]
    return str(summary.ConceptCodeSequence[0].CodeValue)


def test_four_views(study_objects: Path, views: Path, tool: Tool) -> None:
    hold_against_validators(study_objects, views, tool)
    assert summary_of(study_objects) == "111242"


@pytest.mark.parametrize(("image", "summary"), [("L_CC", "111241"), ("L_MLO", "111242")])
def test_one_image_without_a_finding_or_with_single_calcifications(
    image: str,
    summary: str,
    images: Path,
    judge: Callable[..., object],
    tool: Tool,
    tmp_path: Path,
    keep: Callable[..., None],
) -> None:
    keep(image)
    objects = tried(images, judge, tmp_path)
    hold_against_validators(objects, images, tool)
    assert summary_of(objects) == summary


def test_images_without_a_pixel_spacing(
    images: Path,
    judge: Callable[..., object],
    tool: Tool,
    edit: Callable[..., None],
    tmp_path: Path,
    keep: Callable[..., None],
) -> None:
    keep("R_CC", "R_MLO")
    for path in images.glob("*.dcm"):
        edit(path, ImagerPixelSpacing=None, EstimatedRadiographicMagnificationFactor=None)
    hold_against_validators(tried(images, judge, tmp_path), images, tool)


def test_a_cluster_without_a_descriptor(
    images: Path, judge: Callable[..., object], tool: Tool, tmp_path: Path, keep: Callable[..., None]
) -> None:
    keep("R_CC")
    judge(images, tmp_path / "run")
    [path] = (tmp_path / "run" / "results").glob("*.json")
    document = json.loads(path.read_bytes())
    for cluster in document["clusters"]:
        cluster["distribution"]["label"], cluster["distribution"]["between"] = "indeterminate", ["linear", "segmental"]
        cluster["hull"] = []
    path.write_text(json.dumps(document), encoding="utf-8")
    assert export(ExportRequest(tmp_path / "run", images, tmp_path / "objects")).left_out == ()
    hold_against_validators(tmp_path / "objects", images, tool)


def test_an_image_of_an_odd_size_with_an_odd_header(
    images: Path,
    judge: Callable[..., object],
    tool: Tool,
    edit: Callable[..., None],
    tmp_path: Path,
    keep: Callable[..., None],
) -> None:
    keep("R_CC")
    path = images / "R_CC.dcm"
    pixels = pydicom.dcmread(path).pixel_array[:-1, :-3]
    with pydicom.config.disable_value_validation():
        edit(
            path,
            Rows=pixels.shape[0],
            Columns=pixels.shape[1],
            PixelData=pixels.tobytes() + b"\0" * (pixels.nbytes % 2),
            PatientAge="9Y",
            PatientBirthDate="19000000",
            StudyTime="246000",
            PatientSex="female",
            SeriesNumber=None,
            ReferringPhysicianName=None,
        )
    objects = tried(images, judge, tmp_path)
    hold_against_validators(objects, tmp_path / "none", tool)  # images say what no object may
    [report] = objects.glob("*/cad-sr/*.dcm")
    found = pydicom.dcmread(report)
    assert (found.PatientBirthDate, found.PatientSex, found.StudyTime) == ("", "", "")
    assert "PatientAge" not in found
    [labels] = objects.glob("*/labelmap/*.dcm")
    assert pydicom.dcmread(labels).pixel_array.shape == pixels.shape


@pytest.mark.parametrize("failing", [1, 4])
def test_some_failed_and_all_failed(
    failing: int, images: Path, judge: Callable[..., object], tool: Tool, tmp_path: Path
) -> None:
    for path in sorted(images.glob("*.dcm"))[:failing]:
        dataset = pydicom.dcmread(path)
        dataset.PixelData = b"\0" * len(dataset.PixelData)  # no breast
        dataset.save_as(path)
    objects = tried(images, judge, tmp_path)
    hold_against_validators(objects, images, tool)
    assert summary_of(objects) == ("111244" if failing == 1 else "111245")
    assert len(list(objects.glob("*/gsps/*.dcm"))) == 4 - failing


def test_a_run_over_images_and_objects_looks_at_the_images_alone(
    study_objects: Path, views: Path, judge: Callable[..., object], rows_of: Callable[..., Any], tmp_path: Path
) -> None:
    judge((views, study_objects), tmp_path / "run")
    rows = rows_of(tmp_path / "run").values()
    assert [row["status"] for row in rows if row["status"] != "skipped"] == ["analysed"] * 4
    objects = list(study_objects.rglob("*.dcm"))
    assert len(rows) == 4 + len(objects)
    assert {path.parent.name for path in objects} >= set(KINDS)
