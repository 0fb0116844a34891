"""What users bring to an export that is not what it was: a sentence each, and nothing that is wrong."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from mammocalc.dicom.writer import Kind
from mammocalc.execution.export.export import export
from mammocalc.execution.export.request import ExportRequest, ExportSummary

Export = Callable[..., ExportSummary]


def reasons(summary: ExportSummary) -> str:
    return "\n".join(map(str, summary.left_out))


@pytest.mark.parametrize("kept", ["", "not the failed one", "cut", None])
def test_a_run_that_lost_its_rows_says_that_it_does_not_know_what_failed(
    images: Path, judge: Callable[..., object], tmp_path: Path, kept: str | None
) -> None:
    broken = images / "R_CC.dcm"
    os.truncate(broken, broken.stat().st_size - 1000)
    run = tmp_path / "run"
    judge(images, run)
    asked = ExportRequest(run, images, tmp_path / "out", (Kind.CAD_SR, Kind.GSPS))
    whole = export(asked)
    assert whole.left_out == ()
    assert [item.kind for item in whole.objects] == ["cad-sr", "gsps", "gsps", "gsps"]
    rows = run / "files.jsonl"
    lines = rows.read_text("utf-8").splitlines(keepends=True)
    left = {
        "": [],
        "not the failed one": [line for line in lines if '"failed"' not in line],
        "cut": ["{\n", *lines[1:]],
    }
    if kept is None:
        rows.unlink()
    else:
        rows.write_text("".join(left[kept]), "utf-8")
    summary = export(asked)
    assert "files.jsonl is not whole: it names" in reasons(summary)
    known = kept == "cut" and '"failed"' not in lines[0]
    assert [item.kind for item in summary.objects] == [*(["cad-sr"] if known else []), "gsps", "gsps", "gsps"]
    assert ("they may have failed" in reasons(summary)) is not known


def test_a_patient_who_was_renamed_after_the_run_is_not_guessed(
    images: Path, export_to: Export, edit: Callable[..., None]
) -> None:
    for path in images.glob("*.dcm"):
        edit(path, PatientID="RENAMED")
    summary = export_to(images, Kind.CAD_SR, Kind.GSPS, Kind.CAPTURE)
    assert summary.objects == ()
    assert reasons(summary).count("its content has changed") == 4


def test_another_picture_under_the_uid_of_an_image_gets_no_marks(
    images: Path, export_to: Export, edit: Callable[..., None]
) -> None:
    edit(images / "R_CC.dcm", Rows=10, Columns=20, PixelData=bytes(400))
    summary = export_to(images, Kind.GSPS, Kind.SEG)
    assert "its content has changed" in reasons(summary)
    assert sorted(item.kind for item in summary.objects) == ["gsps"] * 3 + ["labelmap"] * 3 + ["seg"] * 3


def test_a_copied_run_gives_the_same_objects(
    images: Path, export_to: Export, study_run: Path, study_objects: Path, tmp_path: Path
) -> None:
    run = Path(shutil.copytree(study_run, tmp_path / "elsewhere" / "run"))
    summary = export_to(images, run=run)
    assert summary.left_out == ()
    assert all((study_objects / item.file).is_file() for item in summary.objects)


def test_images_in_an_archive_are_not_there_and_that_is_said(images: Path, export_to: Export, tmp_path: Path) -> None:
    packed = tmp_path / "packed"
    packed.mkdir()
    shutil.make_archive(str(packed / "images"), "zip", images)
    summary = export_to(packed, Kind.GSPS)
    assert summary.objects == ()
    assert reasons(summary).count("Archives there (1) were not looked into: unpack them") == 4
