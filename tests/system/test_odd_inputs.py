"""What is named as an image and is none, and folders that lie in one another."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pydicom
import pytest

from mammocalc.cli import main
from mammocalc.execution.plan import PlannedFile, PlannedImage
from mammocalc.execution.process import process_image
from mammocalc.vocabulary.errors import UsageError
from mammocalc.vocabulary.lexicon import Reason

if TYPE_CHECKING:
    from collections.abc import Callable

    from mammocalc.execution.run_options import RunSummary

    Judge = Callable[..., RunSummary]
    Rows = Callable[[Path], dict[str, dict[str, Any]]]


def test_what_is_named_as_an_image_and_cannot_be_read_gets_a_row(
    drawn: Path, tmp_path: Path, judge: Judge, rows_of: Rows
) -> None:
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    shutil.copy(drawn / "none.dcm", folder / "good.dcm")
    (folder / "dangling.dcm").symlink_to(folder / "gone.dcm")
    (folder / "1.2.840.113").symlink_to("/nowhere/1.2.840.113")  # a UID as a name: no ending
    (folder / "study").symlink_to("/nowhere/study", target_is_directory=True)
    (folder / "notes.txt").symlink_to("/nowhere/notes.txt")
    os.mkfifo(folder / "pipe.dcm")
    os.mkfifo(folder / "pipe")
    (folder / "device.dcm").symlink_to("/dev/zero")
    (folder / "folder.dcm").mkdir()
    with socket.socket(socket.AF_UNIX) as listening:
        here = Path.cwd()
        os.chdir(folder)  # names of sockets are short
        listening.bind("socket.dcm")
        os.chdir(here)
        summary = judge(folder, out)
    assert {path: (row["status"], row["reason"]) for path, row in rows_of(out).items()} == {
        "1.2.840.113": ("failed", "missing_file"),
        "dangling.dcm": ("failed", "missing_file"),
        "device.dcm": ("failed", "unreadable"),
        "good.dcm": ("analysed", None),
        "pipe.dcm": ("failed", "unreadable"),
        "socket.dcm": ("failed", "unreadable"),
        "study": ("failed", "missing_file"),
    }
    assert summary.totals.passed_over == 2


@pytest.mark.parametrize("kind", ["fifo", "dangling", "device"])
def test_an_odd_thing_that_is_named_itself_gets_a_row(tmp_path: Path, kind: str, judge: Judge, rows_of: Rows) -> None:
    path = tmp_path / "x"
    if kind == "fifo":
        os.mkfifo(path)
    else:
        path.symlink_to("/nowhere" if kind == "dangling" else "/dev/null")
    judge(path, tmp_path / "out")
    reasons = [row["reason"] for row in rows_of(tmp_path / "out").values()]
    assert reasons == ["missing_file" if kind == "dangling" else "unreadable"]


def test_a_file_that_is_exchanged_for_another_is_called_that(drawn: Path, tmp_path: Path, judge: Judge) -> None:
    """Exchanged between the look at its header and its judgement."""
    folder = tmp_path / "in"
    folder.mkdir()
    for name in ("a", "b"):
        shutil.copy(drawn / "none.dcm", folder / f"{name}.dcm")
    dataset = pydicom.dcmread(drawn / "none.dcm")
    dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = pydicom.uid.UID("1.2.3")
    dataset.save_as(folder / "b.dcm")
    seen: list[Any] = []

    def exchange(step: Any) -> None:
        seen.append(step)
        if step.stage == "headers" and step.done == 2:
            shutil.copy(drawn / "grouped.dcm", folder / "b.dcm")

    rows = {row.path: row for row in judge(folder, tmp_path / "out", on_progress=exchange).rows}
    assert rows["b.dcm"].reason is Reason.CHANGED
    assert "exchanged or changed while the run went on" in str(rows["b.dcm"].message)
    assert rows["a.dcm"].reason is None


def test_a_file_that_goes_on_changing_is_called_that(drawn: Path, tmp_path: Path) -> None:
    from mammocalc.config import Config  # noqa: PLC0415 - only here
    from mammocalc.execution.run_folder import RunFolder  # noqa: PLC0415
    from mammocalc.execution.work_order import WorkOrder  # noqa: PLC0415
    from mammocalc.results.result import Provenance  # noqa: PLC0415

    path = tmp_path / "a.dcm"
    shutil.copy(drawn / "none.dcm", path)
    growing = subprocess.Popen(
        [sys.executable, "-c", f"while True:\n with open({str(path)!r}, 'ab', buffering=0) as f: f.write(b'\\0')"]
    )
    try:
        uid = str(pydicom.dcmread(path).SOPInstanceUID)
        order = WorkOrder(Config(), Provenance("mammocalc", "0", "0" * 16, "default"), RunFolder(tmp_path / "out"))
        (row,) = process_image(PlannedImage((PlannedFile(path, "a.dcm", uid),)), order).rows
    finally:
        growing.kill()
        growing.wait()
    assert row.reason is Reason.CHANGED
    assert not (tmp_path / "out").exists()


def test_an_output_folder_within_the_input_is_said_and_what_is_foreign_there_is_judged(
    mammograms: Path, capsys: pytest.CaptureFixture[str], rows_of: Rows
) -> None:
    out = mammograms / "out"
    for _ in range(2):
        assert main(["run", str(mammograms), "--out", str(out), "--workers", "1"]) == 0
        assert "lies in INPUT" in capsys.readouterr().out
        assert len(rows_of(out)) == 3
    shutil.copy(mammograms / "grouped.dcm", out / "results" / "mine.dcm")
    assert main(["run", str(mammograms), "--out", str(out), "--workers", "1", "--quiet"]) == 0
    assert rows_of(out)["out/results/mine.dcm"]["reason"] == "duplicate"


def test_an_input_within_the_files_of_the_run_is_refused(mammograms: Path, tmp_path: Path, judge: Judge) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "results").symlink_to(mammograms)
    with pytest.raises(UsageError, match="lies where the run puts its own files"):
        judge(mammograms, tmp_path / "out")
    assert not (tmp_path / "out" / "run.json").exists()


def test_a_simulation_is_not_mixed_with_another(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    recipe = tmp_path / "recipe.yaml"
    recipe.write_text("scenes:\n  - {name: a, kind: none, seed: 1, field_mm: [50, 40], pixel_spacing_mm: 0.2}\n")
    command = ["simulate", str(tmp_path / "out"), "--recipe", str(recipe)]
    assert main(command) == 0
    before = {path: path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file()}
    assert main(command) == 0
    capsys.readouterr()
    assert main([*command, "--seed", "7"]) == 2
    assert "holds the truth of 1 other image, of another seed or recipe" in capsys.readouterr().err
    assert {path: path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file()} == before

    copies = ["simulate", str(tmp_path / "copies"), "--into", str(tmp_path / "out")]
    assert main([*copies, "--seed", "1"]) == 0
    assert main([*copies, "--seed", "1"]) == 0
    assert main([*copies, "--seed", "2"]) == 2
    assert "holds truth of another seed or recipe" in capsys.readouterr().err
    (tmp_path / "empty").mkdir()
    assert main(["simulate", str(tmp_path / "none"), "--into", str(tmp_path / "empty")]) == 2
    assert "holds no DICOM files: nothing was made" in capsys.readouterr().err
    assert not (tmp_path / "none").exists()


def test_an_evaluation_is_not_written_among_results_or_truth(
    mammograms: Path, tmp_path: Path, judge: Judge, capsys: pytest.CaptureFixture[str]
) -> None:
    out, truth = tmp_path / "out", tmp_path / "truth"
    judge(mammograms, out)
    truth.mkdir()
    for folder in (out / "results", truth, truth / "scores"):
        assert main(["evaluate", str(out), "--truth", str(truth), "--out", str(folder)]) == 2
        assert "whose files are read as results or truth" in capsys.readouterr().err
    assert list(truth.iterdir()) == []
    record = json.loads((out / "run.json").read_text())
    assert record["state"] == "finished"
