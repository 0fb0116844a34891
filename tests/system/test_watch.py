"""A real process that watches a folder into which files are copied slowly."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pydicom
from run_files import contents, copy_as, wait_until

from mammocalc.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import pytest

    from mammocalc.execution.run_options import RunSummary

    Judge = Callable[..., RunSummary]
    Rows = Callable[[Path], dict[str, dict[str, Any]]]

SETTLE_SECONDS = 1.0


@contextmanager
def watching(folder: Path, out: Path) -> Iterator[subprocess.Popen[str]]:
    """Watch in a process of its own; it is ended by Ctrl-C, and must end well."""
    command = [sys.executable, "-m", "mammocalc", "run", str(folder), "--out", str(out), "--workers", "1"]
    command += ["--watch", "--settle", str(SETTLE_SECONDS)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            wait_until(lambda: "watching" in events(out) or process.poll() is not None)
            yield process
            process.send_signal(signal.SIGINT)
            said, complained = process.communicate(timeout=60)
        finally:
            process.kill()
    assert process.returncode == 3, complained
    assert "Traceback" not in said + complained
    assert "The same command continues" in complained


def events(out: Path) -> list[str]:
    try:
        lines = (out / "log.jsonl").read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    return [json.loads(line)["event"] for line in lines]


def statuses(out: Path) -> dict[str, str]:
    try:
        lines = (out / "files.jsonl").read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return {}
    rows = [json.loads(line) for line in lines]
    return {row["path"]: f"{row['status']} {row['reason']}" for row in rows}


def copy_slowly(original: Path, target: Path, seconds: float, pieces: int = 8) -> None:
    """Copy in pieces, with pauses that are shorter than what a file needs to settle."""
    content = original.read_bytes()
    step = len(content) // pieces + 1
    for start in range(0, len(content), step):
        with target.open("ab") as file:
            file.write(content[start : start + step])
        time.sleep(seconds / pieces)


def test_files_are_judged_when_they_have_settled_and_a_stopped_watch_goes_on(
    drawn: Path, tmp_path: Path, judge: Judge
) -> None:
    folder, out = tmp_path / "in", tmp_path / "out"
    (folder / "deep").mkdir(parents=True)
    shutil.copy(drawn / "none.dcm", folder / "early.dcm")
    with watching(folder, out):
        copy_slowly(drawn / "grouped.dcm", folder / "deep" / "slow.dcm", seconds=4 * SETTLE_SECONDS)
        wait_until(lambda: len(statuses(out)) == 2 and (out / "tables" / "images.csv").exists())
        shutil.copy(drawn / "grouped.dcm", folder / "again.dcm")  # an exact copy, later
        (folder / "broken.dcm").write_bytes((drawn / "macro_only.dcm").read_bytes()[:9000])
        wait_until(lambda: len(statuses(out)) == 4)
        shutil.copy(drawn / "macro_only.dcm", folder / "broken.dcm")  # the copy that had stalled is completed
        wait_until(lambda: statuses(out)["broken.dcm"] == "analysed None")
    expected = {
        "again.dcm": "analysed None",  # as in a run over the whole: the first by path stands for both
        "broken.dcm": "analysed None",
        "deep/slow.dcm": "skipped duplicate",
        "early.dcm": "analysed None",
    }
    assert statuses(out) == expected
    assert list(statuses(out)) == sorted(expected)
    record = json.loads((out / "run.json").read_text())
    assert record["state"] == "stopped"
    assert record["totals"]["status"] == {"analysed": 3, "skipped": 1, "failed": 0}
    assert (out / "index.html").exists()

    # While nobody watches, one file comes and another goes.
    copy_as(drawn / "none.dcm", folder / "late.dcm")
    (folder / "early.dcm").unlink()
    before = {path: path.stat().st_mtime_ns for path in (out / "results").rglob("*.json")}
    with watching(folder, out):
        wait_until(lambda: "late.dcm" in statuses(out))
        wait_until(lambda: events(out).count("run_continued") == 1)
    assert statuses(out) == {**expected, "early.dcm": "analysed gone", "late.dcm": "analysed None"}
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert (out / "tables" / "images.csv").read_text().count("\n") == 1 + 4

    # The bytes are those of a run over the same files, and one goes on where the other was.
    shutil.copy(drawn / "none.dcm", folder / "early.dcm")
    judge(folder, tmp_path / "whole")
    judge(folder, out)
    assert contents(out) == contents(tmp_path / "whole")
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert list(statuses(out)) == list(statuses(tmp_path / "whole"))


def test_a_file_that_changes_while_it_is_watched_is_judged_again(drawn: Path, tmp_path: Path) -> None:
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    copy_as(drawn / "none.dcm", folder / "a.dcm")
    with watching(folder, out):
        wait_until(lambda: "a.dcm" in statuses(out))
        dataset = pydicom.dcmread(folder / "a.dcm")
        dataset.PixelData = dataset.PixelData[::-1]
        dataset.save_as(folder / "a.dcm")
        wait_until(lambda: "file_changed" in events(out))
        (folder / "a.dcm").unlink()
        wait_until(lambda: statuses(out) == {"a.dcm": "analysed gone"})


def test_a_name_that_only_a_later_header_tells_is_hidden_in_earlier_rows(drawn: Path, tmp_path: Path) -> None:
    folder, out = tmp_path / "in", tmp_path / "out"
    patient = folder / "Quillfeather_O"
    patient.mkdir(parents=True)
    (patient / "empty.dcm").write_bytes(b"")
    with watching(folder, out):
        wait_until(lambda: len(statuses(out)) == 1)
        dataset = pydicom.dcmread(drawn / "none.dcm")
        dataset.PatientName = "Quillfeather^Ottoline"
        dataset.save_as(patient / "a.dcm")
        wait_until(lambda: len(statuses(out)) == 2)
    assert all(path.startswith("~") for path in statuses(out))
    assert "uillfeather" not in (out / "files.jsonl").read_text() + (out / "index.html").read_text()


def test_calls_that_make_no_sense_are_refused(drawn: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    shutil.copy(drawn / "none.dcm", folder)
    assert main(["run", str(tmp_path / "missing"), "--out", str(out), "--watch"]) == 2
    assert "does not exist" in capsys.readouterr().err
    assert not out.exists()
    assert main(["run", str(folder), "--out", str(out), "--settle", "3"]) == 2
    assert "--settle needs --watch" in capsys.readouterr().err
