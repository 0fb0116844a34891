"""The content items of a structured report, each a data set."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mammocalc.dicom.writer.new_item import new_item

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pydicom.dataset import Dataset

    from mammocalc.dicom.writer.codes import Code
    from mammocalc.dicom.writer.source import SourceImage

CONTAINS: Final = "CONTAINS"
HAS_OBS_CONTEXT: Final = "HAS OBS CONTEXT"
HAS_ACQ_CONTEXT: Final = "HAS ACQ CONTEXT"
HAS_CONCEPT_MOD: Final = "HAS CONCEPT MOD"
HAS_PROPERTIES: Final = "HAS PROPERTIES"
INFERRED_FROM: Final = "INFERRED FROM"
SELECTED_FROM: Final = "SELECTED FROM"

Position = tuple[int, ...]
"""Where an item stands in the tree: the root is 1, its first child 1.1."""


def container(relationship: str, name: Code, children: Iterable[Dataset] = ()) -> Dataset:
    """Give a heading."""
    item = _item(relationship, "CONTAINER", name, children)
    item.ContinuityOfContent = "SEPARATE"
    return item


def code(relationship: str, name: Code, value: Code, children: Iterable[Dataset] = ()) -> Dataset:
    """Give a coded value."""
    item = _item(relationship, "CODE", name, children)
    item.ConceptCodeSequence = [value.item()]
    return item


def text(relationship: str, name: Code, value: str, children: Iterable[Dataset] = ()) -> Dataset:
    """Give a text."""
    item = _item(relationship, "TEXT", name, children)
    item.TextValue = value
    return item


def uid_reference(relationship: str, name: Code, value: str) -> Dataset:
    """Give a UID."""
    item = _item(relationship, "UIDREF", name)
    item.UID = value
    return item


def date(relationship: str, name: Code, value: str) -> Dataset:
    """Give a date."""
    item = _item(relationship, "DATE", name)
    item.Date = value
    return item


def time(relationship: str, name: Code, value: str) -> Dataset:
    """Give a time."""
    item = _item(relationship, "TIME", name)
    item.Time = value
    return item


def number(relationship: str, name: Code, value: float, units: Code, children: Iterable[Dataset] = ()) -> Dataset:
    """Give a number with its units; a count is written as one."""
    item = _item(relationship, "NUM", name, children)
    measured = new_item()
    measured.NumericValue = str(value) if isinstance(value, int) else f"{value:.9g}"
    measured.MeasurementUnitsCodeSequence = [units.item()]
    item.MeasuredValueSequence = [measured]
    return item


def coordinates(relationship: str, name: Code, graphic_type: str, data: Sequence[float], image: Dataset) -> Dataset:
    """Give a place on an image, which is named by an item of its own or by reference."""
    item = _item(relationship, "SCOORD", name, [image])
    item.GraphicType, item.GraphicData = graphic_type, list(data)
    return item


def image(
    relationship: str, source: SourceImage, children: Iterable[Dataset] = (), name: Code | None = None
) -> Dataset:
    """Give an image."""
    item = _item(relationship, "IMAGE", name, children)
    item.ReferencedSOPSequence = [referred(source)]
    return item


def reference(relationship: str, position: Position) -> Dataset:
    """Give a reference to another item of the tree."""
    item = new_item()
    item.RelationshipType = relationship
    item.ReferencedContentItemIdentifier = list(position)
    return item


def instance(sop_class_uid: str, sop_instance_uid: str) -> Dataset:
    """Give the item of a sequence that refers to an instance."""
    item = new_item()
    item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = sop_class_uid, sop_instance_uid
    return item


def referred(source: SourceImage) -> Dataset:
    """Give the item of a sequence that refers to an image, or to one frame of it (PS3.3 table 10-3)."""
    item = instance(source.sop_class_uid, source.sop_instance_uid)
    if source.frame is not None:
        item.ReferencedFrameNumber = source.frame + 1
    return item


def template(number: str) -> Dataset:
    """Give the item that names the template of what it stands in (PS3.3 C.18.8.1.2)."""
    item = new_item()
    item.MappingResource, item.TemplateIdentifier = "DCMR", number
    return item


def _item(relationship: str, value_type: str, name: Code | None, children: Iterable[Dataset] = ()) -> Dataset:
    item = new_item()
    if relationship:
        item.RelationshipType = relationship
    item.ValueType = value_type
    if name is not None:
        item.ConceptNameCodeSequence = [name.item()]
    below = list(children)
    if below:
        item.ContentSequence = below
    return item
