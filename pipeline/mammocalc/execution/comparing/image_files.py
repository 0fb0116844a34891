"""Where the DICOM files of some images lie in a folder, by their SOP Instance UIDs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mammocalc.dicom import read_sop_instance_uid
from mammocalc.dicom.discover import discover
from mammocalc.vocabulary.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from pathlib import Path


def find_image_files(
    folder: Path, uids: Collection[str], public_uid: Callable[[str], str] = str
) -> dict[str, tuple[Path, str]]:
    """
    Find the files of some images.

    Parameters
    ----------
    folder : Path
        Searched through; only headers are read.
    uids : collection of str
        As the run has them.
    public_uid : callable
        Gives the UID that the run has for that of a file, where it has hashed them.

    Returns
    -------
    dict of str to (Path, str)
        The first file of each image that is there, and the UID in it, by the UID of the run.

    Raises
    ------
    UsageError
        If there is no such folder.
    """
    if not folder.is_dir():
        message = f"--images {folder} is no folder: name the one in which the DICOM files are"
        raise UsageError(message)
    wanted, found = set(uids), dict[str, "tuple[Path, str]"]()
    for listed in discover([folder]).files:
        if len(found) == len(wanted):
            break
        original = read_sop_instance_uid(listed.path)
        if original is not None and (uid := public_uid(original)) in wanted:
            found.setdefault(uid, (listed.path, original))
    return found
