"""The decoders of compressed pixels; none is under the GPL."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from mammocalc.dicom.pixels.codestream import StreamKind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from mammocalc.dicom.pixels.codestream import Codestream


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
        Takes the imported module and a stream that was read and found whole;
        gives the samples in row order. May raise anything on a damaged
        stream.
    complaints : tuple of str
        How the lines begin that it writes to the error stream where it has
        made up what was missing.
    """

    package: str
    module: str
    decode: Callable[[Any, Codestream], NDArray[Any]]
    complaints: tuple[str, ...] = ()


def _decode_jpeg(gdcm: Any, stream: Codestream) -> NDArray[Any]:
    """
    Decode JPEG of 2 to 16 bits by GDCM.

    Its parser is handed the numbers of the stream itself. Newer decoders are
    in other packages; none of them says that bytes are missing (imagecodecs),
    or they read 8 bits only.
    """
    for silence in (gdcm.Trace.DebugOff, gdcm.Trace.WarningOff, gdcm.Trace.ErrorOff):
        silence()
    fragment = gdcm.Fragment()
    fragment.SetByteStringValue(stream.data)
    fragments = gdcm.SequenceOfFragments.New()
    fragments.AddFragment(fragment)
    element = gdcm.DataElement(gdcm.Tag(0x7FE0, 0x0010))
    element.SetValue(fragments.__ref__())
    image = gdcm.Image()
    image.SetNumberOfDimensions(2)
    image.SetDimensions((stream.columns, stream.rows, 1))
    image.SetDataElement(element)
    grey = gdcm.PhotometricInterpretation.GetPIType("MONOCHROME2")
    image.SetPhotometricInterpretation(gdcm.PhotometricInterpretation(grey))
    uid = JPEG_FAMILY + ("70" if stream.kind is StreamKind.JPEG_LOSSLESS else "50" if stream.bits == 8 else "51")
    image.SetTransferSyntax(gdcm.TransferSyntax(gdcm.TransferSyntax.GetTSType(uid)))
    word_bits = 8 if stream.bits <= 8 else 16
    bits = max(stream.bits, 8)  # with fewer it ends its process
    image.SetPixelFormat(gdcm.PixelFormat(1, word_bits, bits, bits - 1, 0))
    words = image.GetBuffer().encode("utf-8", "surrogateescape")  # GDCM hands its bytes over as text
    return np.frombuffer(words, dtype=f"<u{word_bits // 8}")


def _decode_jpeg_ls(imagecodecs: Any, stream: Codestream) -> NDArray[Any]:
    """Decode JPEG-LS by CharLS."""
    decoded: NDArray[Any] = imagecodecs.jpegls_decode(stream.data)
    return decoded


def _decode_jpeg_2000(imagecodecs: Any, stream: Codestream) -> NDArray[Any]:
    """Decode JPEG 2000 and High-Throughput JPEG 2000 by OpenJPEG, in this thread: workers are processes."""
    decoded: NDArray[Any] = imagecodecs.jpeg2k_decode(stream.data, numthreads=1)
    return decoded


def _decode_rle(rle: Any, stream: Codestream) -> NDArray[Any]:
    """Decode RLE Lossless by pylibjpeg-rle, ten times faster than pydicom itself."""
    words = rle.decode_pixel_data(
        stream.data,
        version=2,
        rows=stream.rows,
        columns=stream.columns,
        samples_per_pixel=1,
        bits_allocated=stream.bits,
    )
    return np.frombuffer(words, dtype=f"<u{stream.bits // 8}")


JPEG_FAMILY: Final = "1.2.840.10008.1.2.4."
GDCM: Final = Decoder("python-gdcm", "gdcm", _decode_jpeg, complaints=("Corrupt JPEG", "Premature end", "Inconsistent"))
CHARLS: Final = Decoder("imagecodecs", "imagecodecs", _decode_jpeg_ls)
OPENJPEG: Final = Decoder("imagecodecs", "imagecodecs", _decode_jpeg_2000)
RLE: Final = Decoder("pylibjpeg-rle", "rle", _decode_rle)
DECODERS: Final[Mapping[StreamKind, Decoder]] = MappingProxyType(
    {
        StreamKind.JPEG: GDCM,
        StreamKind.JPEG_LOSSLESS: GDCM,
        StreamKind.JPEG_LS: CHARLS,
        StreamKind.JPEG_2000: OPENJPEG,
        StreamKind.HTJ2K: OPENJPEG,
        StreamKind.RLE: RLE,
    }
)
"""A stream is decoded by what it is, whatever transfer syntax the file names."""
