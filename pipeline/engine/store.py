"""The folder of a run: what lies where, and nothing half-written."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

from pipeline.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Iterator

SHARDED_ABOVE: Final = 2000  # files in one folder that file managers still open without a pause
BYTES_PER_IMAGE: Final = 14_000  # a result without findings, its page and its lines: the least that is needed
BYTES_PER_OVERLAY: Final = 100_000  # a small overlay with its thumbnail; those of whole breasts have 200 to 600 kB

RECORD, ROWS, PAGE = "run.json", "files.jsonl", "index.html"
RESULTS, OVERLAYS, THUMBNAILS, CANDIDATES, TABLES = "results", "overlays", "thumbnails", "candidates", "tables"
DETAILS: Final = "details"
_FOLDERS: Final = (RESULTS, DETAILS, OVERLAYS, THUMBNAILS, CANDIDATES, TABLES)
OWN: Final = (RECORD, ROWS, PAGE, *_FOLDERS)
"""Everything that a run puts into its folder, by name."""

_OWN_FILE: Final = re.compile(
    r"[0-9]+(\.[0-9]+)+\.(json|html|jpg|png)"  # named by a UID
    r"|(images|calcifications|clusters)\.(csv|parquet)(\.part)?"
    r"|\..+\.part"  # left by a run that was killed
)


@dataclass(frozen=True, slots=True)
class RunFolder:
    """Where the files of one run lie. Large runs spread theirs over 256 subfolders."""

    root: Path
    sharded: bool = False

    def place(self, kind: str, uid: str, ending: str) -> PurePosixPath:
        """
        Say where a file of one image belongs, relative to the folder.

        Examples
        --------
        >>> RunFolder(Path("out")).place("results", "1.2.3", ".json").as_posix()
        'results/1.2.3.json'
        >>> RunFolder(Path("out"), sharded=True).place("results", "1.2.3", ".json").as_posix()
        'results/c4/1.2.3.json'
        """
        name = uid + ending
        if not self.sharded:
            return PurePosixPath(kind, name)
        return PurePosixPath(kind, hashlib.sha256(uid.encode("ascii")).hexdigest()[:2], name)

    def write(self, place: PurePosixPath | str, content: bytes) -> None:
        """
        Write a file whole or not at all.

        Raises
        ------
        OSError
            If the folder cannot take it; an older file of that name stays as it was.
        """
        target = self.root / place
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f".{target.name}.{os.getpid()}.part")
        try:
            part.write_bytes(content)
            part.replace(target)
        except OSError:
            with contextlib.suppress(OSError):
                part.unlink()
            raise


def probe(root: Path) -> bool:
    """
    Make sure that a folder exists and takes files.

    Parameters
    ----------
    root : Path

    Returns
    -------
    bool
        True if the folder was made just now.

    Raises
    ------
    OutputError
        If it cannot be made or written to.
    """
    is_new = not root.exists()
    try:
        root.mkdir(parents=True, exist_ok=True)
        RunFolder(root).write(f".probe.{os.getpid()}", b"mammocalc looks whether it can write here\n" * 100)
        (root / f".probe.{os.getpid()}").unlink()
    except FileExistsError:
        raise OutputError(root, "is a file, and a folder is needed. Choose another --out.") from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise OutputError(root, f"cannot be written to ({reason}). Choose another --out.") from None
    return is_new


def require_space(root: Path, images: int, *, with_overlays: bool) -> None:
    """
    Stop before work where the results cannot possibly fit.

    Raises
    ------
    OutputError
        If less is free than the smallest results of so many images take.
    """
    needed = images * (BYTES_PER_IMAGE + (BYTES_PER_OVERLAY if with_overlays else 0))
    free = shutil.disk_usage(root).free
    if free < needed:
        message = (
            f"has {_megabytes(free)} free, and the results of {images} files take at least {_megabytes(needed)}. "
            "Free some space, choose another --out, or write fewer overlays with --set outputs.overlays=findings."
        )
        raise OutputError(root, message)


def _megabytes(count: int) -> str:
    return f"{count / 1e6:,.1f} MB"


def clear(root: Path) -> None:
    """Remove the files of an earlier run, and nothing else: foreign files stay, and so do folders that hold them."""
    for path in tuple(own_files(root)):
        path.unlink()
    for name in _FOLDERS:
        folders = [path for path in (root / name).rglob("*") if path.is_dir() and not path.is_symlink()]
        for folder in [*sorted(folders, reverse=True), root / name]:  # children before their parents
            with contextlib.suppress(OSError):
                folder.rmdir()


def own_files(root: Path) -> Iterator[Path]:
    """Find the files that runs have put into a folder."""
    for name in (RECORD, ROWS, PAGE):
        if (root / name).is_file():
            yield root / name
    for name in _FOLDERS:
        for path in (root / name).rglob("*"):
            if _OWN_FILE.fullmatch(path.name) and (path.is_file() or path.is_symlink()):
                yield path


def is_own(root: Path, path: Path) -> bool:
    """Tell whether a path lies where runs put their files."""
    return any(path.resolve().is_relative_to(root.resolve() / name) for name in OWN)


def remove_parts(root: Path) -> None:
    """Remove what a killed run had begun to write."""
    for path in [*root.glob(".*.part"), *(part for name in _FOLDERS for part in (root / name).rglob(".*.part"))]:
        path.unlink(missing_ok=True)
