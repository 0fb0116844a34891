"""UIDs: their syntax, and replacements for texts that are none."""

from __future__ import annotations

import hashlib
import re
import uuid
from typing import Final

UID: Final = re.compile(r"[0-9]+(\.[0-9]+)+")
"""UID grammar (PS3.5 section 9), but for leading zeros of a component, which devices in use do write."""
UID_CHARACTERS: Final = 64
DERIVED_ROOT: Final = "2.25."


def is_uid(text: str) -> bool:
    """
    Whether a text is a UID, and therefore safe as a file's name on every system.

    Examples
    --------
    >>> is_uid("1.2.840.10008"), is_uid("../../etc/passwd")
    (True, False)
    """
    return len(text) <= UID_CHARACTERS and UID.fullmatch(text) is not None


def derive_uid(text: str) -> str:
    """
    Derive a UID from a text that is not one; equal texts give equal UIDs.

    Names with letters would differ in nothing but their case, or be reserved
    on some file system; a text that claims to be a UID may also be anything
    else, a name for example. A digest under the root 2.25 is none of that.

    Examples
    --------
    >>> derive_uid("9f86d081884c7d65")
    '2.25.57456313508720627027551121871565431256'

    References
    ----------
    DICOM PS3.5 B.2.
    """
    return from_digest(hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest())


def from_digest(digest: bytes) -> str:
    """Write a digest of 16 bytes as a UID."""
    return f"{DERIVED_ROOT}{uuid.UUID(bytes=digest, version=5).int}"


def as_uid(text: str) -> str:
    """
    Return a UID unchanged, or the derived one of a text that is not a UID.

    What a run calls an image whose file has a text for a UID; truths and lists
    that name images by what stands in their files find them by it.

    Examples
    --------
    >>> as_uid(" 1.2.3")
    '1.2.3'
    """
    text = text.strip(" \0")
    return text if not text or is_uid(text) else derive_uid(text)
