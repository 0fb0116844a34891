"""What becomes of a run whose output folder, or a part of it, goes away under it; and of one whose input does."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from run_files import contents, row_count, wait_until

from mammocalc.cli import main
from mammocalc.files.claim import LOCK, FolderClaim, require_folder
from mammocalc.vocabulary.errors import OutputLostError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from mammocalc.execution.run_options import Progress, RunSummary

    Judge = Callable[..., RunSummary]
    Rows = Callable[[Path], dict[str, dict[str, Any]]]


@pytest.fixture
def many(copies: Callable[[int], Path]) -> Path:
    return copies(6)


def run_while(folder: Path, out: Path, act: Callable[[], object]) -> subprocess.CompletedProcess[str]:
    """Run in a process of its own, and do something behind its back after the first row."""
    command = [sys.executable, "-m", "mammocalc", "run", str(folder), "--out", str(out), "--workers", "1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        wait_until(lambda: process.poll() is not None or row_count(out))
        act()
        said, complained = process.communicate(timeout=120)
    return subprocess.CompletedProcess(command, process.returncode, said, complained)


def remove(out: Path, aside: Path) -> None:
    shutil.copytree(out, aside)
    shutil.rmtree(out)


def by_an_empty_one(out: Path, aside: Path) -> None:
    out.rename(aside)
    out.mkdir()


@pytest.mark.parametrize(
    ("act", "sentence"),
    [
        (lambda out, aside: out.rename(aside), "the output folder is gone"),
        (remove, "the output folder is gone"),
        (by_an_empty_one, "another folder lies in the place of the output folder"),
    ],
)
def test_an_output_folder_that_goes_away_is_never_made_anew(
    many: Path, tmp_path: Path, judge: Judge, act: Callable[[Path, Path], object], sentence: str
) -> None:
    judge(many, tmp_path / "whole")
    out, aside = tmp_path / "share" / "out", tmp_path / "aside"
    ended = run_while(many, out, lambda: act(out, aside))
    assert ended.returncode == 3, ended.stderr
    assert sentence in ended.stderr
    assert "Traceback" not in ended.stderr
    assert "open " not in ended.stdout, "there is no page"
    assert out.exists() == (act is by_an_empty_one), "what came into its place is not ours to remove"
    assert not out.exists() or not list(out.iterdir())
    shutil.rmtree(out, ignore_errors=True)
    aside.rename(out)
    assert judge(many, out).stopped_because is None
    assert contents(out) == contents(tmp_path / "whole")


def test_results_that_cannot_be_written_for_another_reason_than_room_are_told_so(many: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"

    def put_a_file_in_the_way() -> None:
        shutil.rmtree(out / "results")
        (out / "results").write_text("in the way")

    ended = run_while(many, out, put_a_file_in_the_way)
    assert ended.returncode == 3
    assert "make room" not in ended.stderr
    assert "does not take the results any more" in ended.stderr
    assert "slowest: \n" not in ended.stdout


@pytest.mark.parametrize("place", ["results", "overlays/a/b"])
def test_no_run_is_written_among_the_files_of_another(
    many: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], place: str
) -> None:
    (tmp_path / "out" / "results").mkdir(parents=True)
    (tmp_path / "out" / "run.json").write_text('{"software": "mammocalc"}')
    assert main(["run", str(many), "--out", str(tmp_path / "out" / place)]) == 2
    assert "lies among the files of another run" in capsys.readouterr().err
    assert not list((tmp_path / "out" / "results").iterdir())


@pytest.fixture
def mounted(tmp_path: Path) -> Iterator[Callable[[Path], None]]:
    """Mount an empty disk over a folder, for as long as the test lasts."""
    places = []

    def mount(place: Path) -> None:
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=9m", "tmpfs", str(place)], check=True, capture_output=True)
        places.append(place)

    try:
        (tmp_path / "try").mkdir()
        mount(tmp_path / "try")
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("only the administrator can mount a file system")
    yield mount
    for place in places:
        subprocess.run(["umount", str(place)], check=True)


def test_a_disk_that_is_mounted_over_the_output_folder_is_noticed(
    many: Path, tmp_path: Path, mounted: Callable[[Path], None]
) -> None:
    out = tmp_path / "out"
    ended = run_while(many, out, lambda: mounted(out))
    assert ended.returncode == 3, ended.stderr
    assert "a disk was mounted over it" in ended.stderr
    assert list(out.iterdir()) == []


@pytest.mark.parametrize("kind", ["results", "details", "overlays", "thumbnails"])
def test_subfolders_that_are_removed_during_a_run_are_missed_at_its_end(
    many: Path, tmp_path: Path, judge: Judge, kind: str, rows_of: Rows
) -> None:
    whole, out = tmp_path / "whole", tmp_path / "out"
    judge(many, whole)
    seen: list[Progress] = []

    def remove(step: Progress) -> None:
        seen.append(step)
        if sum(step.stage == "files" for step in seen) == 3:
            shutil.rmtree(out / kind)

    summary = judge(many, out, on_progress=remove)
    assert "files of 3 images that were analysed are not there any more" in str(summary.stopped_because)
    assert summary.totals.status == {"analysed": 3, "skipped": 0, "failed": 0}
    assert len(rows_of(out)) == 3
    assert json.loads((out / "run.json").read_text())["state"] == "stopped"
    assert (out / "tables" / "images.csv").read_text().count("\n") == 1 + 3
    assert judge(many, out).resumed == 3
    assert contents(out) == contents(whole)


def test_one_result_that_is_moved_away_changes_the_exit_code(many: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    ended = run_while(many, out, lambda: next((out / "results").glob("*.json")).rename(tmp_path / "x.json"))
    assert ended.returncode == 3, ended.stderr
    assert "files of 1 image that was analysed are not there any more" in ended.stderr


@pytest.mark.parametrize("how", ["removed", "emptied", "renamed"])
def test_an_input_folder_that_goes_away_gives_rows(many: Path, tmp_path: Path, how: str, rows_of: Rows) -> None:
    out = tmp_path / "out"

    def act() -> None:
        if how == "renamed":
            many.rename(tmp_path / "elsewhere")
        else:
            shutil.rmtree(many)
        if how == "emptied":
            many.mkdir()

    ended = run_while(many, out, act)
    assert ended.returncode == 1, ended.stderr
    rows = rows_of(out)
    assert len(rows) == 6
    failed = [row for row in rows.values() if row["status"] == "failed"]
    assert failed
    assert {row["reason"] for row in failed} == {"missing_file"}
    assert "Traceback" not in ended.stderr
    again = main(["run", str(many), "--out", str(out), "--workers", "1", "--quiet"])
    assert again == 2


def test_a_claim_tells_its_folder_from_others(tmp_path: Path) -> None:
    with FolderClaim(tmp_path / "out") as claim:
        claim.check()
        (tmp_path / "out").rename(tmp_path / "aside")
        with pytest.raises(OutputLostError, match="is gone"):
            claim.check()
        require_folder(tmp_path / "aside", claim.token)
        (tmp_path / "out").mkdir()
        with pytest.raises(OutputLostError, match="another folder"):
            claim.check()
        with FolderClaim(tmp_path / "out"), pytest.raises(OutputLostError, match="taken the output folder over"):
            claim.check()
        shutil.rmtree(tmp_path / "out")
        (tmp_path / "aside").rename(tmp_path / "out")
        claim.check()
    assert not (tmp_path / "out").exists()
    (tmp_path / "mine").mkdir()
    with FolderClaim(tmp_path / "mine"):
        assert (tmp_path / "mine" / LOCK).exists()
    assert list((tmp_path / "mine").iterdir()) == []
