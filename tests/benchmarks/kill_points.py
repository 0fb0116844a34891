"""
Whether a run survives being killed anywhere.

    python tests/benchmarks/kill_points.py [POINTS] [--seed N] [--files N]

Judges a folder of small mammograms (24, if nothing else is said) once without a fault. Then, POINTS times (200), it
runs the same command anew and kills it at a random moment: the main process or one of its workers, by SIGKILL. A killed
run is continued by the same command, and killed again with one chance in three. In the end results, details, overlays,
thumbnails and tables must be those of the unbroken run byte for byte, and no file of an image whose result lay there
when the run was continued may have been written again. Prints one line for each point, and stops at the first that
fails.
"""

from __future__ import annotations

import argparse
import random
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
from run_files import contents, copy_many, row_count, small_scene

from mammocalc.simulation import simulate
from mammocalc.simulation.recipe import Recipe
from mammocalc.simulation.vocabulary import Kind

if TYPE_CHECKING:
    from collections.abc import Callable

KINDS = ("results", "details", "overlays", "thumbnails", "tables")


@dataclass(frozen=True)
class Course:
    """A folder of images, what an unbroken run makes of it, and how long that takes from the first row to the last."""

    images: Path
    whole: dict[str, bytes]
    start_s: float
    judge_s: float


def main() -> int:
    """Run all points."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("points", nargs="?", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--files", type=int, default=24)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        course = prepare(folder, arguments.files)
        print(
            f"unbroken: {len(course.whole)} files, {course.start_s:.1f} s to the first row, {course.judge_s:.1f} s on"
        )
        for point in range(arguments.points):
            story = survive(course, folder / "out", random.Random(arguments.seed * 100_003 + point))
            print(f"{point + 1}/{arguments.points}: {story}", flush=True)
            shutil.rmtree(folder / "out")
    print(f"{arguments.points} of {arguments.points} runs ended as the unbroken one")
    return 0


def prepare(folder: Path, files: int) -> Course:
    """Write small mammograms, and judge them without a fault."""
    images = folder / "in"
    scene = small_scene("grouped", Kind.GROUPED, field_mm=(60.0, 45.0), pixel_spacing_mm=0.2)
    simulate(images, Recipe(scenes=(scene,)))
    shutil.rmtree(images / "truth")
    [original] = images.iterdir()
    copy_many(original, images, files)
    original.unlink()
    out = folder / "whole"
    began = time.monotonic()
    with subprocess.Popen(command(images, out), stderr=subprocess.PIPE) as process:
        wait_for_rows(process, out)
        start_s = time.monotonic() - began
        process.wait()
    if process.returncode != 0:
        message = f"the unbroken run ended with {process.returncode}"
        raise RuntimeError(message)
    return Course(images, contents(out), start_s, time.monotonic() - began - start_s)


def command(images: Path, out: Path) -> list[str]:
    """Write the command of a run with two workers."""
    return [sys.executable, "-m", "mammocalc", "run", str(images), "--out", str(out), "--workers", "2", "--quiet"]


def wait_for_rows(process: subprocess.Popen[bytes], out: Path) -> None:
    """Wait for the next row of a run, or for its end."""
    before = row_count(out)
    while process.poll() is None and row_count(out) <= before:
        time.sleep(0.01)


def finished(out: Path) -> dict[Path, int]:
    """Give the files of finished images, with the times at which they were written."""
    uids = {path.stem for path in (out / "results").rglob("*.json") if not path.name.startswith(".")}
    paths = [path for kind in KINDS[:4] for path in (out / kind).rglob("*") if path.stem in uids]
    return {path: path.stat().st_mtime_ns for path in paths}


def expect_untouched(before: dict[Path, int]) -> None:
    """Expect that files are there and were not written again."""
    expect(all(path.exists() for path in before), "files of finished images are gone")
    again = [path for path, when in before.items() if path.stat().st_mtime_ns != when]
    expect(not again, f"{len(again)} files of finished images were written again")


def by_the_same_command(images: Path, out: Path) -> None:
    """Continue a run as users do."""
    code = subprocess.run(command(images, out), check=False, stderr=subprocess.PIPE).returncode
    expect(code == 0, f"the continued run ended with {code}")


def survive(
    course: Course, out: Path, chance: random.Random, go_on: Callable[[Path, Path], object] = by_the_same_command
) -> str:
    """
    Kill a run at a random point, continue it until it ends, and compare.

    ``go_on`` takes the images and the folder of a run that is not to be killed again.

    Raises
    ------
    AssertionError
        If anything differs from the unbroken run, or a finished image was written again.
    """
    story = []
    while True:
        whom = chance.choice(("main process", "worker"))
        is_early = chance.random() < 1 / 4  # while headers are read and workers start
        after_s = chance.uniform(0, course.start_s if is_early else course.judge_s)
        before = finished(out)
        with subprocess.Popen(command(course.images, out), stderr=subprocess.PIPE) as process:
            if not is_early:
                wait_for_rows(process, out)
            workers = kill(process, whom, after_s, chance)
            code = process.wait()
        psutil.wait_procs(workers, timeout=60)  # orphans end themselves
        expect_untouched(before)
        story.append(f"{whom}, {after_s:.2f} s after the {'start' if is_early else 'first row'}, {row_count(out)} rows")
        if code == 0:
            break
        expect(code == -9, f"ended with {code}")
        if chance.random() > 1 / 3:
            before = finished(out)
            go_on(course.images, out)
            expect_untouched(before)
            break
    now = contents(out)
    differing = sorted(name for name in now.keys() | course.whole.keys() if now.get(name) != course.whole.get(name))
    expect(not differing, f"differs from the unbroken run in {differing[:5]}")
    leftovers = [path.name for path in out.rglob("*.part")]
    expect(not leftovers, f"left behind: {leftovers}")
    return "; then ".join(story)


def expect(holds: bool, otherwise: str) -> None:
    """Raise AssertionError with a sentence."""
    if not holds:
        raise AssertionError(otherwise)


def kill(process: subprocess.Popen[bytes], whom: str, after_s: float, chance: random.Random) -> list[psutil.Process]:
    """Kill after a time, unless it has ended by then; gives the workers that were there."""
    try:
        process.wait(after_s)
    except subprocess.TimeoutExpired:
        pass
    else:
        return []
    workers: list[psutil.Process] = []
    try:
        workers = psutil.Process(process.pid).children()
        if whom == "main process":
            process.kill()
        elif workers:
            chance.choice(workers).kill()
    except psutil.NoSuchProcess:
        pass
    return workers


if __name__ == "__main__":
    sys.exit(main())
