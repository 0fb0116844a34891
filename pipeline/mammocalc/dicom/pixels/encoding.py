"""The actual encoding of a data set: byte order, and whether it is deflated."""

from __future__ import annotations

import zlib
from contextlib import suppress
from typing import Final

from pydicom.uid import DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian, ExplicitVRLittleEndian

HEAD_BYTES: Final = 4096
"""What is looked at: a deflated data set gives its first element from less."""
MAX_FIRST_GROUP: Final = 0x0020
"""Data sets of images begin with group 0008; some with a lower one, none with one above 0020."""


def written_syntax(head: bytes, named: str) -> str:
    """
    Tell whether a data set can be written as its transfer syntax says.

    Parameters
    ----------
    head : bytes
        The data set's first bytes, up to 4096.
    named : str
        UID of the transfer syntax that the file names, empty without one.

    Returns
    -------
    str
        As named where the bytes agree or tell nothing; else Explicit Little
        Endian, Explicit Big Endian or Deflated. Whether little-endian
        elements have a VR is told when they are read, element by element.

    References
    ----------
    DICOM PS3.5 7.1 (data elements), A.5 (deflated).
    """
    if named == DeflatedExplicitVRLittleEndian:
        is_plain = _begins(head, "little") and head[4:6].isalpha() and head[4:6].isupper()
        return ExplicitVRLittleEndian if is_plain else named
    order = "big" if named == ExplicitVRBigEndian else "little"
    if len(head) < 8 or _begins(head, order):
        return named
    if _begins(head, "big" if order == "little" else "little"):
        return ExplicitVRBigEndian if order == "little" else ExplicitVRLittleEndian
    inflated = b""
    with suppress(zlib.error):
        inflated = zlib.decompressobj(-zlib.MAX_WBITS).decompress(head, 16)
    return DeflatedExplicitVRLittleEndian if len(inflated) >= 8 and _begins(inflated, "little") else named


def _begins(head: bytes, order: str) -> bool:
    """Whether a data set in this order of bytes may begin so."""
    group = int.from_bytes(head[:2], "big" if order == "big" else "little")
    return 0 < group <= MAX_FIRST_GROUP
