"""Decoding of pixels to codes, compressed and uncompressed."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from mammocalc.dicom.pixels.codestream import BadStreamError, CutStreamError, StreamKind
from mammocalc.dicom.pixels.decoders import DECODERS
from mammocalc.dicom.pixels.frames import STREAM_STARTS, fragments_of_frame
from mammocalc.dicom.pixels.jpeg2000_stream import read_jpeg_2000
from mammocalc.dicom.pixels.jpeg_stream import read_jpeg
from mammocalc.dicom.pixels.rle_stream import read_rle
from mammocalc.dicom.pixels.stored_bits import Words, settle_words
from mammocalc.dicom.reader.silence_native_stderr import quiet_stderr
from mammocalc.vocabulary.errors import ImageUnreadableError
from mammocalc.vocabulary.lexicon import Flag, Reason

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from mammocalc.dicom.pixels.codestream import Codestream
    from mammocalc.dicom.pixels.layout import PixelLayout
    from mammocalc.dicom.reader.open_file import OpenFile


@dataclass(frozen=True, slots=True)
class Syntax:
    """A transfer syntax: its name, whether it may lose, and the streams that it allows (none: uncompressed)."""

    name: str
    is_lossy: bool = False
    kind: StreamKind | None = None


SYNTAXES: Final[Mapping[str, Syntax]] = MappingProxyType(
    {
        "1.2.840.10008.1.2": Syntax("Implicit VR Little Endian"),
        "1.2.840.10008.1.2.1": Syntax("Explicit VR Little Endian"),
        "1.2.840.10008.1.2.1.99": Syntax("Deflated Explicit VR Little Endian"),
        "1.2.840.10008.1.2.2": Syntax("Explicit VR Big Endian"),
        "1.2.840.10008.1.2.5": Syntax("RLE Lossless", kind=StreamKind.RLE),
        "1.2.840.10008.1.2.4.50": Syntax("JPEG Baseline", is_lossy=True, kind=StreamKind.JPEG),
        "1.2.840.10008.1.2.4.51": Syntax("JPEG Extended", is_lossy=True, kind=StreamKind.JPEG),
        "1.2.840.10008.1.2.4.57": Syntax("JPEG Lossless", kind=StreamKind.JPEG_LOSSLESS),
        "1.2.840.10008.1.2.4.70": Syntax("JPEG Lossless SV1", kind=StreamKind.JPEG_LOSSLESS),
        "1.2.840.10008.1.2.4.80": Syntax("JPEG-LS Lossless", kind=StreamKind.JPEG_LS),
        "1.2.840.10008.1.2.4.81": Syntax("JPEG-LS Near-lossless", is_lossy=True, kind=StreamKind.JPEG_LS),
        "1.2.840.10008.1.2.4.90": Syntax("JPEG 2000 Lossless", kind=StreamKind.JPEG_2000),
        "1.2.840.10008.1.2.4.91": Syntax("JPEG 2000", is_lossy=True, kind=StreamKind.JPEG_2000),
        "1.2.840.10008.1.2.4.201": Syntax("HTJ2K Lossless", kind=StreamKind.HTJ2K),
        "1.2.840.10008.1.2.4.202": Syntax("HTJ2K Lossless RPCL", kind=StreamKind.HTJ2K),
        "1.2.840.10008.1.2.4.203": Syntax("HTJ2K", is_lossy=True, kind=StreamKind.HTJ2K),
    }
)
"""Every transfer syntax that is read."""
BIG_ENDIAN: Final = "1.2.840.10008.1.2.2"


def find_syntax(uid: str) -> Syntax:
    """
    Look up a transfer syntax.

    Raises
    ------
    ImageUnreadableError
        ``unknown_transfer_syntax``, which names the UID.
    """
    syntax = SYNTAXES.get(uid)
    if syntax is None:
        shown = (
            uid if uid.isascii() and uid.replace(".", "").isdigit() and len(uid) <= 64 else "a text that is not a UID"
        )
        message = f"The transfer syntax {shown} is not one of images that can be read. Export as JPEG Lossless (.70)."
        raise ImageUnreadableError(Reason.UNKNOWN_TRANSFER_SYNTAX, message)
    return syntax


def read_codes(
    opened: OpenFile, layout: PixelLayout, frame: int = 0, count: int = 1
) -> tuple[NDArray[np.uint16], PixelLayout, frozenset[Flag]]:
    """
    Read the pixels of a frame of an open file as codes.

    Parameters
    ----------
    opened : OpenFile
    layout : PixelLayout
        Of each frame.
    frame : int
        0-based.
    count : int
        Number of frames.

    Returns
    -------
    ndarray of uint16, shape (rows, columns)
        Stored values, shifted so that the smallest possible one is 0. Bits
        above High Bit (overlays of old devices) are gone.
    PixelLayout
        As given, but for the bits and the sign where the pixels themselves
        show that the header is wrong.
    frozenset of Flag
        ``lossy`` where the transfer syntax or the stream itself loses,
        ``mislabelled_syntax`` where they are not of one kind, and what
        `settle_words` says.

    Raises
    ------
    ImageUnreadableError
        ``unknown_transfer_syntax``, ``missing_decoder``, ``truncated``,
        ``pixels_too_short``, ``undecodable_pixels`` or what `settle_words`
        raises.
    """
    uid = opened.transfer_syntax
    syntax = find_syntax(uid)
    order = ">" if uid == BIG_ENDIAN else "<"
    start = opened.first_bytes(max(map(len, STREAM_STARTS)))
    is_native_size = opened.declared_bytes == layout.native_bytes * count
    if opened.is_encapsulated and not is_native_size:
        content = opened.frame_bytes() if count == 1 else _bytes_of(opened, frame, count)
    elif start.startswith(STREAM_STARTS) and not is_native_size and count == 1:
        content = opened.value_bytes()
    elif syntax.kind is None:
        native = layout.native_bytes
        content = opened.native_bytes(native, native // layout.columns, frame, count)
        return settle_words(_native_words(content, layout, order), layout)
    else:
        message = (
            f"The transfer syntax is {syntax.name}, and Pixel Data holds no compressed frame. The file names another "
            "transfer syntax than its pixels have: export the image again."
        )
        raise ImageUnreadableError(Reason.UNDECODABLE_PIXELS, message)
    decoded = decode_frame(content, layout, syntax)
    if decoded is None:  # uncompressed pixels, wrapped as compressed ones are
        codes, layout, flags = settle_words(_native_words(content[: layout.native_bytes], layout, order), layout)
        return codes, layout, flags | {Flag.MISLABELLED_SYNTAX}
    samples, stream = decoded
    words = Words(
        samples.astype(np.uint16) & np.uint16((1 << stream.bits) - 1),
        bits=stream.bits,
        is_packed=stream.kind is StreamKind.RLE,  # whole words; the stored bits lie in them as in uncompressed ones
        is_signed=stream.is_signed if stream.kind in {StreamKind.JPEG_2000, StreamKind.HTJ2K} else None,
        is_lossy=syntax.is_lossy or stream.is_lossy,
    )
    codes, layout, flags = settle_words(words, layout)
    if syntax.is_lossy or stream.is_lossy:
        flags |= {Flag.LOSSY}
    if stream.kind is not syntax.kind:
        flags |= {Flag.MISLABELLED_SYNTAX}
    return codes, layout, flags


def refuse_missing_frames(opened: OpenFile, layout: PixelLayout, count: int) -> None:
    """
    Refuse an object that does not hold as many frames as its header names.

    Raises
    ------
    ImageUnreadableError
        ``truncated``, ``pixels_too_short``, ``invalid_dimensions`` or ``undecodable_pixels``.
    """
    whole = layout.native_bytes * count
    if opened.is_encapsulated and opened.declared_bytes != whole:
        fragments_of_frame(opened, count - 1, count)
    elif find_syntax(opened.transfer_syntax).kind is None:
        opened.native_bytes(layout.native_bytes, layout.native_bytes // layout.columns, count - 1, count)


def _bytes_of(opened: OpenFile, frame: int, count: int) -> bytes:
    """Give the compressed bytes of one frame of several."""
    return b"".join(map(opened.fragment_bytes, fragments_of_frame(opened, frame, count)))


def decode_frame(frame: bytes, layout: PixelLayout, syntax: Syntax) -> tuple[NDArray[Any], Codestream] | None:
    """
    Decode a frame as what it is.

    Returns
    -------
    (ndarray, Codestream) or None
        Samples, shape (rows, columns), and what the stream says of itself;
        None for uncompressed pixels.

    Raises
    ------
    ImageUnreadableError
        ``missing_decoder``, ``pixels_too_short`` or ``undecodable_pixels``.
    """
    stream = _read_stream(frame, layout, syntax)
    return None if stream is None else (_decode(stream).reshape(layout.rows, layout.columns), stream)


def _native_words(content: bytes, layout: PixelLayout, order: str) -> Words:
    """Take uncompressed pixels as words."""
    stored = np.frombuffer(content, dtype=f"{order}u{layout.bits_allocated // 8}")
    values = stored.reshape(layout.rows, layout.columns).astype(np.uint16, copy=False)
    return Words(values, bits=layout.bits_allocated, is_packed=True)


def _read_stream(frame: bytes, layout: PixelLayout, syntax: Syntax) -> Codestream | None:
    """Tell what a frame is, whatever the file says; None for uncompressed pixels. No decoder sees another's size."""
    try:
        stream = read_jpeg(frame) or read_jpeg_2000(frame) or read_rle(frame, layout.rows, layout.columns)
    except CutStreamError:
        message = "The compressed pixels end too early. Copy the file again from its source, or export it again."
        raise ImageUnreadableError(Reason.PIXELS_TOO_SHORT, message) from None
    except BadStreamError as error:
        message = f"The compressed pixels cannot be read: {error}. Export the image again from the source."
        raise ImageUnreadableError(Reason.UNDECODABLE_PIXELS, message) from None
    if stream is None and len(frame) in {layout.native_bytes, layout.native_bytes + 1}:
        return None
    if stream is None:
        message = f"The pixels do not begin as {syntax.name} does, nor as anything else that can be read."
        raise ImageUnreadableError(Reason.UNDECODABLE_PIXELS, f"{message} Export the image again from the source.")
    if (stream.rows, stream.columns) != (layout.rows, layout.columns):
        message = (
            f"The compressed image has {stream.rows} x {stream.columns} pixels, the header says {layout.rows} x "
            f"{layout.columns} (Rows and Columns). Export the image again from the source."
        )
        raise ImageUnreadableError(Reason.UNDECODABLE_PIXELS, message)
    if stream.kind is StreamKind.RLE and stream.bits != layout.bits_allocated:
        message = (
            f"The compressed image has {stream.bits} bits per sample, the header says {layout.bits_allocated} (Bits "
            "Allocated). Export the image again from the source."
        )
        raise ImageUnreadableError(Reason.UNDECODABLE_PIXELS, message)
    return stream


def _decode(stream: Codestream) -> NDArray[Any]:
    """Decode one frame, or say who is missing or that it cannot be done; what a decoder warns of is an error."""
    decoder = DECODERS[stream.kind]
    try:
        module = importlib.import_module(decoder.module)
    except ImportError:
        message = f"{stream.kind.value} needs the decoder package {decoder.package}: pip install {decoder.package}"
        raise ImageUnreadableError(Reason.MISSING_DECODER, message) from None
    try:
        with quiet_stderr() as heard:
            decoded = decoder.decode(module, stream)
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException:  # noqa: BLE001 - on a damaged stream a decoder may raise anything, a Rust panic too
        raise _damaged(stream) from None
    if any(line.startswith(decoder.complaints) for line in heard.text.splitlines()):
        raise _damaged(stream)
    if decoded.size != stream.rows * stream.columns:
        raise _damaged(stream)
    if decoded.dtype.kind == "u" and int(decoded.max()) >> stream.bits:  # differences that lead out of the range
        raise _damaged(stream)
    return decoded


def _damaged(stream: Codestream) -> ImageUnreadableError:
    """Say that a decoder gave up, or did not find what the stream promised."""
    message = (
        f"The pixels are {stream.kind.value} and are damaged: bytes are missing or changed. Export the image again."
    )
    return ImageUnreadableError(Reason.UNDECODABLE_PIXELS, message)
