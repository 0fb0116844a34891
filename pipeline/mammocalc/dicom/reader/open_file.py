"""A DICOM file whose header is read: its pixel data, read when they are asked for."""

from __future__ import annotations

import struct
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Self

from mammocalc.dicom.reader.bounded_reader import MAX_READS, Stream
from mammocalc.dicom.reader.elements import UNDEFINED_LENGTH
from mammocalc.vocabulary.errors import ImageUnreadableError
from mammocalc.vocabulary.lexicon import Reason

if TYPE_CHECKING:
    from mammocalc.dicom.reader.header import Header


PIXEL_DATA: Final = 0x7FE00010

FLOAT_PIXEL_DATA: Final = 0x7FE00008

DOUBLE_PIXEL_DATA: Final = 0x7FE00009

PADDING_BYTES: Final = 16
"""What may follow the pixels, whatever it is."""

MORE_BYTES: Final = 1 << 16
"""How much is looked at of what follows the pixels."""

ITEM: Final = b"\xfe\xff\x00\xe0"

SEQUENCE_END: Final = b"\xfe\xff\xdd\xe0"


@dataclass(frozen=True, slots=True)
class PixelElement:
    """The pixel element: its tag, its declared length, and the offset of its value in the stream."""

    tag: int
    length: int
    start: int

    @property
    def is_float(self) -> bool:
        """Whether these are floating-point pixels."""
        return self.tag != PIXEL_DATA


@dataclass(frozen=True, slots=True)
class Fragment:
    """A fragment of encapsulated pixels: the offset of its bytes in the stream, and how many there are."""

    start: int
    length: int


@dataclass(frozen=True, slots=True, eq=False)
class OpenFile:
    """
    An open DICOM file, read up to its pixel data.

    Attributes
    ----------
    header : Header
    transfer_syntax : str
        UID; that of the data set as it is written where the file names one
        of another order of bytes, or wrongly says that it is deflated or not.
    stream : Stream
    pixels : PixelElement or None
        None where there are none.
    meta : Header
        File Meta Information.
    is_class_of_meta : bool
        Whether the header's SOP Class UID was missing, and is that of ``meta``.
    is_mislabelled : bool
        Whether the file names another transfer syntax.
    """

    header: Header
    meta: Header
    is_class_of_meta: bool
    transfer_syntax: str
    stream: Stream
    pixels: PixelElement | None
    is_mislabelled: bool = False

    def at_frame(self, frame: int) -> Self:
        """Give the file with the header of one of its frames."""
        return replace(self, header=replace(self.header, frame=frame))

    def native_bytes(self, expected: int, column: int, frame: int = 0, count: int = 1) -> bytes:
        """
        Give the ``expected`` bytes of one of ``count`` uncompressed frames, in columns of ``column`` bytes.

        Raises
        ------
        ImageUnreadableError
            ``truncated`` where the file ends inside of its pixels,
            ``pixels_too_short`` where the element itself is too small,
            ``invalid_dimensions`` where it holds more pixels than these.
        """
        pixels, whole = self._pixels(), expected * count
        available = self.stream.size - pixels.start
        if pixels.length != UNDEFINED_LENGTH and pixels.length < whole:
            message = (
                f"Pixel Data holds {pixels.length} bytes, and the header's dimensions need {whole}. "
                "The file was damaged before it was sent: export it again from the source."
            )
            raise ImageUnreadableError(Reason.PIXELS_TOO_SHORT, message)
        if available < whole:
            raise truncated_file()
        if pixels.length != UNDEFINED_LENGTH:
            self._refuse_more(pixels.start + whole, pixels.start + pixels.length, column)
        self.stream.seek(pixels.start + frame * expected)
        return self.stream.read(expected)

    def _refuse_more(self, start: int, end: int, column: int) -> None:
        """Refuse pixels behind those that the header describes; it may be filled up, or have black rows more."""
        self.stream.seek(start)
        more = self.stream.read(min(end, start + MORE_BYTES, self.stream.size) - start)
        if len(more) > PADDING_BYTES and (len(set(more)) > 1 or (end - start) % column == 0):
            message = (
                f"Pixel Data holds {end - start} bytes more than Rows, Columns and Bits Allocated say: one of them is "
                "wrong. Export the image again from the source."
            )
            raise ImageUnreadableError(Reason.INVALID_DIMENSIONS, message)

    @property
    def declared_bytes(self) -> int:
        """The declared length of Pixel Data; 4294967295 if it is undefined."""
        return self._pixels().length

    @property
    def is_encapsulated(self) -> bool:
        """Whether the pixel data are in items (PS3.5 A.4), regardless of the transfer syntax."""
        pixels = self._pixels()
        if pixels.length == UNDEFINED_LENGTH:
            return True
        head = self.first_bytes(8)  # a writer may have put items into an element of a stated length
        return head[:4] == ITEM and struct.unpack("<I", head[4:].ljust(4, b"\0"))[0] <= pixels.length

    def first_bytes(self, count: int) -> bytes:
        """Give up to ``count`` bytes of Pixel Data's value."""
        self.stream.seek(self._pixels().start)
        return self.stream.read(min(count, self.declared_bytes))

    def value_bytes(self) -> bytes:
        """
        Give the whole value of Pixel Data, which is not in items.

        Raises
        ------
        ImageUnreadableError
            ``truncated`` where the file ends inside of it.
        """
        self.stream.seek(self._pixels().start)
        self.stream.reads_left = MAX_READS
        return self._exactly(self.declared_bytes)

    def frame_bytes(self) -> bytes:
        """
        Give the bytes of the one frame: its fragments, joined (PS3.5 A.4).

        Raises
        ------
        ImageUnreadableError
            As `fragments`; ``pixels_too_short`` where there are no bytes at all.
        """
        _, fragments = self.fragments()
        frame = b"".join(map(self.fragment_bytes, fragments))
        if not frame:
            message = "Pixel Data holds no compressed bytes. Export the image again from the source."
            raise ImageUnreadableError(Reason.PIXELS_TOO_SHORT, message)
        return frame

    def fragments(self) -> tuple[Fragment | None, tuple[Fragment, ...]]:
        """
        Find the fragments of encapsulated pixels (PS3.5 A.4), without reading them.

        Returns
        -------
        Fragment or None
            The Basic Offset Table; some writers leave it out.
        tuple of Fragment

        Raises
        ------
        ImageUnreadableError
            ``truncated`` where the file ends before the pixels do,
            ``undecodable_pixels`` where they are not encapsulated.
        """
        pixels = self._pixels()
        until = pixels.start + pixels.length if pixels.length != UNDEFINED_LENGTH else self.stream.size + 1
        self.stream.seek(pixels.start)
        self.stream.reads_left = MAX_READS
        found: list[Fragment] = []
        while self.stream.tell() < until and (head := self._exactly(8))[:4] == ITEM:
            fragment = Fragment(self.stream.tell(), struct.unpack("<I", head[4:])[0])
            if fragment.length > self.stream.size - fragment.start:
                raise truncated_file()
            found.append(fragment)
            self.stream.seek(fragment.start + fragment.length)
        if self.stream.tell() < until and head[:4] != SEQUENCE_END:
            message = "The fragments of the compressed pixels are damaged. Export the image again from the source."
            raise ImageUnreadableError(Reason.UNDECODABLE_PIXELS, message)
        # The first item is the Basic Offset Table: empty, or a list whose first number is 0.
        has_table = len(found) > 1 and self.fragment_bytes(found[0], 4) in {b"", bytes(4)}
        return (found[0], tuple(found[1:])) if has_table else (None, tuple(found))

    def fragment_bytes(self, fragment: Fragment, at_most: int | None = None) -> bytes:
        """Give the bytes of a fragment, or the first of them."""
        self.stream.seek(fragment.start)
        return self._exactly(fragment.length if at_most is None else min(fragment.length, at_most))

    def _pixels(self) -> PixelElement:
        """Give the pixel element; the caller has made sure that there is one."""
        if self.pixels is None:
            raise truncated_file()
        return self.pixels

    def _exactly(self, count: int) -> bytes:
        """Read as many bytes as were asked for, or say that the file is truncated; never allocate for a lie."""
        if count > self.stream.size - self.stream.tell():
            raise truncated_file()
        if self.stream.reads_left <= 0:
            raise too_many_bytes()
        return self.stream.read(count)


def too_many_bytes() -> ImageUnreadableError:
    """Say that there is no end to the elements."""
    message = (
        "The header holds far more elements or bytes than that of any image: it is damaged, or holds something else. "
        "Export it again from its source."
    )
    return ImageUnreadableError(Reason.TOO_LARGE, message)


def truncated_file() -> ImageUnreadableError:
    """Say that the file ends too early."""
    message = "The file ends before its image does: it is truncated. Copy it again from its source."
    return ImageUnreadableError(Reason.TRUNCATED, message)
