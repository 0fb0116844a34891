"""Parser of the bytes of a file: header and pixel data, without trusting any length."""

from __future__ import annotations

import io
import os
import stat
import warnings
import zlib
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, cast

from pydicom.filereader import read_dataset
from pydicom.uid import DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian, ImplicitVRLittleEndian

from mammocalc.dicom.pixels.encoding import HEAD_BYTES, written_syntax
from mammocalc.dicom.reader.bounded_reader import Stream
from mammocalc.dicom.reader.elements import UNDEFINED_LENGTH, read_elements
from mammocalc.dicom.reader.header import Header
from mammocalc.dicom.reader.open_file import (
    DOUBLE_PIXEL_DATA,
    FLOAT_PIXEL_DATA,
    PIXEL_DATA,
    OpenFile,
    PixelElement,
    too_many_bytes,
    truncated_file,
)
from mammocalc.vocabulary.errors import ImageUnreadableError
from mammocalc.vocabulary.lexicon import Reason

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pydicom.dataelem import RawDataElement
    from pydicom.dataset import Dataset
    from pydicom.tag import BaseTag

PREAMBLE_BYTES: Final = 128

INFLATED_SPARE_BYTES: Final = 64 << 20
"""What a deflated data set may hold beside its pixels."""


@contextmanager
def open_dicom(path: Path, max_pixel_bytes: int, *, header_only: bool = False) -> Iterator[OpenFile]:
    """
    Open a file and read its header, up to its pixel data.

    Parameters
    ----------
    path : Path
        With or without preamble and File Meta Information.
    max_pixel_bytes : int
        What pixels may take at most; bounds how far a deflated file is inflated.
    header_only : bool
        Give what there is of the header, even where the file ends too early
        or would inflate too far; the pixels need not be there.

    Yields
    ------
    OpenFile
        Valid inside of the ``with`` block.

    Raises
    ------
    ImageUnreadableError
        ``empty_file``, ``not_dicom``, ``truncated``, ``too_large`` or ``unreadable``.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            message = "This is not an ordinary file. Name a file, not a device, a pipe or a folder."
            raise ImageUnreadableError(Reason.UNREADABLE, message)
        raw = io.FileIO(path)
    except (OSError, ValueError) as error:
        raise _cannot_open(error) from None
    with Stream(raw, os.fstat(raw.fileno()).st_size) as file, warnings.catch_warnings():
        # pydicom warns of every value that breaks a rule of its VR. What matters of it is analysed
        # attribute by attribute; the rest would name paths and patients on a terminal.
        warnings.simplefilter("ignore")
        yield _read_header(file, max_pixel_bytes, header_only=header_only)


def _read_header(file: Stream, max_pixel_bytes: int, *, header_only: bool) -> OpenFile:
    """Read File Meta Information and the data set as far as the pixels."""
    if file.size == 0:
        message = "The file is empty. Copy it again from its source."
        raise ImageUnreadableError(Reason.EMPTY_FILE, message)
    has_preamble = file.read(PREAMBLE_BYTES + 4)[PREAMBLE_BYTES:] == b"DICM"
    if not has_preamble:
        file.seek(0)
    stream = file
    try:
        meta = read_dataset(file, is_implicit_VR=False, is_little_endian=True, stop_when=_leaves_group_2)
        syntax = Header(meta).text("TransferSyntaxUID")
        named, syntax = syntax, written_syntax(_peek(file), syntax)
        if syntax == DeflatedExplicitVRLittleEndian:
            file.open_pixels()
            inflated = _inflate(file.read(), 0 if header_only else max_pixel_bytes, header_only=header_only)
            stream = Stream(cast("io.RawIOBase", io.BytesIO(inflated)), len(inflated))
        dataset, last, pixels = _read_dataset(stream, syntax, header_only=header_only)
        stream.open_pixels()
        header = Header(dataset)
        is_cut = pixels is None and (len(dataset) == 0 or _last_value_is_cut(last, stream.size))
        class_of_meta = Header(meta).text("MediaStorageSOPClassUID")
        is_class_of_meta = bool(class_of_meta) and not header.text("SOPClassUID")
        if is_class_of_meta:
            dataset.SOPClassUID = class_of_meta
        is_nameless = not has_preamble and not header.text("SOPClassUID")
        syntax = syntax or _guessed_syntax(dataset)
    except ImageUnreadableError:
        raise
    except Exception as error:  # noqa: BLE001 - a hostile header makes pydicom raise struct.error, RecursionError and more
        raise _why_not(error, stream, has_preamble=has_preamble) from None
    if is_nameless and not header_only:
        raise _not_dicom_or_broken(has_preamble=False)
    if is_cut and not header_only:
        raise truncated_file()
    return OpenFile(
        header, Header(meta), is_class_of_meta, syntax, stream, pixels, is_mislabelled=named not in {"", syntax}
    )


def _peek(file: Stream) -> bytes:
    """Give the bytes that come next, and leave them there."""
    at = file.tell()
    head = file.read(HEAD_BYTES)
    file.seek(at)
    return head


def _read_dataset(
    stream: Stream, syntax: str, *, header_only: bool
) -> tuple[Dataset, RawDataElement | None, PixelElement | None]:
    """Read a data set up to its pixels, and give its last element and where the pixels are."""
    found: list[PixelElement] = []

    def at_pixels(tag: BaseTag, _vr: str | None, length: int) -> bool:
        if tag in (PIXEL_DATA, FLOAT_PIXEL_DATA, DOUBLE_PIXEL_DATA):
            found.append(PixelElement(int(tag), length, stream.tell()))
        return bool(found)

    dataset, last = read_elements(
        stream,
        is_implicit=syntax in {ImplicitVRLittleEndian, ""},
        is_little_endian=syntax != ExplicitVRBigEndian,
        stop_when=at_pixels,
        keeps_part=header_only,
    )
    return dataset, last, found[0] if found else None


def _leaves_group_2(tag: BaseTag, _vr: str | None, _length: int) -> bool:
    """Whether File Meta Information ends here."""
    return tag.group != 2


def _guessed_syntax(dataset: Dataset) -> str:
    """Name the syntax in which a data set without File Meta Information turned out to be written."""
    is_implicit, _ = dataset.original_encoding
    return "1.2.840.10008.1.2" if is_implicit else "1.2.840.10008.1.2.1"


def _inflate(deflated: bytes, max_pixel_bytes: int, *, header_only: bool) -> bytes:
    """Inflate a data set (PS3.5 A.5), refusing one that grows beyond its pixels and what may stand beside them."""
    limit = max_pixel_bytes + INFLATED_SPARE_BYTES
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    inflated = inflater.decompress(deflated, limit)
    if header_only:
        return inflated
    if inflater.unconsumed_tail:
        message = f"The deflated data set grows beyond {limit} bytes. Raise read.max_pixels if it is meant to."
        raise ImageUnreadableError(Reason.TOO_LARGE, message)
    if not inflater.eof:
        raise truncated_file()
    return inflated


def _last_value_is_cut(last: RawDataElement | None, stream_bytes: int) -> bool:
    """Whether the file ended inside the value of its last element."""
    return last is not None and last.length != UNDEFINED_LENGTH and last.value_tell + last.length > stream_bytes


def _why_not(error: Exception, stream: Stream, *, has_preamble: bool) -> ImageUnreadableError:
    """Say why a header cannot be read."""
    if stream.reads_left < 0:  # whatever pydicom made of that
        return too_many_bytes()
    if isinstance(error, MemoryError):
        message = "There is not enough memory for this image. Use fewer workers, or lower read.max_pixels."
        return ImageUnreadableError(Reason.TOO_LARGE, message)
    if isinstance(error, OSError) and error.errno is not None:
        return _cannot_open(error)
    if isinstance(error, zlib.error):
        message = "The transfer syntax says that the data set is deflated, and it does not inflate. Export it again."
        return ImageUnreadableError(Reason.UNREADABLE, message)
    return _not_dicom_or_broken(has_preamble=has_preamble)


def _cannot_open(error: OSError | ValueError) -> ImageUnreadableError:
    """Say why a file cannot be opened, without its path."""
    why = (error.strerror or "input/output error") if isinstance(error, OSError) else "its name is not valid"
    message = f"The file cannot be read: {why}. Check that it exists, its permissions and its disk."
    return ImageUnreadableError(Reason.UNREADABLE, message)


def _not_dicom_or_broken(*, has_preamble: bool) -> ImageUnreadableError:
    """Say that nothing can be made of the bytes."""
    if has_preamble:
        message = "The file begins as DICOM, and its header cannot be read. Export it again from its source."
        return ImageUnreadableError(Reason.UNREADABLE, message)
    message = "The file is not DICOM, whatever its name says. Take it out of the folder, or export it as DICOM."
    return ImageUnreadableError(Reason.NOT_DICOM, message)
