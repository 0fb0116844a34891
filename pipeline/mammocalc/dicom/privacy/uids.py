"""Identifiers of an image in the outputs: its own UIDs, or derived ones if they are not valid."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mammocalc.dicom.reader.header import label
from mammocalc.vocabulary.lexicon import Flag
from mammocalc.vocabulary.uid import derive_uid, from_digest, is_uid

if TYPE_CHECKING:
    from pathlib import Path

    from mammocalc.dicom.reader.header import Header
    from mammocalc.dicom.reader.open_file import OpenFile

CHUNK_BYTES: Final = 1 << 20
KEYWORDS: Final = ("SOPInstanceUID", "SeriesInstanceUID", "StudyInstanceUID")


@dataclass(frozen=True, slots=True)
class Uids:
    """
    The identifiers of an image.

    ``series_instance`` and ``study_instance`` are empty where the file has
    none, ``sop_instance`` where the file moreover holds no pixels.
    """

    sop_instance: str
    series_instance: str
    study_instance: str
    flags: frozenset[Flag]
    notes: tuple[str, ...]


def decide_uids(opened: OpenFile, path: Path) -> Uids:
    """
    Decide under which identifiers an image goes.

    An identifier only names outputs and groups images, so that none is a
    reason to refuse one. SOP Instance UID is taken from the data set, or else
    from File Meta Information, or else derived from the content of the file:
    exact copies get the same. A text that is not a UID becomes one that is
    derived from the text, equal for equal texts, so that images of a series
    stay together.

    Parameters
    ----------
    opened : OpenFile
        Open; its pixels are not read.
    path : Path
        Of the same file.

    Returns
    -------
    Uids
        UIDs, safe as file names on every system, with a flag and a sentence
        for whatever is not as the file has it.

    References
    ----------
    DICOM PS3.5 section 9 (the grammar of UIDs) and B.2 (UIDs derived from
    UUIDs, under 2.25); PS3.10 section 7.1 (File Meta Information).
    """
    flags: set[Flag] = set()
    notes: list[str] = []
    texts = {keyword: _whole(opened.header, keyword) for keyword in KEYWORDS}
    if opened.is_class_of_meta:
        flags.add(Flag.UID_FROM_FILE_META)
        notes.append(f"{label('SOPClassUID')} is missing; {label('MediaStorageSOPClassUID')} is used instead.")
    if not texts["SOPInstanceUID"]:
        texts["SOPInstanceUID"] = _whole(opened.meta, "MediaStorageSOPInstanceUID")
        if texts["SOPInstanceUID"]:
            flags.add(Flag.UID_FROM_FILE_META)
            notes.append(
                f"{label('SOPInstanceUID')} is missing; {label('MediaStorageSOPInstanceUID')} is used instead."
            )
    for keyword, text in texts.items():
        if text and not is_uid(text):
            texts[keyword] = derive_uid(text)
            flags.add(Flag.DERIVED_UID)
            notes.append(f"{label(keyword)} is not a UID; one was derived from its text.")
        elif not text and keyword == "SOPInstanceUID":
            if opened.pixels is None:  # no image, so that nothing will be named
                continue
            texts[keyword] = _uid_of_content(path)
            flags.add(Flag.DERIVED_UID)
            notes.append(f"{label(keyword)} is missing; one was derived from the file's bytes.")
        elif not text:
            flags.add(Flag.MISSING_UID)
            notes.append(f"{label(keyword)} is missing.")
    return Uids(
        texts["SOPInstanceUID"],
        texts["SeriesInstanceUID"],
        texts["StudyInstanceUID"],
        frozenset(flags),
        tuple(notes),
    )


def _whole(header: Header, keyword: str) -> str:
    """Give all of an attribute's text: one with a backslash counts as several values."""
    return "\\".join(header.texts(keyword))


def _uid_of_content(path: Path) -> str:
    """Derive a UID from all bytes of a file."""
    digest = hashlib.blake2b(digest_size=16)
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            digest.update(chunk)
    return from_digest(digest.digest())
