from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from pydicom.uid import UID, ExplicitVRLittleEndian, generate_uid
from run_files import copy_many, small_scene

from mammocalc.config import load
from mammocalc.execution.batch import run
from mammocalc.execution.run_options import Progress, RunRequest, RunSummary
from mammocalc.simulation import simulate
from mammocalc.simulation.recipe import Recipe
from mammocalc.simulation.vocabulary import Kind
from mammocalc.vocabulary.lexicon import Laterality

Judge = Callable[..., RunSummary]
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--enable-unsafe-swiftshader",  # WebGL by software, for the review page
    "--no-proxy-server",
    "--disable-dev-shm-usage",
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: the page is not tried")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("no Chromium on this machine: the page is not tried in a browser")
    with playwright.sync_playwright() as driver:
        instance = driver.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield instance
        instance.close()


@pytest.fixture
def copies(drawn: Path, tmp_path: Path) -> Callable[[int], Path]:
    """Write a folder of so many equal images, each under a UID of its own."""
    return lambda count: copy_many(drawn / "grouped.dcm", tmp_path / "in", count)


@pytest.fixture(scope="session")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three small mammograms, written once; tests work on copies."""
    kinds = (Kind.GROUPED, Kind.NONE, Kind.MACRO_ONLY)
    sides = (Laterality.LEFT, Laterality.RIGHT, Laterality.LEFT)
    scenes = tuple(
        small_scene(kind.value, kind, seed=number, patient=number + 1, laterality=sides[number])
        for number, kind in enumerate(kinds)
    )
    folder = tmp_path_factory.mktemp("drawn")
    simulate(folder, Recipe(scenes=scenes))
    return folder


@pytest.fixture(scope="session")
def three(drawn: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with grouped.dcm, macro_only.dcm and deep/er/none.dcm, which no test changes."""
    folder = tmp_path_factory.mktemp("three")
    (folder / "deep" / "er").mkdir(parents=True)
    shutil.copy(drawn / "grouped.dcm", folder)
    shutil.copy(drawn / "macro_only.dcm", folder)
    shutil.copy(drawn / "none.dcm", folder / "deep" / "er")
    return folder


@pytest.fixture
def mammograms(three: Path, tmp_path: Path) -> Path:
    """The same folder, for a test of its own."""
    return Path(shutil.copytree(three, tmp_path / "in"))


@pytest.fixture(scope="session")
def judge() -> Judge:
    """Run the engine within this process, which saves the start of workers."""

    def judge(
        inputs: Path | Sequence[Path],
        out: Path,
        *overrides: str,
        force: bool = False,
        on_progress: Callable[[Progress], None] = lambda _step: None,
        should_stop: Callable[[], bool] = lambda: False,
        open_executor: Callable[[int], Executor] | None = ThreadPoolExecutor,
    ) -> RunSummary:
        folders = (inputs,) if isinstance(inputs, Path) else tuple(inputs)
        request = RunRequest(folders, out, load(None, overrides), workers=1, force=force)
        return run(request, on_progress, should_stop, open_executor)

    return judge


@pytest.fixture
def rows_of() -> Callable[[Path], dict[str, dict[str, Any]]]:
    """Read files.jsonl by path."""

    def rows_of(out: Path) -> dict[str, dict[str, Any]]:
        lines = (out / "files.jsonl").read_text(encoding="utf-8").splitlines()
        return {row["path"]: row for row in map(json.loads, lines)}

    return rows_of


@pytest.fixture(scope="session")
def write_multiframe() -> Callable[..., str]:
    """Write the images of single-frame files as the frames of one, with the header of the first; gives its UID."""

    def write_multiframe(
        path: Path, singles: Sequence[Path], syntax: str = ExplicitVRLittleEndian, sop_class: str | None = None
    ) -> str:
        dataset = pydicom.dcmread(singles[0])
        uid = generate_uid(entropy_srcs=[path.name, syntax])
        dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = uid
        if sop_class is not None:
            dataset.SOPClassUID = dataset.file_meta.MediaStorageSOPClassUID = UID(sop_class)
        dataset.NumberOfFrames = len(singles)
        dataset.PixelData = np.stack(
            [pydicom.dcmread(single).pixel_array.astype("<u2") for single in singles]
        ).tobytes()
        dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        if syntax != ExplicitVRLittleEndian:
            dataset.compress(syntax, generate_instance_uid=False)
        dataset.save_as(path)
        return str(uid)

    return write_multiframe
