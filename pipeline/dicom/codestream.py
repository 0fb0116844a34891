"""What a compressed image says of itself, read without decoding it."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

JPEG_START: Final = b"\xff\xd8"
J2K_START: Final = b"\xff\x4f\xff\x51"
JP2_START: Final = b"\x00\x00\x00\x0c\x6a\x50\x20\x20"
JP2_HEADER_BYTES: Final = 4096
"""Where the codestream begins at the latest if a writer left the boxes of a JP2 file around it."""
END: Final = b"\xff\xd9"
PADDING_BYTES: Final = 16
"""Fragments are padded to an even length; writers use one zero, some a few."""
FRAME_MARKERS: Final = frozenset({*range(0xC0, 0xD0), 0xF7}) - {0xC4, 0xC8, 0xCC}
"""Start-of-frame markers of JPEG (C0 to CF without tables and extensions) and of JPEG-LS (F7)."""
REMARK_MARKERS: Final = frozenset({*range(0xE0, 0xF0), 0xFE})
"""Application segments and comments."""
STANDALONE_MARKERS: Final = frozenset({0x00, 0x01, *range(0xD0, 0xDA)})
"""Markers without a segment, which have no place before the samples."""
START_OF_SCAN: Final = 0xDA


@dataclass(frozen=True, slots=True)
class FrameSize:
    """Dimensions of a codestream, its sample precision, and whether its end is there."""

    rows: int
    columns: int
    components: int
    bits: int
    is_complete: bool


def read_frame_size(frame: bytes) -> FrameSize | None:
    """
    Read the dimensions of a JPEG, JPEG-LS or JPEG 2000 codestream.

    Returns
    -------
    FrameSize or None
        None where the bytes do not begin as any of these.

    References
    ----------
    ITU-T T.81 B.2.2 (frame header), T.87 C.2.2, T.800 A.5.1 (SIZ).
    """
    try:
        if frame.startswith(JPEG_START):
            return _read_jpeg(frame)
        start = frame.find(J2K_START, 0, JP2_HEADER_BYTES) if frame.startswith(JP2_START) else 0
        if start >= 0 and frame.startswith(J2K_START, start):
            return _read_jpeg_2000(frame, start)
    except (struct.error, IndexError, ValueError):
        pass
    return None


def without_remarks(frame: bytes) -> bytes:
    """
    Leave out the application and comment segments of a JPEG codestream.

    They say nothing about a grey image, and GDCM ends its process over a
    JFIF revision that it does not know.

    Parameters
    ----------
    frame : bytes
        For which `read_frame_size` gave a size.
    """
    kept, until = [JPEG_START], len(JPEG_START)
    for marker, start, end in _segments(frame):
        if marker not in REMARK_MARKERS:
            kept.append(frame[start:end])
        until = end
    return b"".join([*kept, frame[until:]])


def _read_jpeg(frame: bytes) -> FrameSize | None:
    """Read the one frame header among the segments before the samples."""
    sizes = []
    for marker, start, _ in _segments(frame):
        if marker in FRAME_MARKERS:
            bits, rows, columns, components = struct.unpack_from(">BHHB", frame, start + 4)
            sizes.append(FrameSize(rows, columns, components, bits, _has_end(frame)))
    return sizes[0] if len(sizes) == 1 else None


def _segments(frame: bytes) -> Iterator[tuple[int, int, int]]:
    """
    Yield marker, start and end of each segment before the samples.

    The chain must be whole: decoders in use end their process where a segment
    is not where the one before it promised.

    Raises
    ------
    ValueError
        Where it is broken.
    """
    at = len(JPEG_START)
    while frame[at] == 0xFF and frame[at + 1] != START_OF_SCAN:
        marker = frame[at + 1]
        if marker == 0xFF:  # fill byte
            at += 1
            continue
        (length,) = struct.unpack_from(">H", frame, at + 2)
        if marker in STANDALONE_MARKERS or length < 2:
            break
        yield marker, at, at + 2 + length
        at += 2 + length
    if frame[at : at + 2] != bytes((0xFF, START_OF_SCAN)):
        message = "the marker segments are not a chain that leads to the samples"
        raise ValueError(message)


def _read_jpeg_2000(frame: bytes, start: int) -> FrameSize:
    """Read the SIZ segment, which follows the start of the codestream."""
    right, bottom, left, top = struct.unpack_from(">4I", frame, start + 8)
    (components,) = struct.unpack_from(">H", frame, start + 40)
    bits = (frame[start + 42] & 0x7F) + 1
    return FrameSize(bottom - top, right - left, components, bits, _has_end(frame))


def _has_end(frame: bytes) -> bool:
    """Whether the end-of-image marker is there, but for padding."""
    return END in frame[-(len(END) + PADDING_BYTES) :]
