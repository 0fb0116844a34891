"""Own files of a run in a folder, and their removal: other files stay."""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING, Final

from mammocalc.execution.outputs import written
from mammocalc.execution.run_folder import RESERVE
from mammocalc.files.claim import LOCK
from mammocalc.results.layout import LOG, MADE, PAGE, RECORD, ROWS, TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_OWN_PART: Final = re.compile(r"\..+\.part|index\.html\.part")
"""In the folder of a run itself."""
_OWN: Final = (RECORD, ROWS, PAGE, LOG, MADE)


def own_places() -> tuple[str, ...]:
    """Name everything that a run puts into its folder and leaves there."""
    return (*_OWN, *written.folders())


def clear(root: Path) -> None:
    """Remove the files of an earlier run, and nothing else: foreign files stay, and so do folders that hold them."""
    for path in tuple(own_files(root)):
        if path.name != LOCK:  # it is held by whoever clears
            path.unlink()
    for name in written.folders():
        folders = [path for path in (root / name).rglob("*") if path.is_dir() and not path.is_symlink()]
        for folder in [*sorted(folders, reverse=True), root / name]:  # children before their parents
            with contextlib.suppress(OSError):
                folder.rmdir()


def own_files(root: Path) -> Iterator[Path]:
    """Find the files that runs have put into a folder."""
    for name in (*_OWN, LOCK):
        if (root / name).is_file():
            yield root / name
    yield from (path for path in root.glob("*.part") if _OWN_PART.fullmatch(path.name))
    for name in written.folders():
        for path in (root / name).rglob("*"):
            if written.is_own_name(path.name) and (path.is_file() or path.is_symlink()):
                yield path


def is_own(root: Path, path: Path) -> bool:
    """
    Tell whether a path is a file that runs put into a folder, or a link to one.

    Only by place and name together: what somebody else has put into a folder called ``results`` is theirs.
    """
    real, top = path.resolve(), root.resolve()
    if real.parent == top:
        return real.name in {*_OWN, LOCK} or _OWN_PART.fullmatch(real.name) is not None
    is_of_a_kind = any(real.is_relative_to(top / name) for name in written.folders())
    return is_of_a_kind and written.is_own_name(real.name)


def remove_parts(root: Path) -> None:
    """Remove unfinished files of a killed run, except the space reserved for the last record."""
    parts = [
        *(part for part in root.glob("*.part") if _OWN_PART.fullmatch(part.name) and part.name != RESERVE),
        *(part for part in (root / TABLES).glob("*.part") if written.is_own_name(part.name)),
    ]
    for path in [*parts, *(part for name in written.folders() for part in (root / name).rglob(".*.part"))]:
        path.unlink(missing_ok=True)
