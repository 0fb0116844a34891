"""Pixels as the bytes of a lossless transfer syntax."""

from __future__ import annotations

from typing import TYPE_CHECKING

import jpeg_ls
from openjpeg.utils import encode_pixel_data as encode_jpeg_2000
from pydicom.encaps import encapsulate
from rle.utils import encode_pixel_data as encode_rle

from mammocalc.simulation.vocabulary import Coding

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from mammocalc.simulation.recipe import Scene

_ENCODERS = {
    Coding.RLE: encode_rle,
    Coding.JPEG_LS: jpeg_ls.encode_pixel_data,
    Coding.JPEG_2000: encode_jpeg_2000,
}
_BY_GDCM = {Coding.JPEG_LOSSLESS, Coding.JPEG_LOSSLESS_SV1}


def allocated_bits(scene: Scene) -> int:
    """
    Give *Bits Allocated*: scans of 8 bits take a byte, everything else two.

    GDCM compresses no odd number of bytes, so an odd number of pixels gets two bytes each there.
    """
    is_odd = scene.shape[0] * scene.shape[1] % 2 == 1
    return 16 if scene.bits > 8 or (is_odd and scene.transfer_syntax in _BY_GDCM) else 8


def _even(value: bytes) -> bytes:
    """Pad a value to an even number of bytes, as DICOM asks (PS3.5, 8.1.1)."""
    return value + b"\0" * (len(value) % 2)


def _jpeg_lossless(pixels: NDArray[np.unsignedinteger], bits: int, *, first_order: bool) -> bytes:
    """Give one frame as JPEG Lossless, process 14, by GDCM, the only encoder of it without a copyleft licence."""
    import gdcm  # noqa: PLC0415 - slow to load, and needed by two codings only

    image = gdcm.Image()
    image.SetNumberOfDimensions(2)
    image.SetDimension(0, pixels.shape[1])
    image.SetDimension(1, pixels.shape[0])
    image.SetPhotometricInterpretation(gdcm.PhotometricInterpretation(gdcm.PhotometricInterpretation.MONOCHROME2))
    image.SetPixelFormat(gdcm.PixelFormat(1, 8 * pixels.itemsize, bits, bits - 1, 0))
    image.SetTransferSyntax(gdcm.TransferSyntax(gdcm.TransferSyntax.ExplicitVRLittleEndian))
    element = gdcm.DataElement(gdcm.Tag(0x7FE0, 0x0010))
    element.SetByteStringValue(pixels.tobytes())
    image.SetDataElement(element)
    change = gdcm.ImageChangeTransferSyntax()
    process = "JPEGLosslessProcess14_1" if first_order else "JPEGLosslessProcess14"
    change.SetTransferSyntax(gdcm.TransferSyntax(getattr(gdcm.TransferSyntax, process)))
    # The filter frees its input; a second owner would free it again.
    image.thisown = False
    change.SetInput(image)
    if not change.Change():
        raise RuntimeError("GDCM could not compress the image")
    fragments = change.GetOutput().GetDataElement().GetSequenceOfFragments()
    parts = [fragments.GetFragment(n).GetByteValue().GetBuffer() for n in range(fragments.GetNumberOfFragments())]
    return b"".join(part.encode("utf-8", "surrogateescape") for part in parts)


def encode(pixels: NDArray[np.uint16], scene: Scene) -> bytes:
    """
    Give the value of Pixel Data.

    Parameters
    ----------
    pixels : ndarray of uint16, shape (rows, columns)
    scene : Scene
        Its transfer syntax and bits stored.

    Returns
    -------
    bytes
        Encapsulated where the transfer syntax is.
    """
    coding, allocated = scene.transfer_syntax, allocated_bits(scene)
    little = pixels.astype(f"<u{allocated // 8}")
    if coding in _ENCODERS:
        frame = _ENCODERS[coding](
            little.tobytes(),
            byteorder="<",
            rows=pixels.shape[0],
            columns=pixels.shape[1],
            samples_per_pixel=1,
            bits_allocated=allocated,
            bits_stored=scene.bits,
            pixel_representation=0,
            photometric_interpretation=scene.photometric.value,
        )
        return encapsulate([bytes(frame)])
    if coding in _BY_GDCM:
        return encapsulate([_jpeg_lossless(little, scene.bits, first_order=coding is Coding.JPEG_LOSSLESS_SV1)])
    return _even((little.astype(little.dtype.newbyteorder(">")) if coding is Coding.EXPLICIT_BIG else little).tobytes())
