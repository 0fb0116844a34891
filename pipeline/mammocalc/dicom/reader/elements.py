"""A data set read at limited cost: unused elements are skipped, and totals are limited."""

from __future__ import annotations

import io
from contextlib import suppress
from typing import TYPE_CHECKING, Final, cast

from pydicom.charset import convert_encodings, default_encoding
from pydicom.datadict import dictionary_VR
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset
from pydicom.filereader import data_element_generator, read_dataset, read_sequence

from mammocalc.dicom.reader.bounded_reader import Stream

if TYPE_CHECKING:
    from collections.abc import Callable, MutableSequence

    from pydicom.sequence import Sequence as DicomSequence
    from pydicom.tag import BaseTag

    StopWhen = Callable[[BaseTag, str | None, int], bool]

DEFER_BYTES: Final = 1 << 20
"""Elements larger than this (vendors' own pixel stores) are passed over: nothing here reads one."""
TEXT_BYTES: Final = 1 << 14
"""Texts and lists of numbers that are longer are passed over: each of their values becomes an object of its own, and
the longest that is read, the windows and their explanations, has a few hundred bytes."""
PRIVATE_BYTES: Final = 1 << 10
"""Private elements that are larger are passed over: nothing here reads one, and a name is not so long."""
DEPTH: Final = 32
"""Deeper sequences are left out: no object in use has more than six levels."""
UNDEFINED_LENGTH: Final = 0xFFFFFFFF
CHARACTER_SET: Final = 0x00080005

_BULK: Final = frozenset({"OB", "OW", "OF", "OD", "OL", "OV", "UN"})
_TEXTS: Final = frozenset(
    {"AE", "AS", "CS", "DA", "DS", "DT", "IS", "LO", "LT", "PN", "SH", "ST", "TM", "UC", "UI", "UR", "UT"}
)


def read_elements(
    stream: Stream, *, is_implicit: bool, is_little_endian: bool, stop_when: StopWhen, keeps_part: bool
) -> tuple[Dataset, RawDataElement | None]:
    """
    Read the elements of a data set.

    Parameters
    ----------
    stream : Stream
        At the first element.
    is_implicit, is_little_endian : bool
        As the transfer syntax says; whether VRs are written is found out.
    stop_when : callable
        Given tag, VR and length of an element before its value is read; ends the reading.
    keeps_part : bool
        Give what was read before something that cannot be, instead of raising.

    Returns
    -------
    Dataset
        Sequences are parsed already, within the limits of the stream.
    RawDataElement or None
        The last element, where its value has a length.

    Raises
    ------
    Exception
        Whatever pydicom raises over a broken element; ValueError where the stream's limits end.
    """
    start = stream.tell()
    probe = read_dataset(stream, is_implicit, is_little_endian, stop_when=lambda *_: True)
    is_implicit = bool(probe.original_encoding[0])
    stream.seek(start)

    def look(tag: BaseTag, vr: str | None, length: int) -> bool:
        if stop_when(tag, vr, length):
            return True
        if 0 < length <= DEFER_BYTES and _is_unread(int(tag), vr, length):
            stream.pass_over()
        return False

    kept: dict[BaseTag, RawDataElement | DataElement] = {}
    encoding: str | MutableSequence[str] = default_encoding
    last: RawDataElement | None = None
    try:
        for element in data_element_generator(stream, is_implicit, is_little_endian, look, DEFER_BYTES):
            last = element if isinstance(element, RawDataElement) else None
            if element.tag == CHARACTER_SET:
                with suppress(Exception):  # a set that nobody knows: texts are read as ASCII
                    encoding = convert_encodings((element.value or b"").decode("ascii").rstrip(" \0").split("\\"))
            parsed = _parsed(element, stream, encoding, DEPTH)
            if parsed is not None:
                kept[element.tag] = parsed
    except Exception:  # as pydicom does of any file
        if not keeps_part:
            raise
    dataset = Dataset(cast("Dataset", kept), parent_encoding=default_encoding)
    dataset.set_original_encoding(is_implicit, is_little_endian, encoding)
    return dataset, last


def _is_unread(tag: int, vr: str | None, length: int) -> bool:
    """Whether an element is none that anything here reads, or too long for one."""
    if (tag >> 16) % 2:
        return length > PRIVATE_BYTES
    if length <= TEXT_BYTES:
        return False
    kind = _kind(tag, vr)
    group = tag >> 16
    return kind in _TEXTS or (kind in _BULK and group != 0x28 and group & 0xFF00 != 0x6000)  # lookup tables, overlays


def _kind(tag: int, vr: str | None) -> str:
    if vr is not None and vr != "UN":
        return vr
    try:
        return dictionary_VR(tag)
    except KeyError:
        return "UN"


def _parsed(
    element: RawDataElement | DataElement, stream: Stream, encoding: str | MutableSequence[str], depth: int
) -> RawDataElement | DataElement | None:
    """Parse a sequence now, on the account of the stream: pydicom would when it is asked for, on nobody's."""
    if isinstance(element, RawDataElement):
        if not element.value or _kind(int(element.tag), element.VR) != "SQ":
            return element
        items = _items(element, stream, encoding)
        if items is None:
            return None
        element = DataElement(element.tag, "SQ", items)
    elif element.VR != "SQ":
        return element
    if depth == 0:
        return None
    for item in element.value:
        for tag in list(item.keys()):
            nested = item.get_item(tag, keep_deferred=True)
            parsed = _parsed(nested, stream, encoding, depth - 1)
            if parsed is None:
                del item[tag]
            elif parsed is not nested:
                item[tag] = parsed
    return element


def _items(element: RawDataElement, stream: Stream, encoding: str | MutableSequence[str]) -> DicomSequence | None:
    """Read the items of a sequence from its bytes; None where they are broken."""
    content = element.value or b""
    inner = Stream(cast("io.RawIOBase", io.BytesIO(content)), len(content))
    inner.reads_left = stream.reads_left
    items = None
    with suppress(Exception):  # a broken sequence is one that is not there
        items = read_sequence(
            inner, element.is_implicit_VR, element.is_little_endian, len(content), encoding, element.value_tell
        )
    stream.reads_left = inner.reads_left
    if stream.reads_left < 0:
        message = "too many reads"
        raise ValueError(message)
    return items
