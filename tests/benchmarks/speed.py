"""
How fast one image is judged, and how much memory that takes.

    python tests/benchmarks/speed.py

Prints ratios to OpenCV's white top-hat of the same image with an elliptical
footprint of 15 pixels in uint16, in one thread: of `analyse` and of every step
beside it, on a usual simulated of 3328 x 2560 pixels and on a crowded one, steps
and top-hat taking turns in one process; then of the whole command, by image,
over a mix of both: what a folder of six takes more than one of one, so that
the start is left out. After that the share of each stage under a profiler, and
what naming the findings takes of the time without one: landmarks, arteries,
kinds, clusters and distributions. Last, the peak memory of a process that
reads, judges and draws an image of 5355 x 4915 pixels. Times are those of the
processor, which other programs disturb less; ratios can be compared between
machines, seconds cannot.
"""

from __future__ import annotations

import cProfile
import json
import pstats
import re
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from unittest import mock

import cv2
import numpy as np

from mammocalc.analysis.image import analyse
from mammocalc.config import Config
from mammocalc.dicom import read_mammogram
from mammocalc.dicom.reader.settings import DicomSettings
from mammocalc.rendering.details import render_details
from mammocalc.rendering.overlay import encode_overlay, encode_thumbnail, render_overlay
from mammocalc.results.from_json import from_json
from mammocalc.results.result import Provenance, Result
from mammocalc.results.to_json import encode, to_json
from mammocalc.simulation import Recipe, Scene, simulate
from mammocalc.simulation.vocabulary import Kind
from mammocalc.stages import cluster_features, clustering, distribution, landmarks, morphology, vessels

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from types import ModuleType

    from mammocalc.model import Mammogram

REPEATS = 9
NAMING: dict[str, tuple[ModuleType, tuple[str, ...]]] = {
    "landmarks": (landmarks, ("find_landmarks",)),
    "vessels": (vessels, ("flag_vessels",)),
    "morphology": (morphology, ("classify_morphology", "set_apart", "classify_cluster")),
    "group": (clustering, ("find_clusters", "memberships")),
    "pattern": (cluster_features, ("describe_pattern",)),
    "distribution": (distribution, ("classify_pattern", "classify_image", "withhold")),
}
"""The stages after the search, and what `analyse` calls of each."""
USUAL = (3328, 2560, 0.07)
"""Rows, columns and pixel size of the simulated images."""
LARGE = (5355, 4915, 0.05)
CROWD = 250
"""Planted calcifications of the crowded simulated image, more than twice those of a usual diffuse scene."""
MIX = {
    "usual": (Kind.SEGMENTAL, None),
    "crowded": (Kind.DIFFUSE, CROWD),
    "none": (Kind.NONE, None),
    "grouped": (Kind.GROUPED, None),
    "linear": (Kind.LINEAR, None),
    "crowded too": (Kind.REGIONAL, CROWD // 2),
}
"""What the command is given: kinds, and how many calcifications where it is not as many as usual."""
COMMANDS = 3
"""How often the command is repeated."""


def main() -> None:
    """Print all figures."""
    if len(sys.argv) > 1:
        print(json.dumps(_peak_mb(Path(sys.argv[1]))))
        return
    cv2.setNumThreads(1)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        paths = {title: _phantom(folder, title, USUAL, *scene) for title, scene in MIX.items()}
        tophat_s = [_print_steps(title, paths[title]) for title in ("usual", "crowded")]
        _print_command(list(paths.values()), folder, float(np.mean(tophat_s)))
        for title in ("usual", "crowded"):
            mammogram = read_mammogram(paths[title], DicomSettings())
            _print_stages(title, mammogram)
            _print_naming(title, mammogram)
        large = _phantom(folder, "large", LARGE, Kind.SEGMENTAL, None)
        answer = subprocess.run([sys.executable, __file__, str(large)], check=True, capture_output=True, text=True)
        for what, megabytes in json.loads(answer.stdout).items():
            print(f"peak memory, {LARGE[0]} x {LARGE[1]}, {what}: {megabytes:.0f} MB")


def _phantom(folder: Path, title: str, size: tuple[int, int, float], kind: Kind, count: int | None) -> Path:
    """Simulate one image, in a folder of its own."""
    rows, columns, spacing_mm = size
    scene = Scene(
        name="image",
        kind=kind,
        seed=len(list(folder.iterdir())) + 1,
        field_mm=(rows * spacing_mm, columns * spacing_mm),
        pixel_spacing_mm=spacing_mm,
        count=None if count is None else (count, count),
    )
    [path] = [p for p in simulate(folder / title, Recipe(scenes=(scene,))) if p.suffix == ".dcm"]
    return path


def _print_steps(title: str, path: Path) -> float:
    """Print what each step of an image takes in top-hats, the median of several runs; give the seconds of a top-hat."""
    config, runs = Config(), []
    ellipse = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (15, 15))
    for _ in range(REPEATS + 1):
        clock = [time.process_time()]
        mammogram = read_mammogram(path, DicomSettings())
        clock.append(time.process_time())
        report = analyse(mammogram, config)
        clock.append(time.process_time())
        rendered = render_overlay(mammogram, report, config.overlay)
        clock.append(time.process_time())
        encode_overlay(rendered, config.overlay)
        encode_thumbnail(rendered)
        clock.append(time.process_time())
        document = to_json(Result.of(report, Provenance("mammocalc", "", "", "default")))
        render_details(from_json(document), "results/00/1.2.3.json")
        encode(document)
        clock.append(time.process_time())
        cv2.morphologyEx(mammogram.pixels.codes, cv2.MORPH_TOPHAT, ellipse)
        clock.append(time.process_time())
        runs.append(np.diff(clock))
    *steps_s, tophat_s = np.median(runs[1:], axis=0)  # the first run imports and makes tables
    names = ("read", "analyse", "overlay", "its encoding", "JSON and details")
    each = ", ".join(f"{name} {seconds / tophat_s:.2f}" for name, seconds in zip(names, steps_s, strict=True))
    print(
        f"{title}, {len(report.calcifications)} reported, in top-hats: {each}; together {sum(steps_s) / tophat_s:.2f}"
    )
    print(f"  (a top-hat takes {tophat_s * 1e3:.0f} ms here)")
    return float(tophat_s)


def _print_command(paths: Sequence[Path], folder: Path, tophat_s: float) -> None:
    """Print what the command takes for each further image, with one worker: the median of several runs."""
    more = []
    for number in range(COMMANDS):
        alone_s, all_s = (_command_s(given, folder / f"{number}-{len(given)}") for given in (paths[:1], paths))
        more.append((all_s - alone_s) / (len(paths) - 1))
    print(f"the whole command, by image, start excluded, in top-hats: {float(np.median(more)) / tophat_s:.2f}")


def _command_s(given: Sequence[Path], out: Path) -> float:
    """Seconds of the processor that the command and its worker take."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [
        sys.executable,
        "-m",
        "mammocalc",
        "run",
        *map(str, given),
        "--out",
        str(out),
        "--workers",
        "1",
        "--quiet",
    ]
    subprocess.run(command, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _print_stages(title: str, mammogram: Mammogram) -> None:
    profile = cProfile.Profile()
    profile.runcall(analyse, mammogram, Config())
    stats = pstats.Stats(profile).stats  # type: ignore[attr-defined]
    rows = [
        (cumulative, Path(file).stem if Path(file).stem != "__init__" else Path(file).parent.name, name)
        for (file, _, name), (_, _, _, cumulative, _) in stats.items()
        if "stages" in file and not name.startswith(("_", "<"))
    ]
    total = sum(seconds for _, _, _, seconds, _ in stats.values() if seconds) or 1.0
    whole = max(seconds for (_, _, name), (_, _, _, seconds, _) in stats.items() if name == "analyse") or total
    largest = [f"{module}.{name} {seconds / whole:.0%}" for seconds, module, name in sorted(rows, reverse=True)[:8]]
    print(f"{title}, shares of analyse under a profiler: {', '.join(largest)}")


def _print_naming(title: str, mammogram: Mammogram) -> None:
    """Print the share of the naming stages in the time of `analyse`, the median of several runs.

    Times are those of the processor, which other programs disturb less.
    """
    config, runs = Config(), []
    for _ in range(REPEATS):
        spent: dict[str, float] = dict.fromkeys(NAMING, 0.0)
        with _stopwatches(spent):
            start = time.process_time()
            analyse(mammogram, config)
            whole = time.process_time() - start
        runs.append([spent[stage] / whole for stage in NAMING])
    shares = np.median(runs, axis=0)
    each = ", ".join(f"{stage} {share:.1%}" for stage, share in zip(NAMING, shares, strict=True))
    together = float(np.median(np.sum(runs, axis=1)))
    print(f"{title}, naming what was found: {together:.1%} of analyse ({each})")


@contextmanager
def _stopwatches(spent: dict[str, float]) -> Iterator[None]:
    """Add up the seconds that `analyse` waits for the functions of each stage."""
    with ExitStack() as stack:
        for stage, (module, names) in NAMING.items():
            for name in names:
                stack.enter_context(mock.patch.object(module, name, _watched(getattr(module, name), stage, spent)))
        yield


def _watched(call: Callable[..., object], stage: str, spent: dict[str, float]) -> Callable[..., object]:
    def watched(*arguments: object) -> object:
        start = time.process_time()
        try:
            return call(*arguments)
        finally:
            spent[stage] += time.process_time() - start

    return watched


def _peak_mb(path: Path) -> dict[str, float]:
    cv2.setNumThreads(1)
    config = Config()
    before = _high_water_mb()
    mammogram = read_mammogram(path, DicomSettings())
    report = analyse(mammogram, config)
    encode_overlay(render_overlay(mammogram, report, config.overlay), config.overlay)
    return {"imports alone": before, "one image read, judged and drawn": _high_water_mb()}


def _high_water_mb() -> float:
    """Peak of this process alone; the resource module would give that of the process that started it as well."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) / 1024  # type: ignore[index]


if __name__ == "__main__":
    main()
