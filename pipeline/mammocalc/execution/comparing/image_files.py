"""DICOM files of the images of a run, found in a folder."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mammocalc.dicom import read_sop_instance_uid
from mammocalc.dicom.discover import discover
from mammocalc.execution.content import digest_of
from mammocalc.execution.identification import known_by
from mammocalc.results.file_rows import read_rows
from mammocalc.results.layout import ROWS
from mammocalc.vocabulary.errors import UsageError
from mammocalc.vocabulary.lexicon import Status

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from mammocalc.execution.comparing.sources import Source


@dataclass(frozen=True, slots=True)
class ImageFile:
    """
    The file of an image.

    Attributes
    ----------
    path : Path
    original_uid : str
        That in the file; the run may have hashed it.
    content : str or None
        Digest of what the run has analysed, under ``key``; None where that cannot be known.
    key : bytes
    """

    path: Path
    original_uid: str
    content: str | None
    key: bytes

    @property
    def is_another(self) -> bool:
        """Whether it holds something else than what was analysed; one that cannot be read does not."""
        if self.content is None:
            return False
        try:
            return digest_of(self.path, self.key) != self.content
        except OSError:
            return False  # reading it says why


def find_image_files(
    folder: Path, source: Source, uids: Collection[str], salt_file: Path | None = None
) -> dict[str, ImageFile]:
    """
    Find the files of some images.

    Parameters
    ----------
    folder : Path
        Searched through; only headers are read.
    source : Source
        The run.
    uids : collection of str
        As the run has them.
    salt_file : Path or None
        Holds the salt of the run, if that was a secret.

    Returns
    -------
    dict of str to ImageFile
        By the UID of the run. Of several files with one UID that which was analysed, else the first.

    Raises
    ------
    UsageError
        If there is no such folder, or the run's salt is not known: then neither are its images.
    """
    if not folder.is_dir():
        message = f"--images {folder} is not a folder: name the one in which the DICOM files are"
        raise UsageError(message)
    public, key = known_by(source.root, source.record, salt_file, ", or leave out --images")
    rows = read_rows(source.root / ROWS)  # of files that collide, that of the analysed one
    contents = {row.sop_instance_uid: row.content for row in rows if row.status is Status.ANALYSED}
    wanted, found = set(uids), defaultdict[str, "list[ImageFile]"](list)
    for listed in discover([folder]).files:
        original = read_sop_instance_uid(listed.path)
        if original is not None and (uid := public(original)) in wanted:
            found[uid].append(ImageFile(listed.path, original, contents.get(uid), key))
    return {uid: _choose(files) for uid, files in found.items()}


def _choose(files: list[ImageFile]) -> ImageFile:
    if len(files) == 1:
        return files[0]
    return next((file for file in files if not file.is_another), files[0])
