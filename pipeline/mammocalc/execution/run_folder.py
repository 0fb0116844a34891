"""Folder of a run, or another store of files, which takes each file whole or not at all."""

from __future__ import annotations

import errno
import os
import shutil
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, Final, Protocol

from mammocalc.execution.outputs import written
from mammocalc.files.claim import require_folder
from mammocalc.files.replacing import write_whole
from mammocalc.results.layout import LOG, MADE, PAGE, RECORD, ROWS, place_of
from mammocalc.vocabulary.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path, PurePosixPath

BYTES_PER_IMAGE: Final = 14_000  # a result without findings, its page and its lines: the least that is needed
BYTES_PER_OVERLAY: Final = 100_000  # a small overlay with its thumbnail; those of whole breasts have 200 to 600 kB

FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
RESERVE: Final = ".reserve.part"
RESERVED_BYTES: Final = 1 << 15
"""Kept free for the last record of a run that fills the disk: four times what one with every setting takes."""


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
        """Raise OutputLostError if the store in which the run began has been replaced."""


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

    def write(self, place: PurePosixPath | str, content: bytes, *, is_synced: bool = True) -> None:
        """
        Write a file whole or not at all, and onto the disk: a power cut leaves no name without its content.

        Without `is_synced` it may: for what the next run compares with its content and writes again.

        Raises
        ------
        OSError
            If the folder cannot take it; an older file of that name stays as it was.
        OutputLostError
            If it is not the folder any more in which the run began.
        """
        self.check()
        target = self.root / place
        try:
            self._make_subfolders(target.parent)
            write_whole(target, content, is_synced=is_synced)
        except OSError:
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
            if written.is_own_name(path.name) and not path.is_dir():
                yield path.relative_to(self.root).as_posix()

    def check(self) -> None:
        """Raise OutputLostError if the folder in which the run began has been replaced."""
        if self.token is not None:
            require_folder(self.root, self.token, self.what)

    def _make_subfolders(self, folder: Path) -> None:
        """Make the subfolders of the run that are missing, and nothing above them."""
        if folder.is_dir():
            return
        for name in reversed([folder, *folder.parents]):
            if name != self.root and name.is_relative_to(self.root):
                name.mkdir(exist_ok=True)


def out_of_room(error: OSError, what: str = "results") -> str:
    """Say that the folder takes no more of what is written there, and why, by a name that is our own."""
    what_to_do = "make room" if error.errno in FULL else "see to that first"
    problem = error.strerror or type(error).__name__
    name = PurePath(os.fsdecode(error.filename or "")).name
    if name in {RECORD, ROWS, PAGE, LOG, MADE, *written.folders()} or written.is_own_name(name):
        problem = f"{name}: {problem}"
    return f"the output folder does not take the {what} any more ({problem}); {what_to_do}"


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
