"""A folder that grows, shrinks and changes is gone on with by the same command."""

from __future__ import annotations

import json
import os
import random
import shutil
import time
from typing import TYPE_CHECKING, Any

import pydicom
import pytest
from run_files import contents, copy_as

from mammocalc.cli import main
from mammocalc.vocabulary.lexicon import Reason, Status

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mammocalc.execution.run_options import RunSummary

    Judge = Callable[..., RunSummary]
    Rows = Callable[[Path], dict[str, dict[str, Any]]]


def age(folder: Path) -> None:
    """Wait until dates are old enough to be believed: one of them cannot be set."""
    newest = max(path.stat().st_ctime for path in folder.rglob("*"))
    time.sleep(max(0.0, newest + 3.2 - time.time()))


def written(out: Path) -> dict[str, int]:
    return {path.name: path.stat().st_mtime_ns for path in (out / "results").rglob("*.json")}


@pytest.fixture
def pool(drawn: Path, tmp_path: Path) -> Path:
    """Files of every kind that a folder can grow by: images, copies, two of one UID, faults, what is skipped."""
    pool = tmp_path / "pool"
    for number in range(4):
        copy_as(drawn / "grouped.dcm", pool / "b" / f"{number}.dcm", f"image {number}")
    shutil.copy(pool / "b" / "1.dcm", pool / "a_copy.dcm")
    shutil.copy(pool / "b" / "1.dcm", pool / "z_copy.dcm")
    copy_as(drawn / "none.dcm", pool / "c" / "first.dcm", "claimed twice")
    copy_as(drawn / "macro_only.dcm", pool / "c" / "second.dcm", "claimed twice")
    (pool / "c" / "a_cut.dcm").write_bytes((pool / "c" / "first.dcm").read_bytes()[:9000])
    copy_as(drawn / "none.dcm", pool / "skipped.dcm", "skipped", Modality="CT")
    (pool / "notes.txt").write_text("not DICOM")
    return pool


@pytest.mark.parametrize("seed", range(3))
def test_a_folder_that_grew_in_any_order_has_the_bytes_of_one_that_did_not(
    pool: Path, tmp_path: Path, judge: Judge, monkeypatch: pytest.MonkeyPatch, rows_of: Rows, seed: int
) -> None:
    monkeypatch.setattr("mammocalc.results.layout.SHARDED_ABOVE", 3)  # so that it grows into subfolders as well
    options = ("outputs.candidates=true", "outputs.overlays=" + ("all", "findings", "all")[seed])
    whole, out, folder = tmp_path / "whole", tmp_path / "out", tmp_path / "in"
    judge(pool, whole, *options)
    chance = random.Random(seed)
    files = sorted(path.relative_to(pool) for path in pool.rglob("*") if path.is_file())
    chance.shuffle(files)
    while files:
        for name in [files.pop() for _ in range(min(len(files), chance.randint(1, 4)))]:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(pool / name, folder / name)
        if list(folder.rglob("*.dcm")):
            judge(folder, out, *options)
    assert contents(out) == contents(whole)
    of_whole = {path: (row["status"], row["reason"], row["content"]) for path, row in rows_of(whole).items()}
    assert {path: (row["status"], row["reason"], row["content"]) for path, row in rows_of(out).items()} == of_whole
    totals = [json.loads((run / "run.json").read_text())["totals"] for run in (out, whole)]
    assert totals[0] == totals[1]


def test_a_touch_a_copy_and_a_move_change_nothing(pool: Path, tmp_path: Path, judge: Judge, rows_of: Rows) -> None:
    out = tmp_path / "out"
    judge(pool, out)
    before, bytes_before = written(out), contents(out)
    os.utime(pool / "b" / "0.dcm")
    (pool / "b" / "2.dcm").rename(pool / "moved.dcm")
    shutil.copy(pool / "b" / "3.dcm", pool / "b" / "3_copy.dcm")
    shutil.copytree(pool, tmp_path / "elsewhere")
    for folder in (pool, tmp_path / "elsewhere"):
        summary = judge(folder, out)
        assert summary.changed == ()
        assert not [row for row in summary.rows if row.reason is Reason.GONE]
        assert written(out) == before
        now = contents(out)
        assert {name for name in now if now[name] != bytes_before.get(name)} <= {"tables/images.csv"}  # paths
        assert rows_of(out)["moved.dcm"]["status"] == "analysed"
        assert "b/2.dcm" not in rows_of(out)
        assert rows_of(out)["b/3_copy.dcm"]["reason"] == "duplicate"


def test_what_is_done_is_not_even_read_again(mammograms: Path, tmp_path: Path, judge: Judge) -> None:
    out = tmp_path / "out"
    age(mammograms)
    judge(mammograms, out)
    seen: list[Any] = []
    summary = judge(mammograms, out, on_progress=seen.append)
    assert summary.resumed == 3
    assert [step.is_new for step in seen if step.stage == "files"] == [False] * 3


@pytest.mark.parametrize("keeps_dates", [False, True])
def test_a_file_whose_content_changes_is_judged_again_and_named(
    mammograms: Path, tmp_path: Path, judge: Judge, rows_of: Rows, keeps_dates: bool
) -> None:
    out, path = tmp_path / "out", mammograms / "grouped.dcm"
    age(mammograms)
    judge(mammograms, out)
    dates = path.stat()
    content = path.read_bytes()
    dataset = pydicom.dcmread(path)
    dataset.PixelData = dataset.PixelData[::-1]
    dataset.save_as(path)
    assert path.stat().st_size == dates.st_size
    if keeps_dates:
        os.utime(path, ns=(dates.st_atime_ns, dates.st_mtime_ns))
    summary = judge(mammograms, out)
    assert summary.changed == ("grouped.dcm",)
    assert summary.resumed == 2
    judge(mammograms, tmp_path / "whole")
    assert contents(out) == contents(tmp_path / "whole")
    path.write_bytes(content)
    assert judge(mammograms, out).changed == ("grouped.dcm",)
    # What cannot be judged any more has no result any more.
    path.write_bytes(content[: len(content) // 2])
    summary = judge(mammograms, out)
    assert summary.changed == ("grouped.dcm",)
    assert (rows_of(out)["grouped.dcm"]["status"], len(list((out / "results").iterdir()))) == ("failed", 2)
    judge(mammograms, tmp_path / "broken")
    assert contents(out) == contents(tmp_path / "broken")


def test_a_file_that_is_gone_is_named_and_its_result_stays(
    mammograms: Path, tmp_path: Path, judge: Judge, rows_of: Rows, capsys: pytest.CaptureFixture[str]
) -> None:
    out, aside = tmp_path / "out", tmp_path / "aside.dcm"
    judge(mammograms, out)
    before = contents(out)
    (mammograms / "grouped.dcm").rename(aside)
    assert main(["run", str(mammograms), "--out", str(out), "--workers", "1"]) == 0
    assert "1 gone since it was analysed; its result stays\n  grouped.dcm" in capsys.readouterr().out
    row = rows_of(out)["grouped.dcm"]
    assert (row["status"], row["reason"]) == ("analysed", "gone")
    assert "is not there any more" in row["message"]
    assert contents(out) == before
    assert json.loads((out / "run.json").read_text())["totals"]["reason"] == {"gone": 1}
    assert "is not there any more" in (out / "index.html").read_text()
    # Another image comes under its name, and then the first one again under another name.
    copy_as(aside, mammograms / "grouped.dcm", "another")
    summary = judge(mammograms, out)
    assert [(row.path, row.reason) for row in summary.rows].count(("grouped.dcm", Reason.GONE)) == 1
    assert len(summary.rows) == 4
    aside.rename(mammograms / "back.dcm")
    summary = judge(mammograms, out)
    assert {row.status for row in summary.rows} == {Status.ANALYSED}
    assert not [row for row in summary.rows if row.reason is Reason.GONE]
    assert len(summary.rows) == 4


def test_a_file_that_holds_another_image_is_named(mammograms: Path, tmp_path: Path, judge: Judge) -> None:
    out = tmp_path / "out"
    judge(mammograms, out)
    copy_as(mammograms / "grouped.dcm", mammograms / "grouped.dcm", "another")
    summary = judge(mammograms, out)
    assert summary.changed == ("grouped.dcm",)
    assert len(list((out / "results").iterdir())) == 4
    assert [row.message for row in summary.rows if row.reason is Reason.GONE] == [
        "The file holds another image now; the result of the one that it held before stays."
    ]


def test_a_result_whose_row_was_lost_and_whose_file_is_gone_is_still_accounted_for(
    mammograms: Path, tmp_path: Path, judge: Judge
) -> None:
    out = tmp_path / "out"
    judge(mammograms, out)
    (out / "files.jsonl").unlink()
    (mammograms / "grouped.dcm").unlink()
    summary = judge(mammograms, out)
    assert summary.totals.status["analysed"] == 3
    assert [row.path.partition("/")[0] for row in summary.rows if row.reason is Reason.GONE] == ["~unknown"]


def test_what_failed_is_tried_again_and_what_was_skipped_is_not(
    pool: Path, tmp_path: Path, judge: Judge, rows_of: Rows
) -> None:
    out = tmp_path / "out"
    age(pool)
    judge(pool, out)
    seen: list[Any] = []
    judge(pool, out, on_progress=seen.append)
    again = {step.row.path for step in seen if step.row is not None and step.is_new}
    assert again == {"c/a_cut.dcm", "c/first.dcm", "c/second.dcm"}  # one image, a file of which failed
    assert rows_of(out)["c/second.dcm"]["reason"] == "uid_collision"
