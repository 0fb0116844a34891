"""Small simulated images and copies of them as the input of a run, and the files that the run makes."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

import pydicom
from pydicom.uid import generate_uid

from mammocalc.simulation.recipe import Scene
from mammocalc.vocabulary.lexicon import Laterality, View

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mammocalc.simulation.vocabulary import Kind

KINDS: Final = ("results", "details", "overlays", "thumbnails", "candidates", "tables")
"""The folders of a run whose files are equal for equal input."""


SMALL: Final[dict[str, Any]] = {
    "seed": 1,
    "laterality": Laterality.LEFT,
    "view": View.CC,
    "field_mm": (70.0, 50.0),
    "pixel_spacing_mm": 0.1,
    "micro_diameter_mm": (0.4, 0.7),
    "snr": (40.0, 80.0),
}


def small_scene(name: str, kind: Kind, **changes: Any) -> Scene:
    """Give an image that is analysed in a tenth of a second, and whose calcifications nobody can miss."""
    return Scene(name=name, kind=kind, **{**SMALL, **changes})


def copy_as(original: Path, target: Path, word: str = "", **attributes: Any) -> None:
    """Write a copy under the UID that belongs to a word (the name of the file, if none is given), changed in places."""
    target.parent.mkdir(parents=True, exist_ok=True)
    dataset = pydicom.dcmread(original)
    dataset.SOPInstanceUID = generate_uid(entropy_srcs=[word or target.name])
    for keyword, value in attributes.items():
        setattr(dataset, keyword, value)
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    dataset.save_as(target)


def copy_many(original: Path, folder: Path, count: int) -> Path:
    """Write 000.dcm, 001.dcm and so on, each under a UID of its own, and give the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    dataset = pydicom.dcmread(original)
    for number in range(count):
        uid = generate_uid(entropy_srcs=[f"copy {number}"])
        dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = uid
        dataset.save_as(folder / f"{number:03d}.dcm")
    return folder


def contents(out: Path, *kinds: str) -> dict[str, bytes]:
    """Read the files of a run that must be equal, by path; of some kinds, where these are named."""
    paths = [path for kind in kinds or KINDS for path in sorted((out / kind).rglob("*")) if path.is_file()]
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in paths}


def row_count(out: Path) -> int:
    """Count the rows that a run has written so far."""
    try:
        return (out / "files.jsonl").read_bytes().count(b"\n")
    except FileNotFoundError:
        return 0


def wait_until(condition: Callable[[], object], seconds: float = 120.0) -> None:
    """Wait until something is so; raise TimeoutError where it never is."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(condition)
        time.sleep(0.02)
