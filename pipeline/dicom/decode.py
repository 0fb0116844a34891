"""Compressed and uncompressed pixels become codes, each by a decoder that was chosen on purpose."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from pipeline.dicom.codestream import read_frame_size
from pipeline.dicom.decoders import CHARLS, GDCM, OPENJPEG, RLE
from pipeline.dicom.quiet import quiet_stderr
from pipeline.errors import UnreadableImage
from pipeline.lexicon import Reason

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from pipeline.dicom.decoders import Decoder
    from pipeline.dicom.file import OpenFile
    from pipeline.dicom.layout import PixelLayout


@dataclass(frozen=True, slots=True)
class Syntax:
    """A transfer syntax: its name, whether it may lose, and who decodes it (nobody for uncompressed pixels)."""

    name: str
    is_lossy: bool = False
    decoder: Decoder | None = None


SYNTAXES: Final[Mapping[str, Syntax]] = MappingProxyType(
    {
        "1.2.840.10008.1.2": Syntax("Implicit VR Little Endian"),
        "1.2.840.10008.1.2.1": Syntax("Explicit VR Little Endian"),
        "1.2.840.10008.1.2.1.99": Syntax("Deflated Explicit VR Little Endian"),
        "1.2.840.10008.1.2.2": Syntax("Explicit VR Big Endian"),
        "1.2.840.10008.1.2.5": Syntax("RLE Lossless", decoder=RLE),
        "1.2.840.10008.1.2.4.50": Syntax("JPEG Baseline", is_lossy=True, decoder=GDCM),
        "1.2.840.10008.1.2.4.51": Syntax("JPEG Extended", is_lossy=True, decoder=GDCM),
        "1.2.840.10008.1.2.4.57": Syntax("JPEG Lossless", decoder=GDCM),
        "1.2.840.10008.1.2.4.70": Syntax("JPEG Lossless SV1", decoder=GDCM),
        "1.2.840.10008.1.2.4.80": Syntax("JPEG-LS Lossless", decoder=CHARLS),
        "1.2.840.10008.1.2.4.81": Syntax("JPEG-LS Near-lossless", is_lossy=True, decoder=CHARLS),
        "1.2.840.10008.1.2.4.90": Syntax("JPEG 2000 Lossless", decoder=OPENJPEG),
        "1.2.840.10008.1.2.4.91": Syntax("JPEG 2000", is_lossy=True, decoder=OPENJPEG),
        "1.2.840.10008.1.2.4.201": Syntax("HTJ2K Lossless", decoder=OPENJPEG),
        "1.2.840.10008.1.2.4.202": Syntax("HTJ2K Lossless RPCL", decoder=OPENJPEG),
        "1.2.840.10008.1.2.4.203": Syntax("HTJ2K", is_lossy=True, decoder=OPENJPEG),
    }
)
"""Every transfer syntax that is read."""
DCT_BITS: Final[Mapping[str, tuple[int, ...]]] = MappingProxyType(
    {"1.2.840.10008.1.2.4.50": (8,), "1.2.840.10008.1.2.4.51": (8, 12)}
)
"""Sample precisions that JPEG with loss has."""
BIG_ENDIAN: Final = "1.2.840.10008.1.2.2"


def find_syntax(uid: str) -> Syntax:
    """
    Look up a transfer syntax.

    Raises
    ------
    UnreadableImage
        ``unknown_transfer_syntax``, which names the UID.
    """
    syntax = SYNTAXES.get(uid)
    if syntax is None:
        shown = uid if uid.isascii() and uid.replace(".", "").isdigit() and len(uid) <= 64 else "a text that is no UID"
        message = f"The transfer syntax {shown} is not one of images that can be read. Export as JPEG Lossless (.70)."
        raise UnreadableImage(Reason.UNKNOWN_TRANSFER_SYNTAX, message)
    return syntax


def read_codes(opened: OpenFile, layout: PixelLayout) -> NDArray[np.uint16]:
    """
    Read the pixels of an open file as codes.

    Returns
    -------
    ndarray of uint16, shape (rows, columns)
        Stored values, shifted so that the smallest possible one is 0. Bits
        above High Bit (overlays of old devices) are gone.

    Raises
    ------
    UnreadableImage
        ``unknown_transfer_syntax``, ``missing_decoder``, ``truncated``,
        ``pixels_too_short`` or ``undecodable_pixels``.
    """
    uid = opened.transfer_syntax
    syntax = find_syntax(uid)
    if syntax.decoder is None:
        word = f"{'>' if uid == BIG_ENDIAN else '<'}u{layout.bits_allocated // 8}"
        stored: NDArray[Any] = np.frombuffer(opened.native_bytes(layout.native_bytes), dtype=word)
        return _to_codes(stored, layout, top_bit=layout.high_bit)
    frame = opened.frame_bytes()
    if syntax.decoder is RLE:  # RLE packs whole words, so the stored bits lie in them as in uncompressed ones
        return _to_codes(_decode(syntax, syntax.decoder, frame, layout, uid), layout, top_bit=layout.high_bit)
    _check_codestream(frame, layout, uid)
    stored = _decode(syntax, syntax.decoder, frame, layout, uid)
    if syntax.is_lossy and not layout.is_signed:
        # A lossy decoder may overshoot the largest stored value; masking would turn white into black.
        stored = np.clip(stored, 0, layout.n_codes - 1)
    return _to_codes(stored, layout, top_bit=layout.bits_stored - 1)


def _to_codes(stored: NDArray[Any], layout: PixelLayout, top_bit: int) -> NDArray[np.uint16]:
    """Take the stored bits out of each word, and shift signed values so that the smallest is 0."""
    codes = stored.reshape(layout.rows, layout.columns).astype(np.uint16)
    if top_bit >= layout.bits_stored:
        codes >>= np.uint16(top_bit + 1 - layout.bits_stored)
    if layout.bits_stored < 16:
        codes &= np.uint16(layout.n_codes - 1)
    if layout.is_signed:
        codes ^= np.uint16(1 << (layout.bits_stored - 1))
    return codes


def _check_codestream(frame: bytes, layout: PixelLayout, uid: str) -> None:
    """Refuse a codestream whose own dimensions are not the header's, before a decoder takes memory for it."""
    size = read_frame_size(frame)
    if size is None:
        message = "The compressed pixels do not begin as their transfer syntax says. Export the image again."
        raise UnreadableImage(Reason.UNDECODABLE_PIXELS, message)
    if (size.rows, size.columns, size.components) != (layout.rows, layout.columns, 1):
        message = (
            f"The compressed image has {size.rows} x {size.columns} pixels of {size.components} components, the header "
            f"says {layout.rows} x {layout.columns} of one. Export the image again from the source."
        )
        raise UnreadableImage(Reason.UNDECODABLE_PIXELS, message)
    if not 2 <= size.bits <= layout.bits_allocated or (uid in DCT_BITS and size.bits not in DCT_BITS[uid]):
        message = (
            f"The compressed image has {size.bits} bits per sample, which its transfer syntax or Bits Allocated "
            f"({layout.bits_allocated}) does not allow. Export the image again from the source."
        )
        raise UnreadableImage(Reason.UNDECODABLE_PIXELS, message)
    if not size.is_complete:
        message = "The compressed pixels end too early. Copy the file again from its source, or export it again."
        raise UnreadableImage(Reason.PIXELS_TOO_SHORT, message)


def _decode(syntax: Syntax, decoder: Decoder, frame: bytes, layout: PixelLayout, uid: str) -> NDArray[Any]:
    """Decode one frame, or say who is missing or that it cannot be done."""
    try:
        module = importlib.import_module(decoder.module)
    except ImportError:
        message = f"{syntax.name} needs the decoder package {decoder.package}: pip install {decoder.package}"
        raise UnreadableImage(Reason.MISSING_DECODER, message) from None
    try:
        with quiet_stderr():
            decoded = decoder.decode(module, frame, layout, uid)
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException:  # noqa: BLE001 - on a damaged stream a decoder may raise anything, a Rust panic too
        raise _undecodable(syntax) from None
    if decoded.size != layout.rows * layout.columns:
        raise _undecodable(syntax)
    return decoded


def _undecodable(syntax: Syntax) -> UnreadableImage:
    """Say that a decoder gave up."""
    message = f"The pixels cannot be decoded as {syntax.name}: they are damaged. Export the image again."
    return UnreadableImage(Reason.UNDECODABLE_PIXELS, message)
