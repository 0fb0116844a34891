"""The layout of the pixels, checked before memory is allocated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mammocalc.vocabulary.errors import ImageUnreadableError
from mammocalc.vocabulary.lexicon import Reason

if TYPE_CHECKING:
    from mammocalc.dicom.reader.header import Header
    from mammocalc.dicom.reader.settings import ReadSettings

GREYSCALE: Final = frozenset({"MONOCHROME1", "MONOCHROME2"})
MIN_SIDE_PX: Final = 2
"""Neighbours in both directions are the least that an image has."""


@dataclass(frozen=True, slots=True)
class PixelLayout:
    """Image Pixel Module (PS3.3 C.7.6.3) of a greyscale image of at most 16 bits."""

    rows: int
    columns: int
    bits_allocated: int
    bits_stored: int
    high_bit: int
    is_signed: bool
    is_monochrome1: bool

    @property
    def native_bytes(self) -> int:
        """Size of the uncompressed image in bytes."""
        return self.rows * self.columns * self.bits_allocated // 8

    @property
    def n_codes(self) -> int:
        """The number of possible stored values."""
        return 1 << self.bits_stored

    @property
    def smallest_stored(self) -> int:
        """The stored value that becomes code 0."""
        return -(1 << (self.bits_stored - 1)) if self.is_signed else 0


def read_layout(header: Header, settings: ReadSettings) -> PixelLayout:
    """
    Read and check how the pixels are laid out.

    Raises
    ------
    ImageUnreadableError
        ``missing_tag``, ``invalid_dimensions``, ``too_large``,
        ``unsupported_pixels`` or ``invalid_tag``.
    """
    rows = _required(header, "Rows", "Rows (0028,0010)")
    columns = _required(header, "Columns", "Columns (0028,0011)")
    if rows < MIN_SIDE_PX or columns < MIN_SIDE_PX:
        message = f"The header gives the image {rows} rows and {columns} columns. Export it again from the source."
        raise ImageUnreadableError(Reason.INVALID_DIMENSIONS, message)
    if rows * columns > settings.max_pixels:
        message = (
            f"The image would have {rows} x {columns} pixels, more than read.max_pixels = {settings.max_pixels}. "
            "Raise that setting if the image is really so large."
        )
        raise ImageUnreadableError(Reason.TOO_LARGE, message)
    _check_greyscale(header)
    allocated = _required(header, "BitsAllocated", "Bits Allocated (0028,0100)")
    stored = header.integer("BitsStored") or allocated
    high_bit = header.integer("HighBit")
    high_bit = stored - 1 if high_bit is None else high_bit
    if allocated not in {8, 16}:
        raise _unsupported(f"{allocated} bits are allocated per pixel, and 8 or 16 are supported")
    if not 2 <= stored <= allocated or not stored - 1 <= high_bit < allocated:
        message = (
            f"Bits Allocated {allocated}, Bits Stored {stored} and High Bit {high_bit} do not fit together. "
            "Export the image again from the source."
        )
        raise ImageUnreadableError(Reason.INVALID_TAG, message)
    return PixelLayout(
        rows=rows,
        columns=columns,
        bits_allocated=allocated,
        bits_stored=stored,
        high_bit=high_bit,
        is_signed=header.integer("PixelRepresentation") == 1,
        is_monochrome1=header.text("PhotometricInterpretation").upper() == "MONOCHROME1",
    )


def _check_greyscale(header: Header) -> None:
    """Refuse everything but MONOCHROME1 and MONOCHROME2."""
    samples = header.integer("SamplesPerPixel")
    photometric = header.text("PhotometricInterpretation").upper()
    if not photometric:
        message = "Photometric Interpretation (0028,0004) is missing. Export the image again from the source."
        raise ImageUnreadableError(Reason.MISSING_TAG, message)
    if samples not in {1, None}:
        raise _unsupported(f"it has {samples} samples per pixel, so it is a colour image")
    if photometric not in GREYSCALE:
        raise _unsupported("its photometric interpretation is neither MONOCHROME1 nor MONOCHROME2")


def _required(header: Header, keyword: str, name: str) -> int:
    """Read an integer without which there is no image."""
    value = header.integer(keyword)
    if value is None:
        message = f"{name} is missing or is not a number. Export the image again from the source."
        raise ImageUnreadableError(Reason.MISSING_TAG, message)
    return value


def _unsupported(why: str) -> ImageUnreadableError:
    """Say that the pixels are of a kind that mammograms do not have."""
    message = f"The image is not a greyscale image of at most 16 bits: {why}. Export the original mammogram."
    return ImageUnreadableError(Reason.UNSUPPORTED_PIXELS, message)
