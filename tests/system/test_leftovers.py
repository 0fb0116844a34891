"""What a power cut, a full disk or a broken file system leaves in the folder of a run."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from run_files import contents

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mammocalc.execution.run_options import Progress, RunSummary

    Judge = Callable[..., RunSummary]
    Rows = Callable[[Path], dict[str, dict[str, Any]]]


WHOLE = "outputs.candidates=true"


@pytest.fixture(scope="module")
def whole(judge: Judge, three: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What an unbroken run gives."""
    out = tmp_path_factory.mktemp("whole") / "out"
    judge(three, out, WHOLE)
    return contents(out)


@pytest.fixture(scope="module")
def stopped_once(judge: Judge, three: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that was stopped after two images."""
    out = tmp_path_factory.mktemp("stopped") / "out"
    seen: list[Progress] = []
    judge(
        three, out, WHOLE,
        on_progress=seen.append, should_stop=lambda: sum(step.row is not None for step in seen) >= 2,
    )  # fmt: skip
    return out


@pytest.fixture
def out(stopped_once: Path, tmp_path: Path) -> Path:
    """The same run, for a test of its own."""
    return Path(shutil.copytree(stopped_once, tmp_path / "out"))


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


@pytest.mark.parametrize("damage", [cut, lambda path: path.write_bytes(b""), lambda path: path.unlink()])
@pytest.mark.parametrize(
    ("kind", "ending"),
    [("results", "json"), ("details", "html"), ("overlays", "jpg"), ("thumbnails", "jpg"), ("candidates", "json")],
)
def test_an_image_of_which_a_file_is_damaged_is_judged_again(
    judge: Judge, three: Path, out: Path, whole: dict[str, bytes], kind: str, ending: str, damage: Any
) -> None:
    uid = min((out / "results").iterdir()).stem
    number = len(list((out / "results").iterdir()))
    damage(out / kind / f"{uid}.{ending}")
    assert judge(three, out, WHOLE).resumed == number - 1
    assert contents(out) == whole


def test_a_result_without_a_row_is_taken_over(
    judge: Judge, three: Path, out: Path, whole: dict[str, bytes], rows_of: Rows
) -> None:
    judge(three, out, WHOLE)
    before = {path: path.stat().st_mtime_ns for path in (out / "results").iterdir()}
    lines = (out / "files.jsonl").read_text().splitlines(keepends=True)
    (out / "files.jsonl").write_text(lines[0] + lines[1][:30])
    assert judge(three, out, WHOLE).resumed == 3
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert {row["status"] for row in rows_of(out).values()} == {"analysed"}
    assert contents(out) == whole


def test_rows_that_make_no_sense_are_written_anew(
    judge: Judge, three: Path, out: Path, whole: dict[str, bytes], rows_of: Rows
) -> None:
    with (out / "files.jsonl").open("ab") as file:
        file.write(b'{"path": "grouped.dcm", "status": "dreamed"}\n[1]\n\xff\xfe\x00\n{"path": "half a li')
    judge(three, out, WHOLE)
    assert list(rows_of(out)) == ["deep/er/none.dcm", "grouped.dcm", "macro_only.dcm"]
    assert contents(out) == whole


def test_a_result_of_another_run_is_not_taken_over(
    judge: Judge, three: Path, out: Path, whole: dict[str, bytes]
) -> None:
    uid = min((out / "results").iterdir()).stem
    place = out / "results" / f"{uid}.json"
    document = json.loads(place.read_bytes())
    document["provenance"]["configuration_digest"] = "0" * 16
    place.write_text(json.dumps(document))
    judge(three, out, WHOLE)
    assert contents(out) == whole


def test_files_that_were_half_written_are_gone_after_the_next_run(
    judge: Judge, three: Path, out: Path, whole: dict[str, bytes]
) -> None:
    left = [".run.json.7.part", "index.html.part", "tables/images.csv.part", "overlays/.1.2.jpg.7.part"]
    for name in left:
        (out / name).write_bytes(b"half")
    judge(three, out, WHOLE)
    assert not list(out.rglob("*.part"))
    assert contents(out) == whole


def test_the_log_begins_a_line_of_its_own_behind_half_a_line(judge: Judge, three: Path, out: Path) -> None:
    with (out / "log.jsonl").open("a") as file:
        file.write('{"time": "20')
    judge(three, out, WHOLE)
    lines = (out / "log.jsonl").read_text().splitlines()
    assert lines.count('{"time": "20') == 1
    events = [json.loads(line)["event"] for line in lines if line != '{"time": "20']
    assert events == ["run_started", "run_ended", "run_started", "run_continued", "run_ended"]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system that holds the results of three images (1.2 MB), and half as much again."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1800k", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode != 0:
        pytest.skip("only the administrator can mount a file system; the limit on file sizes is tested elsewhere")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.parametrize(("left_kb", "workers"), [(260, 2), (130, 1), (60, 1), (12, 2), (0, 1)])
def test_a_disk_that_fills_up_stops_the_run_which_goes_on_when_there_is_room(
    judge: Judge, three: Path, small_disk: Path, whole: dict[str, bytes], left_kb: int, workers: int
) -> None:
    command = ["run", str(three), "--workers", str(workers), "--quiet", "--set", WHOLE, "--out"]
    out = small_disk / "out"
    out.mkdir()
    # What keeps the disk full appears behind the question how much is free, as it does with other users.
    program = (
        "import sys\n"
        "from mammocalc.execution import batch\n"
        "ask = batch.require_space\n"
        "def ask_and_fill(root, *arguments, **named):\n"
        "    free = __import__('shutil').disk_usage(root).free\n"
        "    with open(root.parent / 'foreign', 'wb', buffering=0) as file:\n"
        f"        file.write(bytes(max(0, free - {left_kb * 1024})))\n"
        "batch.require_space = ask_and_fill\n"
        "from mammocalc.cli import main\n"
        "sys.exit(main(sys.argv[1:]))\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program, *command, str(out)], check=False, capture_output=True, text=True, timeout=120
    )
    assert ended.returncode == 3, ended.stderr
    assert "No space left on device" in ended.stderr
    assert "make room" in ended.stderr
    assert "Traceback" not in ended.stderr
    if left_kb > 50:  # else it did not even begin
        assert json.loads((out / "run.json").read_text())["state"] == "stopped"
    assert not (out / ".reserve.part").exists() or left_kb <= 50
    (small_disk / "foreign").unlink()
    before = {path: path.stat().st_mtime_ns for path in (out / "results").glob("*.json")}
    assert judge(three, out, WHOLE).stopped_because is None
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert contents(out) == whole
    shutil.rmtree(out)
