"""Identifying content of a received instance, read safely."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mammocalc.dicom.reader.parser import open_dicom
from mammocalc.vocabulary.errors import ImageUnreadableError
from mammocalc.vocabulary.uid import is_uid

if TYPE_CHECKING:
    from pathlib import Path

MAMMOGRAPHY: Final = "MG"
"""Modality of mammograms; those of other modalities are taken, too, and not asked for."""
CHUNK_BYTES: Final = 1 << 20
HEAD_BYTES: Final = 132
META_LENGTH_BYTES: Final = 12
MOST_INFLATED_BYTES: Final = 1 << 28


class UnfitInstanceError(Exception):
    """An instance cannot be taken; the text says why, in at most 64 characters and without anything of the patient."""


@dataclass(frozen=True, slots=True)
class Instance:
    """Identity, kind and patient of an instance; ``patient`` is only compared and never shown."""

    sop_class_uid: str
    sop_instance_uid: str
    study_instance_uid: str
    patient: tuple[str, ...]
    modality: str = ""


def read_instance(path: Path) -> Instance:
    """
    Read who an instance is.

    Raises
    ------
    UnfitInstanceError
        If the file cannot be read, or a UID in it is missing or none.
    """
    try:
        with open_dicom(path, MOST_INFLATED_BYTES, header_only=True) as opened:
            header = opened.header
            uids = {name: header.text(name) for name in ("SOPClassUID", "SOPInstanceUID", "StudyInstanceUID")}
            identifier = (header.text("PatientID"), header.text("IssuerOfPatientID"), header.text("PatientBirthDate"))
            modality = header.text("Modality").upper()
            name = header.text("PatientName").rstrip("^ ").upper()
    except ImageUnreadableError:
        message = "The data set cannot be read"
        raise UnfitInstanceError(message) from None
    for name_of_uid, uid in uids.items():
        if not is_uid(uid):
            message = f"{name_of_uid} is missing" if not uid else f"{name_of_uid} is not a UID"
            raise UnfitInstanceError(message)
    # A name may be corrected or married; an identifier with its issuer, or else the name, tells a patient.
    patient = identifier if identifier[0] else (name, *identifier)
    return Instance(uids["SOPClassUID"], uids["SOPInstanceUID"], uids["StudyInstanceUID"], patient, modality)


def content_of(path: Path) -> str:
    """Give a digest of a file's data set, without what a receiver writes before it; OSError if it is not there."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES + META_LENGTH_BYTES)
        is_part_10 = head[128:132] == b"DICM" and head[132:136] == b"\x02\x00\x00\x00"
        file.seek(HEAD_BYTES + META_LENGTH_BYTES + int.from_bytes(head[140:144], "little") if is_part_10 else 0)
        while chunk := file.read(CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()
