"""A study of four views, its run, and the programs that other people wrote to look at DICOM objects."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pydicom
import pytest
from run_files import small_scene

from mammocalc.dicom.writer import KINDS, Kind
from mammocalc.execution.export.export import export
from mammocalc.execution.export.request import ExportRequest, ExportSummary
from mammocalc.simulation import simulate
from mammocalc.simulation.recipe import Recipe
from mammocalc.simulation.vocabulary import Kind as Pattern
from mammocalc.vocabulary.lexicon import Laterality, View

Export = Callable[..., ExportSummary]
Tool = Callable[..., subprocess.CompletedProcess[str]]

VIEWS = (
    (Pattern.GROUPED, Laterality.RIGHT, View.CC),
    (Pattern.GROUPED, Laterality.RIGHT, View.MLO),
    (Pattern.NONE, Laterality.LEFT, View.CC),
    (Pattern.MACRO_ONLY, Laterality.LEFT, View.MLO),
)


@pytest.fixture(scope="session")
def views(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four small mammograms of one study, written once; tests work on copies."""
    scenes = tuple(
        small_scene(f"{side.value}_{view.value}", kind, seed=11 + number, patient=7, laterality=side, view=view)
        for number, (kind, side, view) in enumerate(VIEWS)
    )
    folder = tmp_path_factory.mktemp("views")
    simulate(folder, Recipe(scenes=scenes))
    shutil.rmtree(folder / "truth")
    return folder


@pytest.fixture(scope="session")
def study_run(views: Path, tmp_path_factory: pytest.TempPathFactory, judge: Callable[..., object]) -> Path:
    """The run of that study; tests that change it work on copies."""
    out = tmp_path_factory.mktemp("study") / "run"
    judge(views, out)
    return out


@pytest.fixture(scope="session")
def study_objects(views: Path, study_run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All objects of that study."""
    out = tmp_path_factory.mktemp("objects") / "out"
    summary = export(ExportRequest(study_run, views, out))
    assert summary.left_out == ()
    return out


@pytest.fixture
def images(views: Path, tmp_path: Path) -> Path:
    """A folder of one's own with the four mammograms."""
    return Path(shutil.copytree(views, tmp_path / "images"))


@pytest.fixture
def export_to(study_run: Path, tmp_path: Path) -> Export:
    """Export a run, that of the four views where none is named, into a folder of one's own."""

    def export_to(images: Path, *kinds: Kind, run: Path = study_run, out: Path = tmp_path / "objects") -> ExportSummary:
        return export(ExportRequest(run, images, out, kinds or KINDS))

    return export_to


@pytest.fixture(scope="session")
def tool() -> Tool:
    """Run a program that is no part of this one; skips where it is not installed."""

    def tool(name: str, *arguments: object) -> subprocess.CompletedProcess[str]:
        if shutil.which(name) is None:
            pytest.skip(f"{name} is not installed (Debian: dcmtk, dicom3tools): objects are not held against it")
        return subprocess.run([name, *map(str, arguments)], capture_output=True, check=False, encoding="latin-1")

    return tool


@pytest.fixture
def edit() -> Callable[..., None]:
    """Change attributes of a file; None takes one away."""

    def edit(path: Path, **values: object) -> None:
        dataset = pydicom.dcmread(path)
        for keyword, value in values.items():
            if value is None:
                del dataset[keyword]
            else:
                setattr(dataset, keyword, value)
        dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
        dataset.save_as(path)

    return edit


@pytest.fixture
def keep(images: Path) -> Callable[..., None]:
    """Remove all mammograms of one's own folder but those of some names."""

    def keep(*names: str) -> None:
        for path in images.glob("*.dcm"):
            if path.stem not in names:
                path.unlink()

    return keep
