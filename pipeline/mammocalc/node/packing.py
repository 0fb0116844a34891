"""Zip archives of a job's output, for platforms that keep files but not folders."""

from __future__ import annotations

import shutil
import zipfile
from typing import TYPE_CHECKING, Final

from mammocalc.files.replacing import replacing

if TYPE_CHECKING:
    from pathlib import Path

_EARLIEST: Final = (1980, 1, 1, 0, 0, 0)
"""The first date that an archive can hold; equal content gives equal bytes."""
_READABLE: Final = 0o644 << 16


def pack(folder: Path, target: Path) -> None:
    """
    Put all files of a folder into an archive, and remove the folder.

    Parameters
    ----------
    folder : Path
    target : Path
        Written whole or not at all. Names in it begin with that of the folder.

    Raises
    ------
    OSError
        If the disk does not take it; the folder is still there then.
    """
    with replacing(target) as part, zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(path for path in folder.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(file.relative_to(folder.parent).as_posix(), _EARLIEST)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, _READABLE
            with file.open("rb") as source, archive.open(entry, "w", force_zip64=True) as out:
                shutil.copyfileobj(source, out)
    shutil.rmtree(folder)
