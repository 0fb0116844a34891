"""Which files of a folder are those of a run, and how they are removed: foreign ones stay."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from mammocalc.execution.run_folder import RESERVE
from mammocalc.files.claim import LOCK
from mammocalc.results.layout import KINDS, LOG, OWN_FILE, OWN_PART, PAGE, RECORD, ROWS, TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


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
