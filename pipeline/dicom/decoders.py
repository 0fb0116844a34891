"""The decoders of compressed pixels, each chosen on purpose; none of them carries the GPL."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from pipeline.dicom.codestream import without_remarks

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from pipeline.dicom.layout import PixelLayout


@dataclass(frozen=True, slots=True)
class Decoder:
    """
    Who decodes a kind of compressed pixels.

    Attributes
    ----------
    package : str
        What to install.
    module : str
        What to import; done on first use, so that one that is missing stops
        only the images that need it.
    decode : callable
        Takes the imported module, the bytes of one frame, their layout and
        the transfer syntax; gives the samples in row order. May raise
        anything on a damaged stream.
    """

    package: str
    module: str
    decode: Callable[[Any, bytes, PixelLayout, str], NDArray[Any]]


def _decode_gdcm(gdcm: Any, frame: bytes, layout: PixelLayout, uid: str) -> NDArray[Any]:
    """Decode JPEG of 8, 12 and 16 bits by GDCM; pydicom's own plugin refuses 12-bit JPEG Extended."""
    for silence in (gdcm.Trace.DebugOff, gdcm.Trace.WarningOff, gdcm.Trace.ErrorOff):
        silence()
    fragment = gdcm.Fragment()
    fragment.SetByteStringValue(without_remarks(frame))
    fragments = gdcm.SequenceOfFragments.New()
    fragments.AddFragment(fragment)
    element = gdcm.DataElement(gdcm.Tag(0x7FE0, 0x0010))
    element.SetValue(fragments.__ref__())
    image = gdcm.Image()
    image.SetNumberOfDimensions(2)
    image.SetDimensions((layout.columns, layout.rows, 1))
    image.SetDataElement(element)
    grey = gdcm.PhotometricInterpretation.GetPIType("MONOCHROME2")
    image.SetPhotometricInterpretation(gdcm.PhotometricInterpretation(grey))
    image.SetTransferSyntax(gdcm.TransferSyntax(gdcm.TransferSyntax.GetTSType(uid)))
    bits = (layout.bits_allocated, layout.bits_stored, layout.bits_stored - 1, int(layout.is_signed))
    image.SetPixelFormat(gdcm.PixelFormat(1, *bits))
    words = image.GetBuffer().encode("utf-8", "surrogateescape")  # GDCM hands its bytes over as text
    return np.frombuffer(words, dtype=f"<u{layout.bits_allocated // 8}")


def _decode_jpeg_ls(jpeg_ls: Any, frame: bytes, _layout: PixelLayout, _uid: str) -> NDArray[Any]:
    """Decode JPEG-LS by CharLS, twice as fast as by GDCM."""
    words, info = jpeg_ls.decode_pixel_data(frame)
    return np.frombuffer(words, dtype="<u1" if info["bits_per_sample"] <= 8 else "<u2")


def _decode_jpeg_2000(openjpeg: Any, frame: bytes, _layout: PixelLayout, _uid: str) -> NDArray[Any]:
    """Decode JPEG 2000 and High-Throughput JPEG 2000 by OpenJPEG."""
    decoded: NDArray[Any] = openjpeg.decode(frame)
    return decoded


def _decode_rle(rle: Any, frame: bytes, layout: PixelLayout, _uid: str) -> NDArray[Any]:
    """Decode RLE Lossless by pylibjpeg-rle, ten times faster than pydicom itself."""
    words = rle.decode_pixel_data(
        frame,
        version=2,
        rows=layout.rows,
        columns=layout.columns,
        samples_per_pixel=1,
        bits_allocated=layout.bits_allocated,
    )
    return np.frombuffer(words, dtype=f"<u{layout.bits_allocated // 8}")


GDCM: Final = Decoder("python-gdcm", "gdcm", _decode_gdcm)
CHARLS: Final = Decoder("pyjpegls", "jpeg_ls", _decode_jpeg_ls)
OPENJPEG: Final = Decoder("pylibjpeg-openjpeg", "openjpeg", _decode_jpeg_2000)
RLE: Final = Decoder("pylibjpeg-rle", "rle", _decode_rle)
