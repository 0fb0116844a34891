"""Detections and analyses performed, on which images, and their success (TID 4015 and 4016)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mammocalc.dicom.writer import codes
from mammocalc.dicom.writer.codes import dcm
from mammocalc.dicom.writer.sr import items
from mammocalc.dicom.writer.sr.items import CONTAINS, HAS_PROPERTIES, INFERRED_FROM
from mammocalc.dicom.writer.sr.provenance import algorithm

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mammocalc.dicom.writer.codes import Code
    from mammocalc.dicom.writer.sr.encoding import Item
    from mammocalc.dicom.writer.sr.items import Position

_DETECTION: Final = dcm(111022, "Detection Performed")
_ANALYSIS: Final = dcm(111004, "Analysis Performed")


@dataclass(frozen=True, slots=True)
class Performed:
    """
    Something that was done with images.

    Attributes
    ----------
    what : Code
        Of CID 6014 for a detection, of CID 6043 for an analysis.
    version : str
        Of the program.
    places : tuple of Position
        Where the images stand in the report; at least one.
    has_succeeded : bool
    parameters : str
        Empty for none.
    """

    what: Code
    version: str
    places: tuple[Position, ...]
    has_succeeded: bool = True
    parameters: str = ""


def detections(done: Sequence[Performed]) -> Item:
    """Say what was looked for, and where that failed."""
    below = [
        *_group(dcm(111063, "Successful Detections"), _DETECTION, [one for one in done if one.has_succeeded]),
        *_group(dcm(111025, "Failed Detections"), _DETECTION, [one for one in done if not one.has_succeeded]),
    ]
    return items.code(CONTAINS, dcm(111064, "Summary of Detections"), status_of(done), below)


def analyses(done: Sequence[Performed]) -> Item:
    """Say what was made of what was found."""
    below = [
        *_group(dcm(111062, "Successful Analyses"), _ANALYSIS, [one for one in done if one.has_succeeded]),
        *_group(dcm(111024, "Failed Analyses"), _ANALYSIS, [one for one in done if not one.has_succeeded]),
    ]
    return items.code(CONTAINS, dcm(111065, "Summary of Analyses"), status_of(done), below)


def status_of(done: Sequence[Performed]) -> Code:
    """Give the code of CID 6042."""
    successes = {one.has_succeeded for one in done}
    if not successes:
        return codes.NOT_ATTEMPTED
    if len(successes) > 1:
        return codes.PARTIALLY_SUCCEEDED
    return codes.SUCCEEDED if True in successes else codes.FAILED


def _group(name: Code, noun: Code, done: Sequence[Performed]) -> list[Item]:
    """Give one outcome's items (TID 4017 and 4018); none where there is nothing of it."""
    if not done:
        return []
    return [items.container(INFERRED_FROM, name, [_item(noun, one) for one in done])]


def _item(noun: Code, one: Performed) -> Item:
    how = [items.text(HAS_PROPERTIES, codes.ALGORITHM_PARAMETERS, one.parameters)] if one.parameters else []
    below = [
        *algorithm(one.version, HAS_PROPERTIES),
        *how,
        *(items.reference(HAS_PROPERTIES, place) for place in one.places),
    ]
    return items.code(CONTAINS, noun, one.what, below)
