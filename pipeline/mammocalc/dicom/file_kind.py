"""Kind of a file, DICOM or archive, from its name and first bytes."""

from __future__ import annotations

import os
import re
from typing import Final

DICOM_ENDINGS: Final = (".dcm", ".dicom", ".ima")

PREAMBLE_BYTES: Final = 128

FIRST_GROUPS: Final = frozenset({2, 8})
"""Groups with which a data set without preamble begins: File Meta Information, or identification."""

LAST_FIRST_ELEMENT: Final = 0x18
"""A data set begins at or before SOP Instance UID (0008,0018)."""

ARCHIVE: Final = re.compile(
    r"\.(zip|zipx|tar|tgz|tbz2?|txz|gz|bz2|xz|zst|7z|rar|iso|img|nrg|dmg|cab|arj|lzh|[zr][0-9]{2})(\.[0-9]{3})?$",
    re.IGNORECASE,
)
"""Names of archives and images of media, also in parts."""

ARCHIVE_STARTS: Final = (
    b"PK\x03\x04",
    b"\x1f\x8b",
    b"BZh",
    b"\xfd7zXZ\0",
    b"7z\xbc\xaf\x27\x1c",
    b"Rar!\x1a\x07",
    b"(\xb5/\xfd",
)
"""As archives begin; looked at where a name has no ending."""


def looks_like_dicom(path: str) -> bool:
    """Whether a file looks like DICOM by its name or first bytes. An unreadable file with no ending counts, too."""
    name = os.path.basename(path)  # noqa: PTH119 - for every file of a run
    if is_named_as_dicom(name):
        return True
    try:
        with open(path, "rb", buffering=0, opener=_without_waiting) as file:
            start = file.read(PREAMBLE_BYTES + 4) or b""
    except OSError:
        return has_no_ending(name)
    return start[PREAMBLE_BYTES:] == b"DICM" or _starts_as_data_set(start)


def is_named_as_dicom(name: str) -> bool:
    """Whether a name ends as those of images do; "._x.dcm" is what macOS leaves beside x.dcm."""
    return name.lower().endswith(DICOM_ENDINGS) and not name.startswith("._")


def has_no_ending(name: str) -> bool:
    """Whether a name says nothing of its content: no ending, or a number, as of a UID or of IM.0001."""
    return name.rpartition(".")[2].isdecimal() or "." not in name


def _without_waiting(path: str, flags: int) -> int:
    """Open a file; what became a pipe since it was listed is not waited for."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _starts_as_data_set(start: bytes) -> bool:
    """Whether bytes begin as a data set without preamble: a first tag, then a VR or a short length."""
    if len(start) < 8:
        return False
    for order in ("little", "big"):
        group, element = int.from_bytes(start[:2], order), int.from_bytes(start[2:4], order)
        if group in FIRST_GROUPS and element <= LAST_FIRST_ELEMENT:
            is_explicit = start[4:6].isalpha() and start[4:6].isupper()
            return is_explicit or (order == "little" and int.from_bytes(start[4:8], "little") <= PREAMBLE_BYTES)
    return False


def has_preamble(path: str) -> bool:
    """Whether a file is DICOM by its preamble."""
    try:
        with open(path, "rb", opener=_without_waiting) as file:
            return file.read(PREAMBLE_BYTES + 4)[PREAMBLE_BYTES:] == b"DICM"
    except OSError:
        return False


def is_archive(path: str) -> bool:
    """Whether a file that is not DICOM is an archive, by its ending, or by its first bytes if it has none."""
    name = os.path.basename(path)  # noqa: PTH119 - as above
    if ARCHIVE.search(name):
        return True
    if "." in name:
        return False
    try:
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - as above
            return file.read(8).startswith(ARCHIVE_STARTS)
    except OSError:
        return False
