"""What a power cut, a full disk or a broken file system leaves in the folder of a run."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from mammocalc.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from mammocalc.execution.run_options import Progress, RunSummary

    Judge = Callable[..., RunSummary]
    Rows = Callable[[Path], dict[str, dict[str, Any]]]

KINDS = ("results", "details", "overlays", "thumbnails", "candidates", "tables")


def contents(out: Path) -> dict[str, bytes]:
    paths = [path for kind in KINDS for path in sorted((out / kind).rglob("*")) if path.is_file()]
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in paths}


def stop_after_two(judge: Judge, mammograms: Path, out: Path) -> str:
    """Leave a run that was stopped; gives the UID of an image that it judged."""
    seen: list[Progress] = []
    judge(
        mammograms, out, "outputs.candidates=true",
        on_progress=seen.append, should_stop=lambda: sum(step.row is not None for step in seen) >= 2,
    )  # fmt: skip
    return min((out / "results").iterdir()).stem


@pytest.fixture
def whole(judge: Judge, mammograms: Path, tmp_path: Path) -> dict[str, bytes]:
    judge(mammograms, tmp_path / "whole", "outputs.candidates=true")
    return contents(tmp_path / "whole")


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


@pytest.mark.parametrize("damage", [cut, lambda path: path.write_bytes(b""), lambda path: path.unlink()])
@pytest.mark.parametrize(
    ("kind", "ending"),
    [("results", "json"), ("details", "html"), ("overlays", "jpg"), ("thumbnails", "jpg"), ("candidates", "json")],
)
def test_an_image_of_which_a_file_is_damaged_is_judged_again(
    judge: Judge, mammograms: Path, tmp_path: Path, whole: dict[str, bytes], kind: str, ending: str, damage: Any
) -> None:
    out = tmp_path / "out"
    uid = stop_after_two(judge, mammograms, out)
    number = len(list((out / "results").iterdir()))
    damage(out / kind / f"{uid}.{ending}")
    assert judge(mammograms, out, "outputs.candidates=true").resumed == number - 1
    assert contents(out) == whole


def test_a_result_without_a_row_is_taken_over(
    judge: Judge, mammograms: Path, tmp_path: Path, whole: dict[str, bytes], rows_of: Rows
) -> None:
    out = tmp_path / "out"
    judge(mammograms, out, "outputs.candidates=true")
    before = {path: path.stat().st_mtime_ns for path in (out / "results").iterdir()}
    lines = (out / "files.jsonl").read_text().splitlines(keepends=True)
    (out / "files.jsonl").write_text(lines[0] + lines[1][:30])
    assert judge(mammograms, out, "outputs.candidates=true").resumed == 3
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert {row["status"] for row in rows_of(out).values()} == {"analysed"}
    assert contents(out) == whole


def test_rows_that_make_no_sense_are_written_anew(
    judge: Judge, mammograms: Path, tmp_path: Path, whole: dict[str, bytes], rows_of: Rows
) -> None:
    out = tmp_path / "out"
    stop_after_two(judge, mammograms, out)
    with (out / "files.jsonl").open("ab") as file:
        file.write(b'{"path": "grouped.dcm", "status": "dreamed"}\n[1]\n\xff\xfe\x00\n{"path": "half a li')
    judge(mammograms, out, "outputs.candidates=true")
    assert list(rows_of(out)) == ["deep/er/none.dcm", "grouped.dcm", "macro_only.dcm"]
    assert contents(out) == whole


def test_a_result_of_another_run_is_not_taken_over(
    judge: Judge, mammograms: Path, tmp_path: Path, whole: dict[str, bytes]
) -> None:
    out = tmp_path / "out"
    uid = stop_after_two(judge, mammograms, out)
    place = out / "results" / f"{uid}.json"
    document = json.loads(place.read_bytes())
    document["provenance"]["configuration_digest"] = "0" * 16
    place.write_text(json.dumps(document))
    judge(mammograms, out, "outputs.candidates=true")
    assert contents(out) == whole


def test_files_that_were_half_written_are_gone_after_the_next_run(
    judge: Judge, mammograms: Path, tmp_path: Path, whole: dict[str, bytes]
) -> None:
    out = tmp_path / "out"
    stop_after_two(judge, mammograms, out)
    left = [".run.json.7.part", "index.html.part", "tables/images.csv.part", "overlays/.1.2.jpg.7.part"]
    for name in left:
        (out / name).write_bytes(b"half")
    judge(mammograms, out, "outputs.candidates=true")
    assert not list(out.rglob("*.part"))
    assert contents(out) == whole


def test_the_log_begins_a_line_of_its_own_behind_half_a_line(judge: Judge, mammograms: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    stop_after_two(judge, mammograms, out)
    with (out / "log.jsonl").open("a") as file:
        file.write('{"time": "20')
    judge(mammograms, out, "outputs.candidates=true")
    lines = (out / "log.jsonl").read_text().splitlines()
    assert lines.count('{"time": "20') == 1
    events = [json.loads(line)["event"] for line in lines if line != '{"time": "20']
    assert events == ["run_started", "run_ended", "run_started", "run_continued", "run_ended"]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of little more than one megabyte."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1200k", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode != 0:
        pytest.skip("only the administrator can mount a file system; the limit on file sizes is tested elsewhere")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.parametrize("left_kb", [260, 130, 60, 12, 0])
def test_a_disk_that_fills_up_stops_the_run_which_goes_on_when_there_is_room(
    mammograms: Path, tmp_path: Path, small_disk: Path, left_kb: int, capfd: pytest.CaptureFixture[str]
) -> None:
    command = ["run", str(mammograms), "--workers", "2", "--quiet", "--out"]
    assert main([*command, str(tmp_path / "whole")]) == 0
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
    assert main([*command, str(out)]) == 0
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert contents(out) == contents(tmp_path / "whole")
    shutil.rmtree(out)
