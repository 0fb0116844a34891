"""JPEG and JPEG-LS streams, marker by marker (ITU-T T.81 Annex B, T.87 Annex C)."""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mammocalc.dicom.pixels.codestream import BadStreamError, Codestream, StreamKind, check_end

if TYPE_CHECKING:
    from collections.abc import Iterator

START: Final = b"\xff\xd8"
FRAME_KINDS: Final = {
    0xC0: StreamKind.JPEG,
    0xC1: StreamKind.JPEG,
    0xC3: StreamKind.JPEG_LOSSLESS,
    0xF7: StreamKind.JPEG_LS,
}
"""Start-of-frame markers of the processes that DICOM uses: baseline, extended, lossless, JPEG-LS."""
FRAME_MARKERS: Final = frozenset({*range(0xC0, 0xD0), 0xF7}) - {0xC4, 0xC8, 0xCC}
REMARK_MARKERS: Final = frozenset({*range(0xE0, 0xF0), 0xFE})
"""Application segments and comments: they say nothing about a grey image, and a decoder ended its process over one."""
STANDALONE_MARKERS: Final = frozenset({0x00, 0x01, *range(0xD0, 0xDA)})
"""Markers without a segment, which have no place before the samples."""
SCAN, RESTART_INTERVAL, PRESET = 0xDA, 0xDD, 0xF8
PRECISIONS: Final = {0xC0: (8,), 0xC1: (8, 12), 0xC3: range(2, 17), 0xF7: range(2, 17)}
JPEG_MARKER: Final = re.compile(rb"\xff+[^\x00\xff]", re.DOTALL)
JPEG_LS_MARKER: Final = re.compile(rb"\xff+[\x80-\xfe]", re.DOTALL)
"""What cannot stand among the samples: they are stuffed with a zero byte, in JPEG-LS with a zero bit."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A marker, where its segment begins, and its content without the length."""

    marker: int
    start: int
    end: int
    content: bytes


def read_jpeg(frame: bytes) -> Codestream | None:
    """
    Read a JPEG or JPEG-LS stream of one grey component in one scan.

    Returns
    -------
    Codestream or None
        None where the bytes do not begin as one.

    Raises
    ------
    BadStreamError
        Where it is of a process, or has a part, that DICOM does not use, or
        where its markers are not those that it promised.
    """
    if not frame.startswith(START):
        return None
    stream = frame[: check_end(frame) + 2]
    segments = list(_segments(stream))
    heads = [segment for segment in segments if segment.marker in FRAME_MARKERS]
    if len(heads) != 1:
        message = f"they have {len(heads)} frame headers instead of one"
        raise BadStreamError(message)
    head, scan = heads[0], segments[-1]
    kind = FRAME_KINDS.get(head.marker)
    if kind is None:
        message = "they are of a JPEG process that DICOM does not use for mammograms (progressive or arithmetic)"
        raise BadStreamError(message)
    bits, rows, columns, components = _unpack(">BHHB", head)
    _check_components(head, scan, components)
    if bits not in PRECISIONS[head.marker]:
        message = f"they have {bits} bits per sample, which their JPEG process does not have"
        raise BadStreamError(message)
    if min(rows, columns) < 1:
        message = "their frame header leaves the number of rows or columns open"
        raise BadStreamError(message)
    if kind is StreamKind.JPEG_LS:
        is_lossy = _check_jpeg_ls(segments, scan, bits)
    else:
        is_lossy = kind is StreamKind.JPEG or bool(scan.content[-1] & 0x0F)  # a point transform drops low bits
    _check_samples(stream, segments, kind)
    kept = [_as_handed_over(segment) for segment in segments if segment.marker not in REMARK_MARKERS]
    data = b"".join([START, *kept, stream[scan.end :]])
    return Codestream(kind, rows, columns, bits, data, is_lossy=is_lossy)


def _segments(stream: bytes) -> Iterator[Segment]:
    """
    Yield the segments up to the samples, the head of the scan as the last.

    The chain must be whole: decoders in use end their process where a segment
    is not where the one before it promised.
    """
    at, marker = len(START), 0
    while marker != SCAN:
        while stream[at : at + 2] == b"\xff\xff":  # fill bytes
            at += 1
        head = stream[at : at + 4]
        marker, length = (head[1], int.from_bytes(head[2:], "big")) if len(head) == 4 else (0, 0)
        end = at + 2 + length
        if head[:1] != b"\xff" or marker in STANDALONE_MARKERS or length < 2 or end > len(stream):
            message = "their marker segments are not a chain that leads to the samples"
            raise BadStreamError(message)
        yield Segment(marker, at, end, stream[at + 4 : end])
        at = end


def _as_handed_over(segment: Segment) -> bytes:
    """Give a segment's bytes; sampling factors mean nothing for one component (T.81 A.2.2), and become 1 x 1."""
    content = segment.content
    if segment.marker in FRAME_MARKERS:
        content = content[:7] + b"\x11" + content[8:]
    return struct.pack(">BBH", 0xFF, segment.marker, len(content) + 2) + content


def _unpack(form: str, segment: Segment) -> tuple[int, ...]:
    """Read the numbers at the start of a segment."""
    try:
        return struct.unpack_from(form, segment.content)
    except struct.error:
        message = "a marker segment of theirs is too short"
        raise BadStreamError(message) from None


def _check_components(head: Segment, scan: Segment, components: int) -> None:
    """Let one component pass, in a scan of that one."""
    if components != 1:
        message = f"they hold {components} components, and a grey image has one"
        raise BadStreamError(message)
    if len(head.content) != 9 or len(scan.content) != 6 or scan.content[0] != 1 or scan.content[1] != head.content[6]:
        message = "their frame header and their scan header do not speak of the same one component"
        raise BadStreamError(message)
    if head.content[7] >> 4 not in range(1, 5) or head.content[7] & 15 not in range(1, 5):
        message = f"their sampling factors are {head.content[7] >> 4} x {head.content[7] & 15}"
        raise BadStreamError(message)


def _check_jpeg_ls(segments: list[Segment], scan: Segment, bits: int) -> bool:
    """Check the presets of JPEG-LS and tell whether it is near-lossless; mapping tables and large sizes are refused."""
    largest = (1 << bits) - 1
    for segment in segments:
        if segment.marker != PRESET:
            continue
        if segment.content[:1] != b"\x01" or len(segment.content) != 11:
            message = "they bring a mapping table or a size of their own (LSE), which DICOM does not have"
            raise BadStreamError(message)
        (stated,) = struct.unpack_from(">H", segment.content, 1)
        if stated > largest:
            message = f"their largest sample is {stated}, and {bits} bits hold {largest}"
            raise BadStreamError(message)
        largest = stated or largest
    table, near, interleave, transform = scan.content[2:]
    if table or interleave or transform or 2 * near > largest:
        message = "their scan header asks for a mapping table, interleaving, a point transform or too large a NEAR"
        raise BadStreamError(message)
    return near > 0


def _check_samples(stream: bytes, segments: list[Segment], kind: StreamKind) -> None:
    """Let nothing stand among the samples but restart markers that were announced, in their order, and the end."""
    intervals = [segment for segment in segments if segment.marker == RESTART_INTERVAL]
    announced = any(any(segment.content) for segment in intervals)
    pattern = JPEG_LS_MARKER if kind is StreamKind.JPEG_LS else JPEG_MARKER
    found = [match.group()[-1] for match in pattern.finditer(stream, segments[-1].end)]
    restarts = [0xD0 + number % 8 for number in range(len(found) - 1)] if announced else []
    if found != [*restarts, 0xD9]:
        message = "markers stand among the samples that have no place there, or restart markers are missing"
        raise BadStreamError(message)
