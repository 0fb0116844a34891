"""One frame in every compression that DICOM has: encoders of tests and of the fuzzer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import imagecodecs
import numpy as np
from rle.utils import encode_pixel_data

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Encoder = Callable[[NDArray[Any]], bytes | bytearray]

JPEG_FAMILY: Final = "1.2.840.10008.1.2.4."
RLE: Final = "1.2.840.10008.1.2.5"
BASELINE: Final = JPEG_FAMILY + "50"


def encode_rle(image: NDArray[Any]) -> bytes:
    """Encode by RLE, whole words."""
    bits = image.dtype.itemsize * 8
    rows, columns = image.shape
    return bytes(
        encode_pixel_data(
            image.tobytes(), rows=rows, columns=columns, samples_per_pixel=1, bits_allocated=bits,
            number_of_frames=1, byteorder="<",
        )
    )  # fmt: skip


def encode_baseline(image: NDArray[Any]) -> bytes:
    """Encode the upper eight of twelve bits by JPEG Baseline."""
    return bytes(imagecodecs.jpeg_encode((image >> 4).astype(np.uint8), level=98))


LOSSLESS: Final[dict[str, Encoder]] = {
    RLE: encode_rle,
    JPEG_FAMILY + "57": lambda image: imagecodecs.jpeg_encode(image, lossless=True, predictor=4, bitspersample=12),
    JPEG_FAMILY + "70": lambda image: imagecodecs.ljpeg_encode(image, bitspersample=12),
    JPEG_FAMILY + "80": imagecodecs.jpegls_encode,
    JPEG_FAMILY + "90": lambda image: imagecodecs.jpeg2k_encode(image, codecformat="j2k", reversible=True, level=0),
    JPEG_FAMILY + "201": lambda image: imagecodecs.htj2k_encode(image, reversible=True),
    JPEG_FAMILY + "202": lambda image: imagecodecs.htj2k_encode(image, reversible=True),
}
"""By transfer syntax, for images of 12 bits."""
LOSSY: Final[dict[str, Encoder]] = {
    JPEG_FAMILY + "51": lambda image: imagecodecs.jpeg_encode(image, level=98, bitspersample=12),
    JPEG_FAMILY + "81": lambda image: imagecodecs.jpegls_encode(image, level=3),
    JPEG_FAMILY + "91": lambda image: imagecodecs.jpeg2k_encode(image, codecformat="j2k", level=90, reversible=False),
    JPEG_FAMILY + "203": lambda image: imagecodecs.htj2k_encode(image, reversible=False, level=1e-3),
}
