"""Names of an image in the outputs, made where the salt is known: workers get the names, never the salt."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from mammocalc.dicom.reader.header import Header
    from mammocalc.dicom.reader.settings import PrivacySettings
    from mammocalc.model import ImageIdentity

KEY_BYTES: Final = 8
UUID_BYTES: Final = 16
PURPOSE: Final = b"mammocalc uid"
"""Keeps hashes of UIDs and those of Patient IDs apart."""


@dataclass(frozen=True, slots=True)
class Pseudonyms:
    """
    Under which names an image goes in the outputs.

    ``original_uid`` is the SOP Instance UID of the file, by which a worker makes sure that it has the right one.
    """

    original_uid: str = field(repr=False)
    sop_instance_uid: str
    series_instance_uid: str
    study_instance_uid: str
    patient_key: str | None
    study_day: int | None

    def put_on(self, identity: ImageIdentity) -> ImageIdentity:
        """Give an identity these names."""
        return replace(
            identity,
            sop_instance_uid=self.sop_instance_uid,
            series_instance_uid=self.series_instance_uid,
            study_instance_uid=self.study_instance_uid,
            patient_key=self.patient_key,
            study_day=self.study_day,
        )


def public_uid(uid: str, settings: PrivacySettings) -> str:
    """
    Return the UID that replaces one in the outputs.

    Parameters
    ----------
    uid : str
        Of an instance, a series or a study; may be empty.
    settings : PrivacySettings

    Returns
    -------
    str
        The same, or with ``uids: hash`` a UID that is made of 122 bits of its BLAKE2b under the salt: equal for equal
        UIDs and salts. Empty for an empty one.

    References
    ----------
    DICOM PS3.5 section B.2 (UIDs made of UUIDs, under 2.25).
    """
    if settings.uids == "keep" or not uid:
        return uid
    hashed = hashlib.blake2b(
        uid.encode("utf-8", "surrogatepass"), key=_key(settings), digest_size=UUID_BYTES, person=PURPOSE
    ).digest()
    return f"2.25.{uuid.UUID(bytes=hashed, version=4).int}"


def patient_key(header: Header, settings: PrivacySettings) -> str | None:
    """
    Give a key under which a patient's images can be grouped.

    Returns
    -------
    str or None
        16 hexadecimal digits: BLAKE2b of Patient ID and its issuer, keyed
        with the salt. None where the file names no patient.
    """
    hashed = hash_of_patient(header, settings, b"")
    return None if hashed is None else hashed.hex()


def hash_of_patient(header: Header, settings: PrivacySettings, purpose: bytes) -> bytes | None:
    """
    Hash Patient ID and its issuer under the salt: `KEY_BYTES` bytes, others for each purpose of at most 16 bytes.

    None where the file names no patient.
    """
    identifier = header.text("PatientID")
    if not identifier:
        return None
    named = f"{header.text('IssuerOfPatientID')}\0{identifier}".encode("utf-8", "surrogatepass")
    return hashlib.blake2b(named, key=_key(settings), digest_size=KEY_BYTES, person=purpose).digest()


def _key(settings: PrivacySettings) -> bytes:
    return hashlib.blake2b(settings.patient_key_salt.encode()).digest()  # any length becomes a key's 64 bytes
