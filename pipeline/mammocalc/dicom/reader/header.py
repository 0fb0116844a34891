"""Attributes of a DICOM header, read so that no broken element stops the reading."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydicom.datadict import dictionary_description, tag_for_keyword
from pydicom.multival import MultiValue
from pydicom.sequence import Sequence as DicomSequence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydicom.dataset import Dataset


@dataclass(frozen=True, slots=True, eq=False)
class Header:
    """
    A data set without its pixels, with total functions to look into it.

    An attribute that is missing, empty or cannot be parsed reads as empty:
    whether that matters is for the caller to say. Attributes of functional
    groups (multi-frame objects) are found as if they stood at the top level,
    which wins where both have one.

    Parameters
    ----------
    dataset : Dataset
        As read by pydicom; elements may be broken in any way.
    frame : int
        0-based frame whose functional groups are read.
    """

    dataset: Dataset
    frame: int = 0

    def _values(self, keyword: str) -> tuple[Any, ...]:
        """Give the values of an attribute from the first place that has any."""
        for place in self._places():
            if values := values_of(place, keyword):
                return values
        return ()

    def _places(self) -> Iterator[Dataset]:
        """Yield the data sets in which an attribute of the frame may stand."""
        yield self.dataset
        for groups, place in (("SharedFunctionalGroupsSequence", 0), ("PerFrameFunctionalGroupsSequence", self.frame)):
            for frame in items_of(self.dataset, groups)[place : place + 1]:
                for element_tag in sorted(frame.keys()):
                    yield from _items_at(frame, element_tag)[:1]

    def has(self, keyword: str) -> bool:
        """Whether an attribute is there with a readable, non-empty value."""
        return bool(self._values(keyword)) or bool(self.items(keyword))

    def texts(self, keyword: str) -> tuple[str, ...]:
        """Return an attribute's values as stripped text; empty if it is missing."""
        return tuple(str(value).strip(" \0") for value in self._values(keyword))

    def text(self, keyword: str) -> str:
        """Give an attribute's first value as stripped text, or an empty one."""
        return next(iter(self.texts(keyword)), "")

    def numbers(self, keyword: str) -> tuple[float, ...]:
        """Return an attribute's values as floats, NaN for what is not a number; empty if it is missing."""
        return tuple(_number(value) for value in self._values(keyword))

    def number(self, keyword: str) -> float | None:
        """Give an attribute's first value as a finite float, or None."""
        value = next(iter(self.numbers(keyword)), math.nan)
        return value if math.isfinite(value) else None

    def integer(self, keyword: str) -> int | None:
        """Give an attribute's first value as an integer, or None."""
        value = self.number(keyword)
        return int(value) if value is not None and value == int(value) else None

    def items(self, keyword: str) -> tuple[Header, ...]:
        """Give the items of a sequence, from the first place that has any."""
        for place in self._places():
            if items := items_of(place, keyword):
                return tuple(Header(item) for item in items)
        return ()

    def raw(self, keyword: str) -> bytes | tuple[Any, ...]:
        """Return an attribute's values; bytes (OW) as 16-bit little-endian words."""
        for place in self._places():
            value = _value(place, keyword)
            if isinstance(value, bytes) and value:
                _, is_little_endian = place.original_encoding
                return _swapped(value) if is_little_endian is False else value
        return self._values(keyword)


def label(keyword: str) -> str:
    """
    Name an attribute as people look it up.

    Examples
    --------
    >>> label("SeriesDescription")
    'Series Description (0008,103E)'
    """
    tag = tag_for_keyword(keyword) or 0
    return f"{dictionary_description(tag)} ({tag >> 16:04X},{tag & 0xFFFF:04X})"


def _value(dataset: Dataset, keyword: str) -> Any:
    """Give an element's parsed value; None where it is missing or broken."""
    try:
        return dataset.get(keyword)
    except Exception:  # noqa: BLE001 - pydicom parses on access, and a broken element may raise anything
        return None


def values_of(dataset: Dataset, keyword: str) -> tuple[Any, ...]:
    """Return the values of one element; empty if it is missing, broken or a sequence."""
    value = _value(dataset, keyword)
    if value is None or isinstance(value, DicomSequence):
        return ()
    if isinstance(value, (MultiValue, list, tuple)):
        return tuple(value)
    return (value,) if not isinstance(value, (str, bytes)) or value else ()


def items_of(dataset: Dataset, keyword: str) -> list[Dataset]:
    """Return the items of one sequence; empty if it is missing or broken."""
    value = _value(dataset, keyword)
    return list(value) if isinstance(value, DicomSequence) else []


def _items_at(dataset: Dataset, tag: Any) -> list[Dataset]:
    """Give the items of the sequence at a tag; empty where there is none."""
    try:
        value = dataset[tag].value
    except Exception:  # noqa: BLE001 - as above
        return []
    return list(value) if isinstance(value, DicomSequence) else []


def _swapped(words: bytes) -> bytes:
    """Exchange the two bytes of each word; pydicom leaves those of a big-endian OW as they stand in the file."""
    swapped = bytearray(len(words) // 2 * 2)
    swapped[::2], swapped[1::2] = words[1::2], words[: len(swapped) : 2]
    return bytes(swapped)


def _number(value: Any) -> float:
    """Read a number; NaN where it is none."""
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return math.nan
