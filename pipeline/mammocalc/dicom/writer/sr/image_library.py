"""Image library of a report, by which readers find an image and its geometry (TID 4020)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mammocalc.dicom.view.codes import MODIFIER_CODES, VIEW_CODES
from mammocalc.dicom.writer import codes
from mammocalc.dicom.writer.codes import dcm
from mammocalc.dicom.writer.sr import items
from mammocalc.dicom.writer.sr.items import HAS_ACQ_CONTEXT, HAS_CONCEPT_MOD
from mammocalc.vocabulary.lexicon import Laterality

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mammocalc.dicom.writer.source import SourceImage
    from mammocalc.dicom.writer.sr.encoding import Item


def describe_image(source: SourceImage) -> Iterator[Item]:
    """
    Give what the library says of an image: what stands in its header, and as it stands there.

    The pixel spacing too is the header's, at the detector: readers compare it with that of the image they show
    (PS3.17 E.5). Sizes of findings are in the breast.

    Yields
    ------
    Item
        In the order of the rows of TID 4020.
    """
    header = source.header
    side = header.text("ImageLaterality").upper()
    if side in {"L", "R", "B"}:
        yield items.code(HAS_ACQ_CONTEXT, dcm(111027, "Image Laterality"), codes.SIDES[Laterality(side)])
    yield from _view(source)
    if source.orientation:
        row, column = source.orientation
        yield items.text(HAS_ACQ_CONTEXT, dcm(111044, "Patient Orientation Row"), row)
        yield items.text(HAS_ACQ_CONTEXT, dcm(111043, "Patient Orientation Column"), column)
    for of_what, date_name, time_name in (
        ("Study", dcm(111060, "Study Date"), dcm(111061, "Study Time")),
        ("Content", dcm(111018, "Content Date"), dcm(111019, "Content Time")),
    ):
        date, time = source.date(f"{of_what}Date"), source.time(f"{of_what}Time")
        if date:
            yield items.date(HAS_ACQ_CONTEXT, date_name, date)
        if time:
            yield items.time(HAS_ACQ_CONTEXT, time_name, time)
    if source.detector_spacing_mm:
        vertical, horizontal = source.detector_spacing_mm
        yield items.number(HAS_ACQ_CONTEXT, dcm(111026, "Horizontal Pixel Spacing"), horizontal, codes.MILLIMETRE)
        yield items.number(HAS_ACQ_CONTEXT, dcm(111066, "Vertical Pixel Spacing"), vertical, codes.MILLIMETRE)
    for keyword, name in (
        ("PositionerPrimaryAngle", dcm(112011, "Positioner Primary Angle")),
        ("PositionerSecondaryAngle", dcm(112012, "Positioner Secondary Angle")),
    ):
        angle = header.number(keyword)
        if angle is not None:
            yield items.number(HAS_ACQ_CONTEXT, name, angle, codes.DEGREE)


def _view(source: SourceImage) -> Iterator[Item]:
    """Give the view, old codes of SNOMED RT in those of SNOMED CT; nothing where the code is not a standard one."""
    for coded in source.header.items("ViewCodeSequence")[:1]:
        view = VIEW_CODES.get(coded.text("CodeValue"))
        if view is None:
            return
        modifiers = [
            MODIFIER_CODES[item.text("CodeValue")]
            for item in coded.items("ViewModifierCodeSequence")
            if item.text("CodeValue") in MODIFIER_CODES
        ]
        name = dcm(111032, "Image View Modifier")
        below = [items.code(HAS_CONCEPT_MOD, name, codes.VIEW_MODIFIERS[modifier]) for modifier in modifiers]
        yield items.code(HAS_ACQ_CONTEXT, dcm(111031, "Image View"), codes.VIEWS[view], below)
