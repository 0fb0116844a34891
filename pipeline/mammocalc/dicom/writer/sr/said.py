"""Items of a report for what changed since a prior."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mammocalc.dicom.writer.codes import dcm
from mammocalc.dicom.writer.sr import items
from mammocalc.dicom.writer.sr.provenance import algorithm

if TYPE_CHECKING:
    from mammocalc.dicom.writer.change_words import Said
    from mammocalc.dicom.writer.sr.encoding import Item

_CHANGE: Final = dcm(111023, "Differential Diagnosis/Impression")
_DESCRIPTION: Final = dcm(111033, "Impression Description")


def words_of_change(said: Said | None, relationship: str) -> list[Item]:
    """Give codes, then the text; nothing where nothing was compared."""
    if said is None:
        return []
    coded = [items.code(relationship, _CHANGE, code) for code in said.codes]
    return [*coded, items.text(relationship, _DESCRIPTION, said.text)]


def body_of_change(said: Said | None, relationship: str) -> list[Item]:
    """Give the same with what compared, in the order of TID 4002."""
    return [] if said is None else [*words_of_change(said, relationship), *algorithm(said.version, relationship)]
