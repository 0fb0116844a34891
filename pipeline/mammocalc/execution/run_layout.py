"""The folder of a run: what lies where, and nothing half-written."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Protocol

from mammocalc.files.claim import LOCK, require_folder
from mammocalc.vocabulary.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Iterator

SHARDED_ABOVE: Final = 2000  # files in one folder that file managers still open without a pause
SHARDS: Final = 256  # subfolders of a folder: two hexadecimal digits
BYTES_PER_IMAGE: Final = 14_000  # a result without findings, its page and its lines: the least that is needed
BYTES_PER_OVERLAY: Final = 100_000  # a small overlay with its thumbnail; those of whole breasts have 200 to 600 kB

RECORD, ROWS, PAGE, LOG = "run.json", "files.jsonl", "index.html", "log.jsonl"
RESULTS, OVERLAYS, THUMBNAILS, CANDIDATES, TABLES = "results", "overlays", "thumbnails", "candidates", "tables"
DETAILS: Final = "details"
STUDIES: Final = "studies"
KINDS: Final = (RESULTS, DETAILS, OVERLAYS, THUMBNAILS, CANDIDATES, TABLES, STUDIES)
ENDINGS: Final = MappingProxyType(
    {
        RESULTS: (".json",),
        CANDIDATES: (".json",),
        DETAILS: (".html",),
        OVERLAYS: (".jpg", ".png"),
        THUMBNAILS: (".jpg",),
    }
)
"""The files of one image, by kind. The result is first: where it is not, the others count for nothing."""
OWN: Final = (RECORD, ROWS, PAGE, LOG, *KINDS)
"""Everything that a run puts into its folder and leaves there, by name."""
FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
RESERVE: Final = ".reserve.part"
RESERVED_BYTES: Final = 1 << 15
"""Kept free for the last record of a run that fills the disk: four times what one with every setting takes."""

OWN_FILE: Final = re.compile(
    r"[0-9]+(\.[0-9]+)+\.(json|html|jpg|png)"  # named by a UID
    r"|(images|calcifications|clusters)\.(csv|parquet)(\.part)?"
    r"|\..+\.part"  # left by a run that was killed
)
OWN_PART: Final = re.compile(r"\..+\.part|index\.html\.part")


class Store(Protocol):
    """Where the files of images are put, by place: a path relative to the run, with forward slashes."""

    def place(self, kind: str, uid: str, ending: str) -> PurePosixPath:
        """Say where a file of one image belongs."""

    def write(self, place: PurePosixPath | str, content: bytes) -> None:
        """Write a file whole or not at all; OSError if that cannot be done."""

    def read(self, place: PurePosixPath | str) -> bytes:
        """Read a file; OSError if it is not there."""

    def remove(self, place: PurePosixPath | str) -> None:
        """Remove a file, if it is there."""

    def names(self, kind: str) -> Iterator[str]:
        """Give the places of all own files of a kind."""

    def check(self) -> None:
        """Raise OutputLostError if this is not the store any more in which the run began."""


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
    Say where a file of one image belongs, relative to the run.

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


@dataclass(frozen=True, slots=True)
class RunFolder:
    """
    Where the files of one run lie.

    Large runs spread theirs over one or two levels of 256 subfolders. ``token`` is that of the
    `mammocalc.files.claim.FolderClaim` under which the folder was taken, and None where nobody asks whether it is still
    the same. Subfolders are made as they are needed; the folder itself never is.
    """

    root: Path
    levels: int = 0
    token: str | None = None
    what: str = "output folder"

    def place(self, kind: str, uid: str, ending: str) -> PurePosixPath:
        """Say where a file of one image belongs, relative to the folder."""
        return place_of(kind, uid, ending, self.levels)

    def write(self, place: PurePosixPath | str, content: bytes) -> None:
        """
        Write a file whole or not at all, and onto the disk: a power cut leaves no name without its content.

        Raises
        ------
        OSError
            If the folder cannot take it; an older file of that name stays as it was.
        OutputLostError
            If it is not the folder any more in which the run began.
        """
        self.check()
        target = self.root / place
        part = target.with_name(f".{target.name}.{os.getpid()}.part")
        try:
            self._make_subfolders(target.parent)
            with part.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            part.replace(target)
        except OSError:
            with contextlib.suppress(OSError):
                part.unlink()
            self.check()  # what is gone is a better reason than "No such file"
            raise
        self.check()

    def append(self, place: str, text: str) -> None:
        """Add text to a file; raises as `write` does."""
        self.check()
        with (self.root / place).open("a", encoding="utf-8") as file:
            file.write(text)

    def read(self, place: PurePosixPath | str) -> bytes:
        """Read a file; OSError if it is not there."""
        return (self.root / place).read_bytes()

    def remove(self, place: PurePosixPath | str) -> None:
        """Remove a file, if it is there."""
        (self.root / place).unlink(missing_ok=True)

    def names(self, kind: str) -> Iterator[str]:
        """Give the places of all own files of a kind."""
        for path in (self.root / kind).rglob("*"):
            if OWN_FILE.fullmatch(path.name) and not path.is_dir():
                yield path.relative_to(self.root).as_posix()

    def check(self) -> None:
        """Raise OutputLostError if this is not the folder any more in which the run began."""
        if self.token is not None:
            require_folder(self.root, self.token, self.what)

    def _make_subfolders(self, folder: Path) -> None:
        """Make the subfolders of the run that are missing, and nothing above them."""
        for name in reversed([folder, *folder.parents]):
            if name != self.root and name.is_relative_to(self.root):
                name.mkdir(exist_ok=True)


def out_of_room(error: OSError) -> str:
    """Say that the folder takes no more, and why."""
    what_to_do = "make room" if error.errno in FULL else "see to that first"
    problem = error.strerror or type(error).__name__
    return f"the output folder does not take the results any more ({problem}); {what_to_do}"


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
        if path.name != LOCK:  # it is held by whoever clears
            path.unlink()
    for name in KINDS:
        folders = [path for path in (root / name).rglob("*") if path.is_dir() and not path.is_symlink()]
        for folder in [*sorted(folders, reverse=True), root / name]:  # children before their parents
            with contextlib.suppress(OSError):
                folder.rmdir()


def own_files(root: Path) -> Iterator[Path]:
    """Find the files that runs have put into a folder."""
    for name in (RECORD, ROWS, PAGE, LOG, LOCK):
        if (root / name).is_file():
            yield root / name
    yield from (path for path in root.glob("*.part") if OWN_PART.fullmatch(path.name))
    for name in KINDS:
        for path in (root / name).rglob("*"):
            if OWN_FILE.fullmatch(path.name) and (path.is_file() or path.is_symlink()):
                yield path


def is_own(root: Path, path: Path) -> bool:
    """
    Tell whether a path is a file that runs put into a folder, or a link to one.

    Only by place and name together: what somebody else has put into a folder called ``results`` is theirs.
    """
    real, top = path.resolve(), root.resolve()
    if real.parent == top:
        return real.name in {RECORD, ROWS, PAGE, LOG, LOCK} or OWN_PART.fullmatch(real.name) is not None
    is_of_a_kind = any(real.is_relative_to(top / name) for name in KINDS)
    return is_of_a_kind and OWN_FILE.fullmatch(real.name) is not None


def remove_parts(root: Path) -> None:
    """Remove what a killed run had begun to write, but for the room that is kept for the last record."""
    parts = [
        *(part for part in root.glob("*.part") if OWN_PART.fullmatch(part.name) and part.name != RESERVE),
        *(part for part in (root / TABLES).glob("*.part") if OWN_FILE.fullmatch(part.name)),
    ]
    for path in [*parts, *(part for name in KINDS for part in (root / name).rglob(".*.part"))]:
        path.unlink(missing_ok=True)
