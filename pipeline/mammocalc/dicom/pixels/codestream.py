"""Headers of compressed images, read without decoding, and the part that a decoder may get."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

END: Final = b"\xff\xd9"
PADDING_BYTES: Final = 16
"""What may follow the end, beside any number of zeros: fragments are padded to an even length, by some with more."""


class StreamKind(Enum):
    """The compressions of DICOM, by what their streams are."""

    JPEG = "JPEG with loss"
    JPEG_LOSSLESS = "JPEG Lossless"
    JPEG_LS = "JPEG-LS"
    JPEG_2000 = "JPEG 2000"
    HTJ2K = "High-Throughput JPEG 2000"
    RLE = "RLE Lossless"


@dataclass(frozen=True, slots=True)
class Codestream:
    """
    The stream of one frame, with every number that determines the size of memory.

    Attributes
    ----------
    kind : StreamKind
    rows, columns : int
    bits : int
        Precision of a sample, 2 to 16.
    is_signed : bool
        Only JPEG 2000 can say so.
    is_lossy : bool
        Whether the stream itself says that it loses: a discrete cosine or
        irreversible wavelet transform, a NEAR above 0, a point transform.
    data : bytes
        What a decoder may be handed: no boxes, comments or padding.
    """

    kind: StreamKind
    rows: int
    columns: int
    bits: int
    data: bytes
    is_signed: bool = False
    is_lossy: bool = False


class BadStreamError(Exception):
    """A stream that no decoder may see; the text says why, as the middle of a sentence."""


class CutStreamError(BadStreamError):
    """A stream without its end."""


def check_end(stream: bytes) -> int:
    """
    Find where a stream ends: after its end marker, behind which only padding lies.

    Returns
    -------
    int
        Where the end marker begins.

    Raises
    ------
    CutStreamError
        Where there is none.
    """
    used = len(stream.rstrip(b"\0"))
    at = stream.rfind(END, max(used - len(END) - PADDING_BYTES, 0), used)
    if at < 0:
        message = "their end is not there"
        raise CutStreamError(message)
    return at
