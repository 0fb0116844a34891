"""RLE frames, run by run (PS3.5 Annex G)."""

from __future__ import annotations

import struct
from itertools import pairwise
from typing import Final

from mammocalc.dicom.pixels.codestream import BadStreamError, Codestream, StreamKind

HEADER: Final = struct.Struct("<16I")
"""The number of segments, and where each begins."""
NO_RUN: Final = 128
"""A length byte that means nothing."""


def read_rle(frame: bytes, rows: int, columns: int) -> Codestream | None:
    """
    Read an RLE frame of one grey component.

    Returns
    -------
    Codestream or None
        None where the bytes do not begin as one.

    Raises
    ------
    BadStreamError
        Where the runs of a segment give more or fewer bytes than the image
        has pixels: a decoder may be content with the first of them.
    """
    if len(frame) < HEADER.size:
        return None
    count, *starts = HEADER.unpack_from(frame)
    used, unused = starts[:count], starts[count:]
    if count not in {1, 2} or used[0] != HEADER.size or any(unused):
        return None
    for start, end in pairwise([*used, len(frame)]):
        if not start < end <= len(frame) or not _is_whole(frame[start:end], rows * columns):
            message = "the runs of a segment do not give one byte for each pixel: bytes are missing, or were added"
            raise BadStreamError(message)
    return Codestream(StreamKind.RLE, rows, columns, 8 * count, frame)


def _is_whole(segment: bytes, expected: int) -> bool:
    """Whether the runs of a segment give as many bytes as expected, and use up all of it but for padding."""
    at = given = 0
    while given < expected and at < len(segment):
        head = segment[at]
        if head < NO_RUN:
            at += head + 2
            given += head + 1
        elif head > NO_RUN:
            at += 2
            given += 257 - head
        else:
            at += 1
    return given == expected and at <= len(segment) and not any(segment[at:])
