"""Every fault that a folder can hold ends as its row, and the run goes on."""

from __future__ import annotations

import ctypes
import json
import os
import resource
import shutil
import subprocess
import sys
from functools import partial
from typing import TYPE_CHECKING, Any

import pydicom
import pytest

from mammocalc.cli import main
from mammocalc.execution.run_folder import require_space
from mammocalc.vocabulary.errors import OutputError, UsageError
from mammocalc.vocabulary.uid import is_uid

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mammocalc.execution.run_options import RunSummary

    Judge = Callable[..., RunSummary]
    Rows = Callable[[Path], dict[str, dict[str, Any]]]

DROP_FROM_BOUNDING_SET = 24  # prctl(2)
OVERRIDE_PERMISSIONS = (1, 2)  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH


def obey_permissions() -> None:
    """Give up what lets the administrator pass every permission; who is not the administrator has nothing to give."""
    if os.geteuid() == 0:
        for capability in OVERRIDE_PERMISSIONS:
            assert ctypes.CDLL(None).prctl(DROP_FROM_BOUNDING_SET, capability, 0, 0, 0) == 0


def run_with_permissions(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mammocalc", "run", *arguments, "--workers", "1"]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=120, preexec_fn=obey_permissions
    )


def alter(original: Path, target: Path, **attributes: Any) -> None:
    """Write a copy with other attributes; None takes one away."""
    dataset = pydicom.dcmread(original)
    dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = pydicom.uid.generate_uid(
        entropy_srcs=[target.name]
    )
    for keyword, value in attributes.items():
        if value is None:
            delattr(dataset, keyword)
        else:
            setattr(dataset, keyword, value)
    dataset.save_as(target, enforce_file_format=False)


def fill_with_faults(folder: Path, good: Path) -> dict[str, tuple[str, str]]:
    """Put one file of every fault into a folder; gives the status and reason that each must have."""
    whole = good.read_bytes()
    (folder / "empty.dcm").write_bytes(b"")
    (folder / "text.dcm").write_text("This is not an image.\n" * 50)
    (folder / "truncated.dcm").write_bytes(whole[: len(whole) // 2])
    alter(good, folder / "no_rows.dcm", Rows=None)
    alter(good, folder / "zero_sized.dcm", Rows=0)
    alter(good, folder / "absurd.dcm", Rows=65535, Columns=65535)
    alter(good, folder / "short_pixels.dcm", PixelData=pydicom.dcmread(good).PixelData[:1000])
    alter(good, folder / "uid_in_meta_alone.dcm", SOPInstanceUID="")
    uid = pydicom.dcmread(good).SOPInstanceUID.encode()
    (folder / "evil_uid.dcm").write_bytes(whole.replace(uid, (b"../" * 20 + b"evil")[-len(uid) :]))

    dataset = pydicom.dcmread(good)
    dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = pydicom.uid.UID("1.2.3.4")
    dataset.file_meta.TransferSyntaxUID = pydicom.uid.UID("1.2.3.4.5.6.7.8.9")
    dataset.save_as(folder / "unknown_syntax.dcm", implicit_vr=False, little_endian=True, enforce_file_format=False)

    # These bear the UID of good.dcm and come before it; what is broken does not keep it from being judged.
    (folder / "cut.dcm").write_bytes(whole[: len(whole) // 3])
    (folder / "cut_as_well.dcm").write_bytes(whole[: len(whole) // 3])
    shutil.copy(good, folder / "z_copy_of_good.dcm")
    collision = pydicom.dcmread(good)
    collision.PixelData = bytes(len(collision.PixelData))
    collision.save_as(folder / "z_other_with_the_uid_of_good.dcm")

    (folder / "loop").mkdir()
    (folder / "loop" / "back").symlink_to(folder, target_is_directory=True)
    (folder / "loop" / "itself").symlink_to(folder / "loop" / "itself")
    return {
        "empty.dcm": ("failed", "empty_file"),
        "text.dcm": ("failed", "not_dicom"),
        "truncated.dcm": ("failed", "truncated"),
        "no_rows.dcm": ("failed", "missing_tag"),
        "zero_sized.dcm": ("failed", "invalid_dimensions"),
        "absurd.dcm": ("failed", "too_large"),
        "short_pixels.dcm": ("failed", "pixels_too_short"),
        "uid_in_meta_alone.dcm": ("analysed", "None"),
        "evil_uid.dcm": ("analysed", "None"),
        "unknown_syntax.dcm": ("failed", "unknown_transfer_syntax"),
        "cut.dcm": ("failed", "truncated"),
        "cut_as_well.dcm": ("skipped", "duplicate"),
        "z_copy_of_good.dcm": ("skipped", "duplicate"),
        "z_other_with_the_uid_of_good.dcm": ("failed", "uid_collision"),
        "loop/back": ("skipped", "symlink_loop"),
        "loop/itself": ("skipped", "symlink_loop"),
        "good.dcm": ("analysed", "None"),
    }


def test_every_faulty_file_ends_as_its_row_and_the_good_one_is_judged(
    drawn: Path, tmp_path: Path, rows_of: Rows, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    shutil.copy(drawn / "grouped.dcm", folder / "good.dcm")
    expected = fill_with_faults(folder, folder / "good.dcm")
    out = tmp_path / "out"
    assert main(["run", str(folder), "--out", str(out), "--workers", "1"]) == 1

    rows = rows_of(out)
    assert {path: (row["status"], str(row["reason"])) for path, row in rows.items()} == expected
    assert list(rows) == sorted(rows)
    assert len(list((out / "results").iterdir())) == 3
    assert all(is_uid(path.stem) for path in (out / "results").iterdir())
    assert rows["evil_uid.dcm"]["sop_instance_uid"].startswith("2.25.")
    assert "(0008,0018) is not a UID" in rows["evil_uid.dcm"]["message"]
    assert "(0002,0003) is used instead" in rows["uid_in_meta_alone.dcm"]["message"]
    assert rows["good.dcm"]["message"] is None
    totals = json.loads((out / "run.json").read_text())["totals"]
    assert totals["status"] == {"analysed": 3, "skipped": 4, "failed": 10}
    assert totals["reason"]["missing_tag"] == 1
    for row in rows.values():
        if row["status"] != "analysed":
            assert len(row["message"].split()) > 5, row
            assert row["message"].endswith(".")
            assert str(tmp_path) not in row["message"]
    said = capsys.readouterr()
    assert "10 failed" in said.out
    assert "empty.dcm: The file is empty" in said.out
    assert "Traceback" not in said.out + said.err
    assert not list(tmp_path.rglob("evil*.json"))


def test_an_unreadable_folder_becomes_a_row_of_its_own(mammograms: Path, tmp_path: Path, rows_of: Rows) -> None:
    out = tmp_path / "out"
    locked = [mammograms / "deep" / "er", mammograms / "grouped.dcm"]
    for path in locked:
        path.chmod(0)
    try:
        ended = run_with_permissions(str(mammograms), "--out", str(out))
    finally:
        for path in locked:
            path.chmod(0o755)
    assert ended.returncode == 1, ended.stderr
    rows = rows_of(out)
    assert {path: (row["status"], row["reason"]) for path, row in rows.items()} == {
        "deep/er": ("failed", "unreadable"),
        "grouped.dcm": ("failed", "unreadable"),
        "macro_only.dcm": ("analysed", None),
    }
    assert "permissions" in rows["deep/er"]["message"]


def test_a_read_only_output_folder_stops_the_run_before_work(mammograms: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir(mode=0o555)
    ended = run_with_permissions(str(mammograms), "--out", str(out))
    assert ended.returncode == 2
    assert "cannot be written to (Permission denied)" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert list(out.iterdir()) == []


def test_a_disk_that_fills_up_stops_the_run_which_can_go_on_later(
    mammograms: Path, tmp_path: Path, rows_of: Rows
) -> None:
    """A limit on the size of files stands in for the full disk: small files still fit, overlays do not."""
    out = tmp_path / "out"
    command = [sys.executable, "-m", "mammocalc", "run", str(mammograms), "--out", str(out), "--workers", "1"]
    limit = partial(resource.setrlimit, resource.RLIMIT_FSIZE, (50_000, 50_000))
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, preexec_fn=limit)
    assert ended.returncode == 3, ended.stderr
    assert "does not take the results any more (File too large); make room" in ended.stderr
    assert "The same command continues" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert json.loads((out / "run.json").read_text())["state"] == "stopped"
    assert not list(out.rglob("*.part"))
    assert not list((out / "overlays").iterdir())

    assert main([*command[3:], "--quiet"]) == 0
    assert {row["status"] for row in rows_of(out).values()} == {"analysed"}


def test_a_disk_that_is_too_small_is_told_before_work(tmp_path: Path) -> None:
    require_space(tmp_path, 1, with_overlays=True)
    with pytest.raises(OutputError, match="take at least"):
        require_space(tmp_path, 10**12, with_overlays=False)


def test_an_output_folder_that_is_a_file_is_refused(mammograms: Path, tmp_path: Path, judge: Judge) -> None:
    (tmp_path / "out").write_text("mine")
    with pytest.raises(OutputError, match="is a file"):
        judge(mammograms, tmp_path / "out")
    with pytest.raises(OutputError, match="Not a directory"):
        judge(mammograms, tmp_path / "out" / "deeper")
    assert (tmp_path / "out").read_text() == "mine"


def test_input_without_images_leaves_no_output_folder(tmp_path: Path, judge: Judge) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "readme.txt").write_text("nothing here")
    with pytest.raises(UsageError, match="no DICOM files; 1 files were passed over"):
        judge(tmp_path / "in", tmp_path / "out")
    with pytest.raises(UsageError, match="does not exist"):
        judge(tmp_path / "missing", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_folder_of_nothing_but_faults_is_a_run_too(tmp_path: Path, judge: Judge, rows_of: Rows) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "empty.dcm").write_bytes(b"")
    summary = judge(tmp_path / "in", tmp_path / "out")
    assert summary.totals.status == {"analysed": 0, "skipped": 0, "failed": 1}
    assert (tmp_path / "out" / "index.html").exists()
    assert (tmp_path / "out" / "tables" / "images.csv").read_text().count("\n") == 1
    assert list(rows_of(tmp_path / "out")) == ["empty.dcm"]
