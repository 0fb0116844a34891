"""Items of a report as bytes: a report has tens of thousands of elements, of which data sets would be slow."""

from __future__ import annotations

from functools import cache
from struct import pack
from typing import TYPE_CHECKING, Any, Final

from pydicom.charset import convert_encodings, default_encoding, encode_string
from pydicom.datadict import dictionary_VR, tag_for_keyword
from pydicom.dataelem import RawDataElement
from pydicom.tag import Tag

from mammocalc.dicom.writer.codes import Code

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pydicom.dataset import Dataset

Item = dict[str, Any]
"""Values by keyword: texts, sequences of numbers, and sequences of items and codes."""

_NUMBERS: Final = {"FL": "f", "UL": "L"}
_WITH_LONG_LENGTH: Final = frozenset({"SQ", "UN", "UT"})
_LONGEST: Final = 0xFFFF
"""Bytes of a value whose length has 16 bits; a longer one is of unknown representation (PS3.5 section 6.2.2)."""


def put_item(dataset: Dataset, item: Item) -> None:
    """
    Put the attributes of an item into a data set.

    Parameters
    ----------
    dataset : Dataset
        Is added to. It has its character set, and will be written as Explicit VR Little Endian.
    item : Item
    """
    encodings = convert_encodings(dataset.get("SpecificCharacterSet") or default_encoding)
    for keyword, value in item.items():
        tag, vr = _element(keyword)
        content = _encoded_value(vr, value, encodings)
        dataset[tag] = RawDataElement(
            Tag(tag), vr, len(content), content, 0, is_implicit_VR=False, is_little_endian=True
        )


@cache
def _element(keyword: str) -> tuple[int, str]:
    tag = tag_for_keyword(keyword)
    if tag is None:
        raise KeyError(keyword)
    return tag, dictionary_VR(tag)


def _encoded(item: Item, encodings: Sequence[str]) -> bytes:
    """Give the elements of an item in the order of their tags."""
    parts: list[bytes] = []
    for (tag, vr), value in sorted((_element(keyword), value) for keyword, value in item.items()):
        content = _encoded_value(vr, value, encodings)
        shown = vr if len(content) <= _LONGEST or vr in _WITH_LONG_LENGTH else "UN"
        form = "<HH2sxxL" if shown in _WITH_LONG_LENGTH else "<HH2sH"
        parts += (pack(form, tag >> 16, tag & 0xFFFF, shown.encode(), len(content)), content)
    return b"".join(parts)


def _encoded_value(vr: str, value: Any, encodings: Sequence[str]) -> bytes:
    if vr == "SQ":
        return _encoded_sequence(value, encodings)
    if vr in _NUMBERS:
        return pack(f"<{len(value)}{_NUMBERS[vr]}", *value)
    content = value.encode() if value.isascii() else encode_string(value, encodings)
    return content + (b"\0" if vr == "UI" else b" ") * (len(content) % 2)


def _encoded_sequence(items: Iterable[Item | Code], encodings: Sequence[str]) -> bytes:
    parts: list[bytes] = []
    for item in items:
        content = _encoded_code(item) if isinstance(item, Code) else _encoded(item, encodings)
        parts += (pack("<HHL", 0xFFFE, 0xE000, len(content)), content)
    return b"".join(parts)


@cache
def _encoded_code(code: Code) -> bytes:
    item = {"CodeValue": code.value, "CodingSchemeDesignator": code.scheme, "CodeMeaning": code.meaning}
    return _encoded(item, ())
