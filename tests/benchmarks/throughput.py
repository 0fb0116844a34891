"""
How much two workers do against one, and whether memory stays flat over many files.

    python tests/benchmarks/throughput.py [--images N] [--files N]

The first part judges N (24) simulated mammograms of 2048 x 1664 pixels with one worker and with two, and prints the
ratio of images per second between the first row and the last. A machine that others use as well makes that ratio
meaningless, so Linux is asked how long each worker was ready and had to wait for a processor; the second ratio leaves
that time out of each worker's clock, and is what a free machine with two processors gives. What the main process
takes is printed beside it.

The second part judges N (10,000) small files with two workers, and prints the memory of the main process and of the
largest worker after every tenth of them.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
from run_files import copy_many, small_scene

from mammocalc.simulation import simulate
from mammocalc.simulation.recipe import Recipe
from mammocalc.simulation.vocabulary import Kind

if TYPE_CHECKING:
    from collections.abc import Callable

MIB = 1 << 20


@dataclass(frozen=True)
class Moment:
    """How far a run is: rows written, and seconds passed, waited for a processor, and worked, of its processes."""

    rows: int
    at_s: float
    waited_s: float
    worker_cpu_s: float
    main_cpu_s: float


def main() -> None:
    """Print both figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=24)
    parser.add_argument("--files", type=int, default=10_000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        if arguments.images:
            compare_workers(Path(name), arguments.images)
        if arguments.files:
            watch_memory(Path(name), arguments.files)


def compare_workers(folder: Path, images: int) -> None:
    """Print the ratio of two workers to one."""
    many(folder / "images", images, field_mm=(143.4, 116.5), spacing_mm=0.07)
    rates, fair = {}, {}
    for workers in (1, 2):
        moments: list[Moment] = []
        run(folder / "images", folder / "out", workers, lambda *seen, at=moments: at.append(measure(*seen)))
        first = next(moment for moment in moments if moment.rows >= workers)
        last = moments[-1]
        done, passed_s = last.rows - first.rows, last.at_s - first.at_s
        waited_s = (last.waited_s - first.waited_s) / workers
        rates[workers], fair[workers] = done / passed_s, done / (passed_s - waited_s)
        cpu_s = (last.worker_cpu_s - first.worker_cpu_s) / done
        main_cpu_s = (last.main_cpu_s - first.main_cpu_s) / done
        print(
            f"{workers} worker(s): {done} images in {passed_s:.1f} s, "
            f"of which each waited {waited_s:.1f} s for a processor; "
            f"{cpu_s:.2f} s of processor per image, and {main_cpu_s * 1e3:.0f} ms in the main process"
        )
    print(f"two workers / one, as it was: {rates[2] / rates[1]:.2f}")
    print(f"two workers / one, without the waiting: {fair[2] / fair[1]:.2f}")


def watch_memory(folder: Path, files: int) -> None:
    """Print memory along a run over many files."""
    many(folder / "files", files, field_mm=(40.0, 40.0), spacing_mm=0.2)
    seen: dict[int, tuple[float, float]] = {}

    def look(rows: int, main_process: psutil.Process, workers: list[psutil.Process]) -> None:
        tenth = rows * 10 // files
        if tenth not in seen:
            seen[tenth] = (resident_mb(main_process), max(map(resident_mb, workers), default=0.0))

    began = time.monotonic()
    run(folder / "files", folder / "out", 2, look, "--set", "outputs.overlays=none")
    for tenth, (main_mb, worker_mb) in sorted(seen.items()):
        print(f"after {tenth * files // 10} files: main process {main_mb:.0f} MB, largest worker {worker_mb:.0f} MB")
    print(f"{files} files in {time.monotonic() - began:.0f} s")


def many(folder: Path, number: int, field_mm: tuple[float, float], spacing_mm: float) -> None:
    """Write copies of one simulated mammogram, each with a UID of its own."""
    simulate(
        folder, Recipe(scenes=(small_scene("many", Kind.GROUPED, field_mm=field_mm, pixel_spacing_mm=spacing_mm),))
    )
    shutil.rmtree(folder / "truth")
    [original] = folder.iterdir()
    copy_many(original, folder, number)
    original.unlink()


def run(
    images: Path,
    out: Path,
    workers: int,
    look: Callable[[int, psutil.Process, list[psutil.Process]], None],
    *options: str,
) -> None:
    """Run the command; ``look`` is called whenever rows were written."""
    command = [sys.executable, "-m", "mammocalc", "run", str(images), "--out", str(out), "--quiet"]
    with subprocess.Popen([*command, "--workers", str(workers), *options]) as process:
        known, before = psutil.Process(process.pid), 0
        while process.poll() is None:
            time.sleep(0.01)
            rows = (out / "files.jsonl").read_bytes().count(b"\n") if (out / "files.jsonl").exists() else 0
            children = [child for child in known.children() if rows > before] if process.poll() is None else []
            if rows > before and len(children) == workers:
                before = rows
                look(rows, known, children)
            elif rows > 1000:
                time.sleep(0.5)  # counting many rows must not take the processor from those who write them
    if process.returncode != 0:
        message = f"the run ended with {process.returncode}"
        raise RuntimeError(message)
    shutil.rmtree(out)


def measure(rows: int, main_process: psutil.Process, workers: list[psutil.Process]) -> Moment:
    """Read the clocks of all processes."""
    waited_s = worker_cpu_s = 0.0
    for worker in workers:
        # Three numbers for each thread: time on a processor, time ready without one (both ns), and how often.
        for task in Path(f"/proc/{worker.pid}/task").iterdir():
            waited_s += int((task / "schedstat").read_text(encoding="ascii").split()[1]) / 1e9
        worker_cpu_s += sum(worker.cpu_times()[:2])
    return Moment(rows, time.monotonic(), waited_s, worker_cpu_s, sum(main_process.cpu_times()[:2]))


def resident_mb(process: psutil.Process) -> float:
    """Measure resident memory; 0 for a process that has ended."""
    try:
        return float(process.memory_info().rss) / MIB
    except psutil.NoSuchProcess:
        return 0.0


if __name__ == "__main__":
    main()
