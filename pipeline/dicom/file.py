"""The bytes of a file: its header, and the bytes of its pixels, without believing any length in it."""

from __future__ import annotations

import os
import stat
import struct
import warnings
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO, Final

from pydicom.dataelem import RawDataElement
from pydicom.filereader import read_dataset
from pydicom.uid import DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian, ImplicitVRLittleEndian

from pipeline.dicom.header import Header
from pipeline.errors import UnreadableImage
from pipeline.lexicon import Reason

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pydicom.dataset import Dataset
    from pydicom.tag import BaseTag

PREAMBLE_BYTES: Final = 128
DEFER_BYTES: Final = 1 << 20
"""Header elements larger than this (vendors' own pixel stores) are passed over: nothing here reads one."""
INFLATED_SPARE_BYTES: Final = 64 << 20
"""What a deflated data set may hold beside its pixels."""
UNDEFINED_LENGTH: Final = 0xFFFFFFFF
PIXEL_DATA: Final = 0x7FE00010
FLOAT_PIXEL_DATA: Final = 0x7FE00008
DOUBLE_PIXEL_DATA: Final = 0x7FE00009
ITEM: Final = b"\xfe\xff\x00\xe0"
SEQUENCE_END: Final = b"\xfe\xff\xdd\xe0"


@dataclass(frozen=True, slots=True)
class PixelElement:
    """Where the pixels lie: the element's tag, its declared length, and where its value starts in the stream."""

    tag: int
    length: int
    start: int

    @property
    def is_float(self) -> bool:
        """Whether these are floating-point pixels."""
        return self.tag != PIXEL_DATA


@dataclass(frozen=True, slots=True, eq=False)
class OpenFile:
    """An open DICOM file, read as far as its pixels; ``pixels`` is None where there are none."""

    header: Header
    transfer_syntax: str
    stream: BinaryIO
    stream_bytes: int
    pixels: PixelElement | None

    def native_bytes(self, expected: int) -> bytes:
        """
        Give the first ``expected`` bytes of uncompressed pixels.

        Raises
        ------
        UnreadableImage
            ``truncated`` where the file ends inside of its pixels,
            ``pixels_too_short`` where the element itself is too small.
        """
        pixels = self._pixels()
        available = self.stream_bytes - pixels.start
        if pixels.length != UNDEFINED_LENGTH and pixels.length < expected:
            message = (
                f"Pixel Data holds {pixels.length} bytes, and the header's dimensions need {expected}. "
                "The file was damaged before it was sent: export it again from the source."
            )
            raise UnreadableImage(Reason.PIXELS_TOO_SHORT, message)
        if available < expected:
            raise _truncated()
        self.stream.seek(pixels.start)
        return self.stream.read(expected)

    def frame_bytes(self) -> bytes:
        """
        Give the compressed bytes of the one frame: its fragments, joined (PS3.5 A.4).

        Raises
        ------
        UnreadableImage
            ``truncated`` where the file ends before the pixels do,
            ``pixels_too_short`` where there are no bytes at all,
            ``undecodable_pixels`` where they are not encapsulated.
        """
        pixels = self._pixels()
        if pixels.length != UNDEFINED_LENGTH:
            message = (
                "The transfer syntax is a compressed one, and Pixel Data is not encapsulated. "
                "The header does not belong to these pixels: export the image again."
            )
            raise UnreadableImage(Reason.UNDECODABLE_PIXELS, message)
        self.stream.seek(pixels.start)
        fragments: list[bytes] = []
        while (head := self._exactly(8))[:4] == ITEM:
            fragments.append(self._exactly(struct.unpack("<I", head[4:])[0]))
        if head[:4] != SEQUENCE_END:
            message = "The fragments of the compressed pixels are damaged. Export the image again from the source."
            raise UnreadableImage(Reason.UNDECODABLE_PIXELS, message)
        frame = b"".join(fragments[1:])  # the first item is the Basic Offset Table
        if not frame:
            message = "Pixel Data holds no compressed bytes. Export the image again from the source."
            raise UnreadableImage(Reason.PIXELS_TOO_SHORT, message)
        return frame

    def _pixels(self) -> PixelElement:
        """Give the pixel element; the caller has made sure that there is one."""
        if self.pixels is None:
            raise _truncated()
        return self.pixels

    def _exactly(self, count: int) -> bytes:
        """Read as many bytes as were asked for, or say that the file is truncated; never allocate for a lie."""
        if count > self.stream_bytes - self.stream.tell():
            raise _truncated()
        return self.stream.read(count)


@contextmanager
def open_dicom(path: Path, max_pixel_bytes: int) -> Iterator[OpenFile]:
    """
    Open a file and read its header, as far as its pixels.

    Parameters
    ----------
    path : Path
        With or without preamble and File Meta Information.
    max_pixel_bytes : int
        What pixels may take at most; bounds how far a deflated file is inflated.

    Yields
    ------
    OpenFile
        Valid inside of the ``with`` block.

    Raises
    ------
    UnreadableImage
        ``empty_file``, ``not_dicom``, ``truncated``, ``too_large`` or ``unreadable``.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            message = "This is not an ordinary file. Name a file, not a device, a pipe or a folder."
            raise UnreadableImage(Reason.UNREADABLE, message)
        file = path.open("rb")
    except (OSError, ValueError) as error:
        raise _cannot_open(error) from None
    with file, warnings.catch_warnings():
        # pydicom warns of every value that breaks a rule of its VR. What matters of it is judged
        # attribute by attribute; the rest would name paths and patients on a terminal.
        warnings.simplefilter("ignore")
        yield _read_header(file, max_pixel_bytes)


def _read_header(file: BinaryIO, max_pixel_bytes: int) -> OpenFile:
    """Read File Meta Information and the data set as far as the pixels."""
    size = os.fstat(file.fileno()).st_size
    if size == 0:
        message = "The file is empty. Copy it again from its source."
        raise UnreadableImage(Reason.EMPTY_FILE, message)
    has_preamble = file.read(PREAMBLE_BYTES + 4)[PREAMBLE_BYTES:] == b"DICM"
    if not has_preamble:
        file.seek(0)
    try:
        meta = read_dataset(file, is_implicit_VR=False, is_little_endian=True, stop_when=_leaves_group_2)
        syntax = Header(meta).text("TransferSyntaxUID")
        stream: BinaryIO = file
        if syntax == DeflatedExplicitVRLittleEndian:
            inflated = _inflate(file.read(), max_pixel_bytes + INFLATED_SPARE_BYTES)
            stream, size = BytesIO(inflated), len(inflated)
        dataset, pixels = _read_dataset(stream, syntax)
    except (UnreadableImage, MemoryError):
        raise
    except OSError as error:
        raise _cannot_open(error) from None
    except Exception:  # noqa: BLE001 - a hostile header makes pydicom raise struct.error, RecursionError and more
        raise _not_dicom_or_broken(has_preamble=has_preamble) from None
    header = Header(dataset)
    if not has_preamble and not header.text("SOPClassUID"):
        raise _not_dicom_or_broken(has_preamble=False)
    if pixels is None and (len(dataset) == 0 or _last_value_is_cut(dataset)):
        raise _truncated()
    return OpenFile(header, syntax or str(_guessed_syntax(dataset)), stream, size, pixels)


def _read_dataset(stream: BinaryIO, syntax: str) -> tuple[Dataset, PixelElement | None]:
    """Read a data set up to its pixels, and where those are."""
    found: list[PixelElement] = []

    def at_pixels(tag: BaseTag, _vr: str | None, length: int) -> bool:
        if tag in (PIXEL_DATA, FLOAT_PIXEL_DATA, DOUBLE_PIXEL_DATA):
            found.append(PixelElement(int(tag), length, stream.tell()))
        return bool(found)

    dataset = read_dataset(
        stream,
        is_implicit_VR=syntax in {ImplicitVRLittleEndian, ""},
        is_little_endian=syntax != ExplicitVRBigEndian,
        stop_when=at_pixels,
        defer_size=DEFER_BYTES,
    )
    return dataset, found[0] if found else None


def _leaves_group_2(tag: BaseTag, _vr: str | None, _length: int) -> bool:
    """Whether File Meta Information ends here."""
    return tag.group != 2


def _guessed_syntax(dataset: Dataset) -> str:
    """Name the syntax in which a data set without File Meta Information turned out to be written."""
    is_implicit, _ = dataset.original_encoding
    return "1.2.840.10008.1.2" if is_implicit else "1.2.840.10008.1.2.1"


def _inflate(deflated: bytes, limit: int) -> bytes:
    """Inflate a data set (PS3.5 A.5), refusing one that grows beyond ``limit`` bytes."""
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    inflated = inflater.decompress(deflated, limit)
    if inflater.unconsumed_tail:
        message = f"The deflated data set grows beyond {limit} bytes. Raise read.max_pixels if it is meant to."
        raise UnreadableImage(Reason.TOO_LARGE, message)
    if not inflater.eof:
        raise _truncated()
    return inflated


def _last_value_is_cut(dataset: Dataset) -> bool:
    """Whether the file ended inside the value of its last element."""
    if len(dataset) == 0:
        return False
    last = dataset.get_item(max(dataset.keys()))
    if not isinstance(last, RawDataElement) or last.value is None or last.length == UNDEFINED_LENGTH:
        return False
    return len(last.value) < last.length


def _cannot_open(error: OSError | ValueError) -> UnreadableImage:
    """Say why a file cannot be opened, without its path."""
    why = (error.strerror or "input/output error") if isinstance(error, OSError) else "its name is not valid"
    message = f"The file cannot be read: {why}. Check that it exists, its permissions and its disk."
    return UnreadableImage(Reason.UNREADABLE, message)


def _truncated() -> UnreadableImage:
    """Say that the file ends too early."""
    message = "The file ends before its image does: it is truncated. Copy it again from its source."
    return UnreadableImage(Reason.TRUNCATED, message)


def _not_dicom_or_broken(*, has_preamble: bool) -> UnreadableImage:
    """Say that nothing can be made of the bytes."""
    if has_preamble:
        message = "The file begins as DICOM, and its header cannot be read. Export it again from its source."
        return UnreadableImage(Reason.UNREADABLE, message)
    message = "The file is not DICOM, whatever its name says. Take it out of the folder, or export it as DICOM."
    return UnreadableImage(Reason.NOT_DICOM, message)
