"""The files that a DICOMDIR refers to."""

from __future__ import annotations

import warnings
from io import FileIO
from typing import TYPE_CHECKING, Final

from pydicom.charset import default_encoding
from pydicom.filereader import read_dataset, read_sequence_item
from pydicom.uid import ExplicitVRBigEndian, ImplicitVRLittleEndian

from mammocalc.dicom.file_kind import PREAMBLE_BYTES
from mammocalc.dicom.privacy.identifiers import tokens_of
from mammocalc.dicom.reader.bounded_reader import Stream

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pydicom.dataset import Dataset
    from pydicom.tag import BaseTag

DIRECTORY_RECORDS: Final = 0x00041220

RECORD_READS: Final = 10_000

RECORD_BYTES: Final = 1 << 20
"""What one record of a DICOMDIR may cost: those with an icon take a hundred reads and some kilobytes."""


def read_references(path: Path) -> Iterator[tuple[tuple[str, ...], frozenset[str]]]:
    """
    Yield the file IDs of a DICOMDIR's records, in their order (PS3.3 F.3), with what names their patient and study.

    One record is held at a time, and none may cost more than any has a reason to.
    """
    with Stream(FileIO(path), path.stat().st_size) as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        of_patient: frozenset[str] = frozenset()
        of_study: frozenset[str] = frozenset()
        for record in _records(file):
            kind = str(record.get("DirectoryRecordType", ""))
            if kind == "PATIENT":
                of_patient, of_study = tokens_of(record), frozenset()
            elif kind == "STUDY":
                of_study = tokens_of(record)
            file_id = record.get("ReferencedFileID")
            if file_id:
                parts = (file_id,) if isinstance(file_id, str) else tuple(file_id)
                yield tuple(str(part) for part in parts), of_patient | of_study


def _records(file: Stream) -> Iterator[Dataset]:
    """Yield the records of a DICOMDIR, each read when it is asked for; raises where there are none."""
    file.seek(PREAMBLE_BYTES + 4)
    meta = read_dataset(file, is_implicit_VR=False, is_little_endian=True, stop_when=lambda tag, *_: tag.group != 2)
    syntax = meta.get("TransferSyntaxUID")  # PS3.10 8.6 demands Explicit VR Little Endian; not everybody knows
    places: list[tuple[int, int]] = []

    def at_records(tag: BaseTag, _vr: str | None, length: int) -> bool:
        if tag == DIRECTORY_RECORDS and length:
            places.append((file.tell(), length))
        return bool(places)

    is_little_endian = syntax != ExplicitVRBigEndian
    index = read_dataset(file, syntax == ImplicitVRLittleEndian, is_little_endian, stop_when=at_records)
    [(start, length)] = places  # raises where there is none: not a DICOMDIR
    file.seek(start)
    while file.tell() - start < length:
        file.reads_left, file.bytes_left = RECORD_READS, RECORD_BYTES
        record = read_sequence_item(file, bool(index.original_encoding[0]), is_little_endian, default_encoding)
        if record is None:
            return
        yield record


def resolve(folder: Path, parts: tuple[str, ...]) -> Path | None:
    """Find a referenced file below its DICOMDIR, regardless of case; None if it is missing or outside."""
    if any(part in {"", ".", ".."} or "/" in part or "\\" in part or "\0" in part for part in parts):
        return None
    for candidate in (parts, tuple(part.lower() for part in parts)):
        target = folder.joinpath(*candidate)
        try:
            if target.is_file():
                return target
        except OSError:
            return None
    return None
