"""Frames of a multi-frame object: their number, and the bytes of each."""

from __future__ import annotations

import struct
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from mammocalc.vocabulary.errors import ImageUnreadableError
from mammocalc.vocabulary.lexicon import Reason

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mammocalc.dicom.reader.header import Header
    from mammocalc.dicom.reader.open_file import Fragment, OpenFile

STREAM_STARTS: Final = (b"\xff\xd8\xff", b"\xff\x4f\xff\x51", b"\x00\x00\x00\x0c\x6a\x50\x20\x20")
"""How JPEG, JPEG-LS and JPEG 2000 begin; no mammogram's first pixels do."""
ITEM_HEAD_BYTES: Final = 8


def number_of_frames(header: Header) -> int:
    """Return Number of Frames (0028,0008); 1 if it is missing or impossible."""
    return max(header.integer("NumberOfFrames") or 1, 1)


def fragments_of_frame(opened: OpenFile, frame: int, count: int) -> tuple[Fragment, ...]:
    """
    Find the fragments of one compressed frame (PS3.5 A.4).

    The offset table of the file says where frames begin. Where there is none that fits, each fragment is a frame, or
    a frame begins with each fragment that begins as a compressed image does.

    Parameters
    ----------
    opened : OpenFile
        With encapsulated pixels.
    frame : int
        0-based.
    count : int
        How many frames the header names, at least 2.

    Raises
    ------
    ImageUnreadableError
        ``truncated``, or ``undecodable_pixels`` where nothing tells where frames begin.
    """
    table, fragments = opened.fragments()
    if len(fragments) == count:
        return (fragments[frame],)
    first = min((one.start for one in fragments), default=0) - ITEM_HEAD_BYTES
    by_offset = {one.start - ITEM_HEAD_BYTES - first: place for place, one in enumerate(fragments)}
    for offsets in (_extended(opened.header, count), () if table is None else _basic(opened.fragment_bytes(table))):
        starts = [by_offset.get(offset, -1) for offset in offsets]
        if _are_starts(starts, count):
            return _between(fragments, starts, frame)
    most = max(map(len, STREAM_STARTS))
    starts = [
        place for place, one in enumerate(fragments) if opened.fragment_bytes(one, most).startswith(STREAM_STARTS)
    ]
    if _are_starts(starts, count):
        return _between(fragments, starts, frame)
    message = (
        f"The header names {count} frames, and the compressed pixels lie in {len(fragments)} fragments, and nothing "
        "says where a frame begins. Export the object again from the source."
    )
    raise ImageUnreadableError(Reason.UNDECODABLE_PIXELS, message)


def _basic(table: bytes) -> tuple[int, ...]:
    """Read the Basic Offset Table."""
    return struct.unpack(f"<{len(table) // 4}I", table[: len(table) // 4 * 4])


def _extended(header: Header, count: int) -> tuple[int, ...]:
    """Read the Extended Offset Table (7FE0,0001), which objects beyond 4 GB have."""
    table = header.raw("ExtendedOffsetTable")
    return struct.unpack(f"<{count}Q", table) if isinstance(table, bytes) and len(table) == 8 * count else ()


def _are_starts(starts: Sequence[int], count: int) -> bool:
    """Whether these places are the first fragments of so many frames."""
    return len(starts) == count and starts[0] == 0 and all(one < other for one, other in pairwise(starts))


def _between(fragments: Sequence[Fragment], starts: Sequence[int], frame: int) -> tuple[Fragment, ...]:
    """Give the fragments of a frame, up to where the next begins."""
    return tuple(fragments[starts[frame] : [*starts, len(fragments)][frame + 1]])
