"""Two processes that want to write to one place."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from run_files import wait_until

from mammocalc.cli import main
from mammocalc.files import claim
from mammocalc.files.claim import LOCK, FolderClaim, is_claimed
from mammocalc.files.lock_holder import Holder
from mammocalc.vocabulary.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture
def many(copies: Callable[[int], Path]) -> Path:
    return copies(30)


def said_by_review(run: Path) -> str:
    """Start the review, and give what it says until it serves."""
    command = [sys.executable, "-m", "mammocalc", "review", str(run), "--no-browser"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as server:
        assert server.stdout is not None
        said = ""
        for line in server.stdout:
            said += line
            if "Ctrl-C" in line:
                break
        server.terminate()
    return said


@contextmanager
def running(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Run for as long as this lasts, and wait until the place is held."""
    command = [sys.executable, "-m", "mammocalc", "run", *arguments, "--workers", "1"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("first", [(), ("--watch",)])
@pytest.mark.parametrize("second", [(), ("--watch",), ("--force", "--set", "detect.threshold_sigma=6")])
def test_the_second_run_is_refused_and_told_who_holds_the_folder(
    many: Path, tmp_path: Path, first: tuple[str, ...], second: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    with running(str(many), "--out", str(out), *first) as process:
        wait_until((out / "run.json").exists)
        before = (out / "run.json").read_bytes()
        (tmp_path / "link").symlink_to(out)
        assert main(["run", str(many), "--out", str(tmp_path / "link"), *second]) == 2
        said = capsys.readouterr().err
        assert f"is being written to by process {process.pid} on {socket.gethostname()}, since 20" in said
        assert (out / "run.json").read_bytes() == before
        assert is_claimed(out)
        process.kill()
        process.wait()
    wait_until(
        lambda: not is_claimed(out)
    )  # a process that was being started when the other ended holds it until it is
    assert (out / LOCK).exists()  # the lock has ended with the process, the file has not
    shutil.rmtree(many)
    many.mkdir()
    assert main(["run", str(many), "--out", str(out)]) == 2  # held no more: it gets as far as the input
    assert "holds no DICOM files" in capsys.readouterr().err
    assert not (out / LOCK).exists()


def test_who_scores_or_reviews_a_run_that_was_killed_is_told(
    drawn: Path, many: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    with running(str(many), "--out", str(out)) as process:
        wait_until(lambda: list((out / "results").glob("*.json")))
        process.kill()
        process.wait()
    assert json.loads((out / "run.json").read_text())["state"] == "running"
    truth = tmp_path / "truth.csv"
    uids = [path.stem for path in (out / "results").glob("*.json")]
    truth.write_text("sop_instance_uid,has_calcifications\n" + "".join(f"{uid},1\n" for uid in uids))
    assert main(["evaluate", str(out), "--truth", str(truth), "--out", str(tmp_path / "scores"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["run"]["state"] == "interrupted"
    assert "The run was interrupted before its end" in said_by_review(out)


def test_where_locks_are_not_seen_a_sign_of_life_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A holder on another machine: its lock is not seen here, and its process cannot be asked for."""
    monkeypatch.setattr(claim, "BEAT_SECONDS", 0.2)
    monkeypatch.setattr(claim, "PATIENCE_SECONDS", 1.0)
    there = Holder("token", 1, "another-machine", "2026-01-01T00:00:00+00:00", 0.0)
    (tmp_path / LOCK).write_bytes(there.encode())
    beating = subprocess.Popen(
        [sys.executable, "-c", f"import os, time\nwhile True: os.utime({str(tmp_path / LOCK)!r}); time.sleep(0.1)"]
    )
    try:
        with pytest.raises(UsageError, match="process 1 on another-machine, since 2026-01-01T00:00:00 UTC"):
            FolderClaim(tmp_path).__enter__()
    finally:
        beating.kill()
        beating.wait()
    assert (tmp_path / LOCK).read_bytes() == there.encode()
    with FolderClaim(tmp_path) as taken:  # it gives no sign any more
        assert taken.is_there()


def test_a_file_system_without_locks_is_said_and_still_guarded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_descriptor: int) -> None:
        raise OSError(95, os.strerror(95))

    monkeypatch.setattr(claim, "lock", refuse)
    with FolderClaim(tmp_path) as taken:
        assert not taken.is_locked
        with pytest.raises(UsageError, match="is being written to by process"):
            FolderClaim(tmp_path).__enter__()


def test_what_lies_under_the_name_of_the_lock_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("precious")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / LOCK).symlink_to(tmp_path / "mine")
    with pytest.raises(Exception, match="cannot be written to"):
        FolderClaim(tmp_path / "out").__enter__()
    assert (tmp_path / "mine").read_text() == "precious"
