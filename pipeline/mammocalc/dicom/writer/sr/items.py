"""The content items of a structured report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mammocalc.dicom.writer.codes import Code
    from mammocalc.dicom.writer.source import SourceImage
    from mammocalc.dicom.writer.sr.encoding import Item

CONTAINS: Final = "CONTAINS"
HAS_OBS_CONTEXT: Final = "HAS OBS CONTEXT"
HAS_ACQ_CONTEXT: Final = "HAS ACQ CONTEXT"
HAS_CONCEPT_MOD: Final = "HAS CONCEPT MOD"
HAS_PROPERTIES: Final = "HAS PROPERTIES"
INFERRED_FROM: Final = "INFERRED FROM"
SELECTED_FROM: Final = "SELECTED FROM"

Position = tuple[int, ...]
"""Where an item stands in the tree: the root is 1, its first child 1.1."""


def container(relationship: str, name: Code, children: Iterable[Item] = ()) -> Item:
    """Give a heading."""
    return _item(relationship, "CONTAINER", name, children, ContinuityOfContent="SEPARATE")


def code(relationship: str, name: Code, value: Code, children: Iterable[Item] = ()) -> Item:
    """Give a coded value."""
    return _item(relationship, "CODE", name, children, ConceptCodeSequence=[value])


def text(relationship: str, name: Code, value: str, children: Iterable[Item] = ()) -> Item:
    """Give a text."""
    return _item(relationship, "TEXT", name, children, TextValue=value)


def uid_reference(relationship: str, name: Code, value: str) -> Item:
    """Give a UID."""
    return _item(relationship, "UIDREF", name, UID=value)


def date(relationship: str, name: Code, value: str) -> Item:
    """Give a date."""
    return _item(relationship, "DATE", name, Date=value)


def time(relationship: str, name: Code, value: str) -> Item:
    """Give a time."""
    return _item(relationship, "TIME", name, Time=value)


def number(relationship: str, name: Code, value: float, units: Code, children: Iterable[Item] = ()) -> Item:
    """Give a number with its units; a count is written as one."""
    written = str(value) if isinstance(value, int) else f"{value:.9g}"
    measured = {"NumericValue": written, "MeasurementUnitsCodeSequence": [units]}
    return _item(relationship, "NUM", name, children, MeasuredValueSequence=[measured])


def coordinates(relationship: str, name: Code, graphic_type: str, data: Sequence[float], image: Item) -> Item:
    """Give a place on an image, which is named by an item of its own or by reference."""
    return _item(relationship, "SCOORD", name, [image], GraphicType=graphic_type, GraphicData=data)


def image(relationship: str, source: SourceImage, children: Iterable[Item] = (), name: Code | None = None) -> Item:
    """Give an image, or one frame of it (PS3.3 table 10-3)."""
    referred = instance(source)
    if source.frame is not None:
        referred["ReferencedFrameNumber"] = str(source.frame + 1)
    return _item(relationship, "IMAGE", name, children, ReferencedSOPSequence=[referred])


def reference(relationship: str, position: Position) -> Item:
    """Give a reference to another item of the tree."""
    return {"RelationshipType": relationship, "ReferencedContentItemIdentifier": position}


def instance(source: SourceImage) -> Item:
    """Give the item of a sequence that refers to an instance."""
    return {"ReferencedSOPClassUID": source.sop_class_uid, "ReferencedSOPInstanceUID": source.sop_instance_uid}


def template(number: str) -> Item:
    """Give the item that names the template of what it stands in (PS3.3 C.18.8.1.2)."""
    return {"MappingResource": "DCMR", "TemplateIdentifier": number}


def _item(
    relationship: str, value_type: str, name: Code | None, children: Iterable[Item] = (), **value: object
) -> Item:
    item: Item = {"ValueType": value_type, **value}
    if relationship:
        item["RelationshipType"] = relationship
    if name is not None:
        item["ConceptNameCodeSequence"] = [name]
    below = list(children)
    if below:
        item["ContentSequence"] = below
    return item
