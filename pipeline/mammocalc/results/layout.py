"""Layout of the folder of a run: names of all its files and folders."""

from __future__ import annotations

import hashlib
import os
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

RECORD, ROWS, PAGE, LOG = "run.json", "files.jsonl", "index.html", "log.jsonl"
RESULTS, OVERLAYS, THUMBNAILS, CANDIDATES, TABLES = "results", "overlays", "thumbnails", "candidates", "tables"
DETAILS: Final = "details"
STUDIES: Final = "studies"
MADE: Final = "made.jsonl"
KINDS: Final = (RESULTS, DETAILS, OVERLAYS, THUMBNAILS, CANDIDATES, TABLES, STUDIES)
"""Folders of a run, by what is in them."""
TABLE_ENDINGS: Final = (".csv", ".parquet")
SHARDED_ABOVE: Final = 2000  # files in one folder that file managers still open without a pause
SHARDS: Final = 256  # subfolders of a folder: two hexadecimal digits


def say_no_run(folder: Path) -> str:
    """Say that a folder holds no run, or one whose record nobody can read, and what to do."""
    if os.path.lexists(folder / RECORD):
        return (
            f"{folder / RECORD} cannot be read, or is not what a run of mammocalc writes: repeat the run with --force"
        )
    return f"{folder} holds no run (no {RECORD} of mammocalc): give the folder that --out of the run named"


def levels_for(images: int) -> int:
    """
    Say how many levels of subfolders keep each folder of a run small.

    Examples
    --------
    >>> levels_for(2_000), levels_for(2_001), levels_for(512_000), levels_for(10_000_000)
    (0, 1, 1, 2)
    """
    if images <= SHARDED_ABOVE:
        return 0
    return 1 if images <= SHARDED_ABOVE * SHARDS else 2


def place_of(kind: str, uid: str, ending: str, levels: int) -> PurePosixPath:
    """
    Say where a file of one image or study belongs, relative to the run.

    ``uid`` is that of the study, or the key of the image.

    Examples
    --------
    >>> for levels in range(3):
    ...     place_of("results", "1.2.3", ".json", levels).as_posix()
    'results/1.2.3.json'
    'results/c4/1.2.3.json'
    'results/c4/7f/1.2.3.json'
    """
    digits = hashlib.sha256(uid.encode("ascii")).hexdigest()
    return PurePosixPath(kind, *(digits[2 * level : 2 * level + 2] for level in range(levels)), uid + ending)


def beside(place: str, kind: str, ending: str) -> str:
    """
    Say where the file of another kind of the same image lies, in the same subfolders.

    Parameters
    ----------
    place : str
        Of any file of the image, relative to the run, with forward slashes.
    kind, ending : str
        Of the other.

    Returns
    -------
    str
        Likewise.

    Examples
    --------
    >>> beside("results/ab/1.2.3.json", "details", ".html")
    'details/ab/1.2.3.html'
    """
    return PurePosixPath(kind, *PurePosixPath(place).parts[1:]).with_suffix(ending).as_posix()


def details_path(result: str) -> str:
    """Say where the page of an image lies, given its result."""
    return beside(result, DETAILS, ".html")


def thumbnail_path(overlay: str) -> str:
    """Say where the thumbnail of an overlay lies."""
    return beside(overlay, THUMBNAILS, ".jpg")


def table_path(table: str, ending: str = ".csv") -> PurePosixPath:
    """Say where a table of a run lies, relative to it: ``images``, ``calcifications`` or ``clusters``."""
    return PurePosixPath(TABLES, table + ending)


def result_files(run_folder: Path) -> list[Path]:
    """List the results of a run, relative to its folder, by the keys of the images: the same order for any sharding."""
    return _files(run_folder, RESULTS)


def candidates_files(run_folder: Path) -> list[Path]:
    """List the candidates of a run as `result_files` does."""
    return _files(run_folder, CANDIDATES)


def study_page_path(study: str) -> str:
    """Say where the page of a study lies, given its document."""
    return PurePosixPath(study).with_suffix(".html").as_posix()


def study_page_near(place: str, uid: str) -> str:
    """
    Say where the page of a study lies: in as many subfolders as any file of one of its images.

    Examples
    --------
    >>> study_page_near("results/ab/1.2.3.json", "1.2.3")
    'studies/c4/1.2.3.html'
    """
    return place_of(STUDIES, uid, ".html", len(PurePosixPath(place).parts) - 2).as_posix()


def study_files(run_folder: Path) -> list[Path]:
    """List the studies of a run by Study Instance UID, as `result_files` does."""
    return _files(run_folder, STUDIES)


def _files(run_folder: Path, kind: str) -> list[Path]:
    found = (run_folder / kind).rglob("*.json")
    return sorted((path.relative_to(run_folder) for path in found), key=lambda path: (path.name, path.as_posix()))
