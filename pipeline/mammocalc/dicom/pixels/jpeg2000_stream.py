"""JPEG 2000 streams, box by box and marker by marker (ITU-T T.800 Annexes A and I, T.814)."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mammocalc.dicom.pixels.codestream import BadStreamError, Codestream, StreamKind, check_end

if TYPE_CHECKING:
    from collections.abc import Iterator

START: Final = b"\xff\x4f\xff\x51"
BOX_START: Final = b"\x00\x00\x00\x0c\x6a\x50\x20\x20"
MAX_BOXES: Final = 64
MAX_TILES: Final = 1 << 14
"""More tiles than the largest mammogram has at 64 x 64 pixels; a decoder keeps kilobytes for each."""
CODING_STYLE, TILE_PART, CAPABILITIES = 0xFF52, 0xFF90, 0xFF50
SEGMENT_MARKERS: Final = range(0xFF50, 0xFF70)
GREY: Final = b"\x01\0\0\0\0\0\x11"
"""A colour specification that says greyscale: enumerated, precedence and approximation 0, 17."""
SIZ: Final = struct.Struct(">HH8IH3B")


@dataclass(frozen=True, slots=True)
class Size:
    """The numbers of the SIZ segment, and the grid of tiles that they make."""

    rows: int
    columns: int
    sample: int
    n_tiles: int

    @property
    def bits(self) -> int:
        """Precision of a sample."""
        return (self.sample & 0x7F) + 1


def read_jpeg_2000(frame: bytes) -> Codestream | None:
    """
    Read a JPEG 2000 or HTJ2K codestream of one grey component.

    DICOM allows the codestream alone (PS3.5 A.4.4). Where a writer left the
    boxes of a JP2 file around it, the codestream is taken out, and what the
    boxes would add to it is refused: a palette there made a decoder write
    past its memory.

    Returns
    -------
    Codestream or None
        None where the bytes do not begin as one.

    Raises
    ------
    BadStreamError
        Where its numbers are none of a grey image, or where its tile parts
        are not as long as they say.
    """
    boxes = None
    if frame.startswith(BOX_START):
        boxes, frame = _open_boxes(frame)
    if not frame.startswith(START):
        return None
    end = check_end(frame)
    stream = frame[: end + 2]
    size = _read_size(stream)
    if boxes is not None:
        _check_boxes(boxes, size)
    kind, is_lossy, first = _read_main_header(stream)
    _check_tile_parts(stream, first, end, size.n_tiles)
    is_signed = bool(size.sample & 0x80)
    return Codestream(kind, size.rows, size.columns, size.bits, stream, is_signed=is_signed, is_lossy=is_lossy)


def _list_boxes(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield type and content of each box (I.4)."""
    at = 0
    for _ in range(MAX_BOXES):
        if not any(content[at : at + 8]):  # the end, or padding
            return
        length, kind, start = int.from_bytes(content[at : at + 4], "big"), content[at + 4 : at + 8], at + 8
        if length == 1:
            length, start = int.from_bytes(content[at + 8 : at + 16], "big"), at + 16
        until = at + length if length else len(content)
        if until > len(content) and kind == b"jp2c":
            until = len(content)  # a codestream that is cut says so itself
        if not start <= until <= len(content):
            break
        yield kind, content[start:until]
        at = until
    message = "the boxes around their codestream are damaged"
    raise BadStreamError(message)


def _open_boxes(frame: bytes) -> tuple[list[tuple[bytes, bytes]], bytes]:
    """Give the boxes of the JP2 header, and the one codestream."""
    boxes = list(_list_boxes(frame))
    streams = [content for kind, content in boxes if kind == b"jp2c"]
    if len(streams) != 1:
        message = f"they are a JP2 file with {len(streams)} codestreams instead of one"
        raise BadStreamError(message)
    return [box for kind, content in boxes if kind == b"jp2h" for box in _list_boxes(content)], streams[0]


def _check_boxes(boxes: list[tuple[bytes, bytes]], size: Size) -> None:
    """Refuse what the boxes of a JP2 file add to its codestream, or say against it."""
    for kind, content in boxes:
        allowed = {
            b"ihdr": struct.pack(">IIH", size.rows, size.columns, 1) + bytes((size.sample, 7)),
            b"bpcc": bytes((size.sample,)),
            b"colr": GREY,
            b"cdef": b"\0\x01\0\0\0\0\0\x01",
        }
        seen = content
        if kind == b"ihdr":
            if content[10:11] == b"\xff":  # the precision stands in a box of its own
                seen = content[:10] + bytes((size.sample,)) + content[11:]
            seen = seen[:12]
        elif kind == b"colr":
            seen = content[:1] + bytes(2) + content[3:7]
        elif kind == b"cdef" and content == b"\0\x01\0\0\0\0\0\0":
            continue
        elif kind in {b"pclr", b"cmap"}:
            message = "they are a JP2 file with a palette, which a grey image in DICOM cannot have"
            raise BadStreamError(message)
        if kind in allowed and seen != allowed[kind]:
            message = f"they are a JP2 file whose box {kind.decode()} says other than its codestream"
            raise BadStreamError(message)


def _read_size(stream: bytes) -> Size:
    """Read and check the SIZ segment, which follows the start of the codestream (A.5.1)."""
    if len(stream) < 4 + SIZ.size:
        message = "their size segment (SIZ) is cut off"
        raise BadStreamError(message)
    length, _, *grid, components, sample, step_x, step_y = SIZ.unpack_from(stream, 4)
    right, bottom, left, top, tile_width, tile_height, tile_left, tile_top = grid
    if components != 1:
        message = f"they hold {components} components, and a grey image has one"
        raise BadStreamError(message)
    if length != SIZ.size or (step_x, step_y) != (1, 1):
        message = f"their samples lie {step_y} x {step_x} pixels apart (SIZ) instead of at every pixel"
        raise BadStreamError(message)
    if (left, top, tile_left, tile_top) != (0, 0, 0, 0):
        message = "their image or their tiles do not begin at the first pixel (SIZ)"
        raise BadStreamError(message)
    if min(right, bottom, tile_width, tile_height) < 1:
        message = "their image or their tiles have no size (SIZ)"
        raise BadStreamError(message)
    n_tiles = -(-right // tile_width) * -(-bottom // tile_height)
    if n_tiles > MAX_TILES:
        message = f"they are cut into {n_tiles} tiles, more than any mammogram is"
        raise BadStreamError(message)
    size = Size(bottom, right, sample, n_tiles)
    if not 2 <= size.bits <= 16:
        message = f"they have {size.bits} bits per sample, and 2 to 16 are supported"
        raise BadStreamError(message)
    return size


def _read_main_header(stream: bytes) -> tuple[StreamKind, bool, int]:
    """Tell the kind of stream, whether its wavelet loses (A.6.1), and where its first tile part begins."""
    kind, is_lossy, has_style, at = StreamKind.JPEG_2000, False, False, 2
    while at + 4 <= len(stream):
        marker, length = struct.unpack_from(">HH", stream, at)
        if marker == TILE_PART and has_style:
            return kind, is_lossy, at
        if marker not in SEGMENT_MARKERS or length < 2:
            break
        if marker == CAPABILITIES:
            kind = StreamKind.HTJ2K
        elif marker == CODING_STYLE and length >= 12:
            has_style, is_lossy = True, stream[at + 13 : at + 14] == b"\0"
        at += 2 + length
    message = "the segments of their header are not a chain that leads to the samples"
    raise BadStreamError(message)


def _check_tile_parts(stream: bytes, at: int, end: int, n_tiles: int) -> None:
    """Follow the tile parts by their lengths (A.4.2): they have to end where the stream does, and leave no tile out."""
    tiles: dict[int, list[int]] = {}
    while at < end:
        marker, length, tile, size, part, count = struct.unpack_from(">HHHIBB", stream.ljust(at + 12, b"\0"), at)
        size = size or end - at  # the last one may leave its length open
        if (marker, length) != (TILE_PART, 10) or tile >= n_tiles or size < 14:
            break
        state = tiles.setdefault(tile, [0, 0])
        if part != state[0]:
            break
        state[0], state[1] = part + 1, count or state[1]
        at += size
    else:
        if at == end and len(tiles) == n_tiles and all(count in {0, seen} for seen, count in tiles.values()):
            return
    message = "the parts of their image are not as long as they say: bytes are missing, or were added"
    raise BadStreamError(message)
