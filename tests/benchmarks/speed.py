"""
How fast one image is judged, and how much memory that takes.

    python tests/benchmarks/speed.py

Prints the time of `analyse` on a phantom of 3328 x 2560 pixels as a ratio to OpenCV's white top-hat of the same image
with an elliptical footprint of 15 pixels in uint16, both the best of five in one process with one thread, then the
share of each stage under a profiler, and what naming the findings takes of the time without one: landmarks, arteries,
kinds, clusters and distributions, on the same phantom and on a crowded one. Last, the peak memory of a process that
reads, judges and draws an image of 5355 x 4915 pixels. Ratios can be compared between machines, seconds cannot.
"""

from __future__ import annotations

import cProfile
import json
import pstats
import re
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

from pipeline.analyse import analyse
from pipeline.config import Config
from pipeline.dicom import read_mammogram
from pipeline.dicom.settings import DicomSettings
from pipeline.outputs.overlay import encode_overlay, render_overlay
from pipeline.phantom import Recipe, Scene, simulate
from pipeline.phantom.vocabulary import Kind
from pipeline.stages import distribution, group, landmarks, morphology, pattern, vessels

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType

    from pipeline.model import Mammogram

REPEATS = 5
NAMING: dict[str, tuple[ModuleType, tuple[str, ...]]] = {
    "landmarks": (landmarks, ("find_landmarks",)),
    "vessels": (vessels, ("flag_vessels",)),
    "morphology": (morphology, ("classify_morphology", "set_apart", "classify_cluster")),
    "group": (group, ("find_clusters", "memberships")),
    "pattern": (pattern, ("describe_pattern",)),
    "distribution": (distribution, ("classify_pattern", "classify_image", "withhold")),
}
"""The stages after the search, and what `analyse` calls of each."""
CROWDED = 250
"""Planted calcifications of the crowded phantom, more than twice those of a usual diffuse scene."""


def main() -> None:
    """Print both figures."""
    if len(sys.argv) > 1:
        print(json.dumps(_peak_mb(Path(sys.argv[1]))))
        return
    cv2.setNumThreads(1)
    with tempfile.TemporaryDirectory() as folder:
        mammogram = _phantom(Path(folder), rows=3328, columns=2560, spacing_mm=0.07)[1]
        ratio, judged_s, tophat_s = _ratio(mammogram)
        print(f"analyse / top-hat of 15 pixels, 3328 x 2560, one thread: {ratio:.2f}")
        print(f"  (here {judged_s * 1e3:.0f} ms and {tophat_s * 1e3:.0f} ms, best of {REPEATS})")
        _print_stages(mammogram)
        _print_naming("the same phantom", mammogram)
        crowded = _phantom(Path(folder), rows=3328, columns=2560, spacing_mm=0.07, kind=Kind.DIFFUSE, count=CROWDED)[1]
        _print_naming(f"a phantom with {CROWDED} calcifications", crowded)
        large, _ = _phantom(Path(folder), rows=5355, columns=4915, spacing_mm=0.05)
        command = [sys.executable, __file__, str(large)]
        answer = subprocess.run(command, check=True, capture_output=True, text=True)
        for name, megabytes in json.loads(answer.stdout).items():
            print(f"peak memory, 5355 x 4915, {name}: {megabytes:.0f} MB")


def _phantom(
    folder: Path, rows: int, columns: int, spacing_mm: float, kind: Kind = Kind.SEGMENTAL, count: int | None = None
) -> tuple[Path, Mammogram]:
    field_mm = (rows * spacing_mm, columns * spacing_mm)
    counts = None if count is None else (count, count)
    name = f"{kind.value}{rows}"
    scene = Scene(name=name, kind=kind, seed=1, field_mm=field_mm, pixel_spacing_mm=spacing_mm, count=counts)
    [path] = [p for p in simulate(folder, Recipe(scenes=(scene,))) if p.suffix == ".dcm"]
    return path, read_mammogram(path, DicomSettings())


def _best(call: Callable[[], object]) -> float:
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return min(times)


def _ratio(mammogram: Mammogram) -> tuple[float, float, float]:
    config = Config()
    ellipse = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (15, 15))
    analyse(mammogram, config)  # imports and tables
    judged_s = _best(lambda: analyse(mammogram, config))
    tophat_s = _best(lambda: cv2.morphologyEx(mammogram.pixels.codes, cv2.MORPH_TOPHAT, ellipse))
    return judged_s / tophat_s, judged_s, tophat_s


def _print_stages(mammogram: Mammogram) -> None:
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
    for seconds, module, name in sorted(rows, reverse=True)[:8]:
        print(f"  {module}.{name}: {seconds / whole:.0%}")


def _print_naming(name: str, mammogram: Mammogram) -> None:
    """Print the share of the naming stages in the time of `analyse`, the median of several runs.

    Times are those of the processor, which other programs disturb less.
    """
    config, runs = Config(), []
    found = len(analyse(mammogram, config).calcifications)
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
    print(f"naming what was found, {name}, {found} reported: {together:.1%} of analyse ({each})")


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
